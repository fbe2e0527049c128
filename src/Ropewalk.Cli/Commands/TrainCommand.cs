using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Formats.Safetensors;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Engine.Training;
using Ropewalk.Lab.Contrastive;
using Ropewalk.Lab.Training;

namespace Ropewalk.Cli.Commands;

/// <summary>ropewalk train: a new model from text.</summary>
internal static class TrainCommand
{
    public static Command Create(TextWriter output, TextWriter error)
    {
        var shared = new TrainingOptions(defaultRate: 1e-3);
        var config = new Option<string?>("--config") { HelpName = "FILE", Description = "config.json of the model to be, instead of the sizes below." };
        var width = new Option<int>("--width") { HelpName = "D", Description = "Width.", DefaultValueFactory = _ => 256 };
        var layers = new Option<int>("--layers") { HelpName = "N", Description = "Layers.", DefaultValueFactory = _ => 6 };
        var heads = new Option<int>("--heads") { HelpName = "N", Description = "Heads.", DefaultValueFactory = _ => 4 };
        var keyValueHeads = new Option<int?>("--kv-heads") { HelpName = "N", Description = "Heads of keys and values. Default: as many as heads." };
        var feedForward = new Option<int?>("--feed-forward") { HelpName = "F", Description = "Width of the feed-forward network. Default: 8/3 of the width, in eights." };
        var window = new Option<int>("--window") { HelpName = "TOKENS", Description = "Tokens of a sequence, and the model's window.", DefaultValueFactory = _ => 512 };
        var vocabulary = new Option<int>("--vocabulary") { HelpName = "V", Description = "Tokens of the vocabulary, learnt from the texts; 257 for the bytes alone.", DefaultValueFactory = _ => BytePairTrainer.Smallest };
        var command = new Command("train", "Train a new model on text. Example: ropewalk train books --out my-model --width 256 --layers 6 --window 512 --vocabulary 4096 --steps 2000")
        {
            shared.Data, config, width, layers, heads, keyValueHeads, feedForward, window, vocabulary,
        };
        shared.AddTo(command);
        var embedder = new EmbedderTraining();
        embedder.AddTo(command);
        command.SetAction(parsed => CommandHost.Run(error, shared.Threads(parsed), stop =>
        {
            var settings = shared.Settings(parsed, Options.AtLeast("--window", parsed.GetValue(window), 2));
            var (d, h, v) = (Options.AtLeast("--width", parsed.GetValue(width), 8), Options.AtLeast("--heads", parsed.GetValue(heads), 1), Options.AtLeast("--vocabulary", parsed.GetValue(vocabulary), BytePairTrainer.Smallest));
            if (embedder.Kind(parsed) is { } kind)
            {
                var shape = new EmbedderShape
                {
                    Kind = kind,
                    Width = d,
                    Layers = Options.AtLeast("--layers", parsed.GetValue(layers), 1),
                    Heads = h,
                    FeedForward = parsed.GetValue(feedForward) is { } f ? Options.AtLeast("--feed-forward", f, 1) : null,
                    Vocabulary = v,
                    Window = settings.Window,
                    PaddingToken = v - 1,
                };
                return embedder.Run(output, error, parsed, shared, settings, shape, stop);
            }

            var texts = TrainingTexts.All(parsed.GetValue(shared.Data)!, settings.StoryShare, settings.Seed);
            var text = parsed.GetValue(config) is { } path
                ? (JsonObject)JsonNode.Parse(JsonFile.Read(path).GetRawText())!
                : new ModelConfig
                {
                    Width = d,
                    Layers = Options.AtLeast("--layers", parsed.GetValue(layers), 1),
                    Heads = h,
                    KeyValueHeads = Options.AtLeast("--kv-heads", parsed.GetValue(keyValueHeads) ?? h, 1),
                    FeedForward = Options.AtLeast("--feed-forward", parsed.GetValue(feedForward) ?? ((d * 8 / 3) + 7) / 8 * 8, 1),
                    Vocabulary = v,
                    Window = settings.Window,
                    EndToken = v - 1,
                }.ToJson();
            using var parsedConfig = JsonDocument.Parse(text.ToJsonString());
            var source = parsed.GetValue(config) ?? "--width";
            if (new ConfigFields(parsedConfig.RootElement, source).RequiredInt("vocab_size", 1, 1 << 24) is var size && size != v)
            {
                throw new CheckpointFormatException(source, "vocab_size", $"{size}", $"--vocabulary, {v}");
            }

            using var model = TrainableModel.Create(parsedConfig.RootElement, source);
            WeightStart.Fill(model, settings.Seed);
            foreach (var parameter in model.Parameters)
            {
                parameter.IsTrained = true;
            }

            var trainer = new BytePairTrainer();
            foreach (var (_, content) in texts)
            {
                trainer.Add(content);
            }

            var json = trainer.Train(v);
            var tokenizer = Tokenizer.Parse(json, "tokenizer.json");
            var documents = TrainingTexts.Documents(texts, tokenizer);
            using var positions = new TrainedPositions(model.Rope.Geometry, model.Rope.Scaling.At(settings.Window), isTrained: false);
            var tokenizerConfig = new JsonObject
            {
                ["tokenizer_class"] = "PreTrainedTokenizerFast",
                ["bos_token"] = BytePairTrainer.EndOfText,
                ["eos_token"] = BytePairTrainer.EndOfText,
                ["add_bos_token"] = false,
                ["model_max_length"] = model.Rope.MaximumContext,
                ["clean_up_tokenization_spaces"] = false,
            };
            (string, byte[])[] others = [("tokenizer.json", Encoding.UTF8.GetBytes(json)), ("tokenizer_config.json", Encoding.UTF8.GetBytes(tokenizerConfig.ToJsonString()))];
            var work = new TrainingWork
            {
                Model = model,
                Name = $"new {text.ToJsonString()}",
                Settings = settings,
                Tokenizer = tokenizer,
                Documents = documents,
                EndToken = v - 1,
                Positions = positions,
                Export = folder => ModelOutput.Write(model, text, others, StoredType.F32, ModelTuning.ModelOf(folder)),
            };
            return TrainingCommand.Run(output, error, parsed, shared, work, stop);
        }));
        return command;
    }
}
