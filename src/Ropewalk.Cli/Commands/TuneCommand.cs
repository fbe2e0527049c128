using System.CommandLine;
using System.Text.Json.Nodes;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Engine.Training;
using Ropewalk.Lab.Data;
using Ropewalk.Lab.Export;
using Ropewalk.Lab.Runs;
using Ropewalk.Lab.Training;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Cli.Commands;

/// <summary>ropewalk tune: trains a model on, at a longer window if that is asked.</summary>
internal static class TuneCommand
{
    public static Command Create(TextWriter output, TextWriter error)
    {
        var shared = new TrainingOptions(defaultRate: 2e-5);
        var model = Options.Model();
        var window = new Option<int?>("--window") { HelpName = "TOKENS", Description = "Tokens of a sequence. Default: the model's window; with --to and without --skip that length." };
        var to = new Option<int?>("--to") { HelpName = "TOKENS", Description = "Window that the model is tuned for." };
        var scaling = Options.Scaling();
        var skip = new Option<bool>("--skip") { Description = "PoSE: sequences of --window tokens whose positions skip ahead, up to --to. Embedders: texts at random positions below it." };
        var mixed = new Option<double>("--original-share") { HelpName = "X", Description = "Language models: share of the sequences that have the original window and encoding.", DefaultValueFactory = _ => 0 };
        var only = new Option<string?>("--only") { HelpName = "WHAT", Description = "positions: train the rescale factors and the attention factor alone; of embedders the table of learned positions." };
        var lora = new AdapterOptions();
        var command = new Command("tune", "Train a model on, for a longer window if --to says so. Example: ropewalk tune my-model books --out longer --to 4096 --scaling yarn:8 --skip --lora 8 --steps 400")
        {
            model, shared.Data, to, window, scaling, skip, mixed, only,
        };
        lora.AddTo(command);
        shared.AddTo(command);
        var contrastive = new ContrastiveTuning();
        contrastive.AddTo(command);
        command.SetAction(parsed => CommandHost.Run(error, shared.Threads(parsed), stop =>
        {
            var folder = parsed.GetValue(model)!;
            if (ContrastiveTuning.IsAsked(folder, parsed.GetValue(shared.Data)!))
            {
                if (parsed.GetResult(mixed) is { Implicit: false })
                {
                    throw new UserInputException("--original-share: found it for an embedder, expected a language model");
                }

                var request = new TuningRequest(folder, parsed.GetValue(to), parsed.GetValue(window), parsed.GetValue(scaling), parsed.GetValue(skip), parsed.GetValue(only), lora.Settings(parsed));
                return contrastive.Run(output, error, parsed, shared, request, stop);
            }

            using var checkpoint = ModelLoader.Open(folder);
            var rope = ModelLoader.RopeOf(checkpoint);
            var method = Scalings.Choose(parsed.GetValue(scaling), rope);
            var length = Options.AtLeast("--to", parsed.GetValue(to) ?? rope.MaximumContext, 2);
            var skips = parsed.GetValue(skip);
            var settings = shared.Settings(parsed, Options.AtLeast("--window", parsed.GetValue(window) ?? (skips ? rope.Geometry.OriginalContext : length), 2)) with
            {
                SkipsTo = skips ? length : 0,
                OriginalShare = parsed.GetValue(mixed) is >= 0 and <= 1 and var share ? share : throw new UserInputException($"--original-share: found {parsed.GetValue(mixed)}, expected 0 to 1"),
            };
            if (settings.Window > length)
            {
                throw new UserInputException($"--window: found {settings.Window}, expected at most the length that is tuned for, {length}");
            }

            var trainsPositions = parsed.GetValue(only) switch
            {
                null => false,
                "positions" => true,
                var other => throw new UserInputException($"--only: found \"{other}\", expected positions"),
            };
            using var trainable = TrainableModel.Load(checkpoint);
            using var positions = new TrainedPositions(rope.Geometry, method.At(length), trainsPositions);
            JsonObject Config()
            {
                var config = JsonObject.Create(checkpoint.Config)!;
                RopeScaling written = trainsPositions ? positions.Scaling(length) : method;
                if (written is not NoScaling && (trainsPositions || parsed.GetValue(scaling) is not null))
                {
                    // A trained attention factor is anything, and the older keys of phi3 have none.
                    var style = trainsPositions && (string?)config["model_type"] == "phi3" ? RopeConfigStyle.V5 : RopeConfigWriter.StyleFor(config);
                    RopeConfigWriter.Write(config, written, length, style);
                }
                else if (length > rope.MaximumContext)
                {
                    config["max_position_embeddings"] = length;
                }

                return config;
            }

            // What the config cannot say, and files that cannot be copied, are refused before anything is trained.
            _ = Config();
            CheckpointExporter.RequireReadable(folder);
            var adapters = lora.Settings(parsed);
            if (adapters is not null && trainsPositions)
            {
                throw new UserInputException("--lora: found it with --only positions, expected one of them");
            }

            if (!trainsPositions)
            {
                TunedWeights.Choose(trainable, adapters, settings.Seed);
            }

            var tokenizer = Tokenizer.Load(folder);
            var documents = TrainingTexts.Documents(TrainingTexts.All(parsed.GetValue(shared.Data)!, settings.StoryShare, settings.Seed), tokenizer);
            RequireTokens(documents, trainable.Shape.VocabularySize, folder);
            var work = new TrainingWork
            {
                Model = trainable,
                Name = $"{checkpoint.Name} {ModelFingerprint.Of(folder)} under {method.Spec}, {(trainsPositions ? "positions" : TunedWeights.Identity(adapters))}",
                Settings = settings,
                Tokenizer = tokenizer,
                Documents = documents,
                EndToken = ModelTuning.EndTokenOf(tokenizer, trainable.Shape.VocabularySize),
                Positions = positions,
                Export = target =>
                {
                    ModelOutput.Write(trainable, Config(), ModelOutput.OtherFiles(checkpoint), TunedWeights.TypeOf(checkpoint), ModelTuning.ModelOf(target));
                    if (adapters is not null)
                    {
                        ModelOutput.WriteAdapter(trainable, adapters, folder, Path.Combine(target, ModelOutput.AdapterFolder));
                    }
                },
            };
            return TrainingCommand.Run(output, error, parsed, shared, work, stop);
        }));
        return command;
    }

    private static void RequireTokens(IReadOnlyList<TokenDocument> documents, int vocabularySize, string folder)
    {
        if (documents.SelectMany(d => d.Tokens).Select(t => (int?)t).FirstOrDefault(t => t >= vocabularySize) is { } token)
        {
            throw new CheckpointFormatException(folder, "tokenizer.json", $"token {token}", $"ids below the model's vocab_size {vocabularySize}");
        }
    }
}
