using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Training;
using Ropewalk.Lab.Export;
using Ropewalk.Lab.Training;

namespace Ropewalk.Lab.Progressive;

/// <summary>The settings of a tuning in the words of other programs: axolotl, LLaMA-Factory, and Transformers' example run_clm.py. The model's config says the encoding
/// already, so none of them is told to scale anything; the texts are JSON lines with a key "text".</summary>
internal static class OutsideSettings
{
    private const string TextsName = "texts.json";
    private const string OutputName = "tuned";
    private const string EndsElsewhere = "# a linear rate ends at 0 in this program, and at a tenth of the highest in ropewalk";
    private static readonly JsonSerializerOptions s_line = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes texts and settings.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="model">Folder of the model to tune.</param>
    /// <param name="settings">Steps and rates.</param>
    /// <param name="choices">Adapters.</param>
    /// <param name="tools">Texts and tokenizer.</param>
    /// <returns>The files of settings.</returns>
    public static IReadOnlyList<string> Write(string folder, string model, TrainingSettings settings, TuningChoices choices, RoadTools tools)
    {
        var texts = Path.GetFullPath(Path.Combine(folder, TextsName));
        if (!File.Exists(texts))
        {
            AtomicFile.Write(texts, stream =>
            {
                foreach (var document in tools.Texts.Tuning)
                {
                    JsonSerializer.Serialize(stream, new { text = tools.Tokenizer.Decode(document.Tokens) }, s_line);
                    stream.WriteByte((byte)'\n');
                }
            });
        }

        var (source, output) = (Path.GetFullPath(model), Path.GetFullPath(Path.Combine(folder, OutputName)));
        (string Name, string Text)[] files =
        [
            ("axolotl.yaml", Axolotl(source, texts, output, settings, choices)),
            ("llama-factory.yaml", LlamaFactory(source, output, Path.GetFullPath(folder), settings, choices)),
            ("dataset_info.json", new JsonObject { ["ropewalk"] = new JsonObject { ["file_name"] = TextsName, ["columns"] = new JsonObject { ["prompt"] = "text" } } }.ToJsonString(CheckpointExporter.Json) + "\n"),
            ("hf-trainer.json", HuggingFace(source, texts, output, settings).ToJsonString(CheckpointExporter.Json) + "\n"),
        ];
        foreach (var (name, text) in files)
        {
            AtomicFile.WriteAllText(Path.Combine(folder, name), text);
        }

        return [.. files.Where(f => f.Name != "dataset_info.json").Select(f => Path.Combine(folder, f.Name))];
    }

    private static string Axolotl(string model, string texts, string output, TrainingSettings s, TuningChoices choices) => $"""
        # axolotl train axolotl.yaml
        base_model: {Quote(model)}
        datasets:
          - path: {Quote(texts)}
            ds_type: json
            type: completion
            field: text
        sequence_len: {s.Window}
        sample_packing: false
        pad_to_sequence_len: false
        {(choices.Adapters is { } a ? $"adapter: lora\nlora_r: {a.Rank}\nlora_alpha: {Number(a.Alpha)}\nlora_dropout: 0\nlora_target_modules: [{string.Join(", ", a.Targets)}]" : "# all weights are trained: no adapter")}
        max_steps: {s.Steps}
        micro_batch_size: 1
        gradient_accumulation_steps: {s.SequencesOfStep}
        learning_rate: {Number(s.LearningRate)}
        lr_scheduler: {Schedule(s)}
        {(s.Schedule == ScheduleShape.Cosine ? $"cosine_min_lr_ratio: {Number(s.FinalShare)}" : EndsElsewhere)}
        warmup_steps: {s.WarmUpSteps}
        optimizer: adamw_torch
        adam_beta1: {Number(s.Optimizer.Beta1)}
        adam_beta2: {Number(s.Optimizer.Beta2)}
        weight_decay: {Number(s.Optimizer.WeightDecay)}
        max_grad_norm: {Number(s.Clip)}
        seed: {s.Seed}
        bf16: auto
        gradient_checkpointing: true
        flash_attention: true
        val_set_size: 0
        output_dir: {Quote(output)}

        """.ReplaceLineEndings("\n");

    private static string LlamaFactory(string model, string output, string folder, TrainingSettings s, TuningChoices choices) => $"""
        # llamafactory-cli train llama-factory.yaml
        model_name_or_path: {Quote(model)}
        stage: pt
        do_train: true
        finetuning_type: {(choices.Adapters is null ? "full" : "lora")}
        {(choices.Adapters is { } a ? $"lora_rank: {a.Rank}\nlora_alpha: {Number(a.Alpha)}\nlora_dropout: 0\nlora_target: {string.Join(",", a.Targets)}" : "# all weights are trained: no adapter")}
        dataset_dir: {Quote(folder)}
        dataset: ropewalk
        cutoff_len: {s.Window}
        packing: true
        max_steps: {s.Steps}
        per_device_train_batch_size: 1
        gradient_accumulation_steps: {s.SequencesOfStep}
        learning_rate: {Number(s.LearningRate)}
        lr_scheduler_type: {HuggingFaceSchedule(s)}
        {(s.Schedule == ScheduleShape.Cosine ? $"lr_scheduler_kwargs: {{\"min_lr_rate\": {Number(s.FinalShare)}}}" : EndsElsewhere)}
        warmup_steps: {s.WarmUpSteps}
        optim: adamw_torch
        adam_beta1: {Number(s.Optimizer.Beta1)}
        adam_beta2: {Number(s.Optimizer.Beta2)}
        weight_decay: {Number(s.Optimizer.WeightDecay)}
        max_grad_norm: {Number(s.Clip)}
        seed: {s.Seed}
        bf16: true
        flash_attn: auto
        save_only_model: true
        output_dir: {Quote(output)}

        """.ReplaceLineEndings("\n");

    /// <summary>Arguments as "python run_clm.py hf-trainer.json" takes them; what is neither model nor data is one of TrainingArguments.</summary>
    private static JsonObject HuggingFace(string model, string texts, string output, TrainingSettings s)
    {
        var arguments = new JsonObject
        {
            ["model_name_or_path"] = model,
            ["train_file"] = texts,
            ["block_size"] = s.Window,
            ["torch_dtype"] = "auto",
            ["validation_split_percentage"] = 0,
            ["do_train"] = true,
            ["max_steps"] = s.Steps,
            ["per_device_train_batch_size"] = 1,
            ["gradient_accumulation_steps"] = s.SequencesOfStep,
            ["learning_rate"] = s.LearningRate,
            ["lr_scheduler_type"] = HuggingFaceSchedule(s),
            ["warmup_steps"] = s.WarmUpSteps,
            ["optim"] = "adamw_torch",
            ["adam_beta1"] = s.Optimizer.Beta1,
            ["adam_beta2"] = s.Optimizer.Beta2,
            ["adam_epsilon"] = s.Optimizer.Epsilon,
            ["weight_decay"] = s.Optimizer.WeightDecay,
            ["max_grad_norm"] = s.Clip,
            ["seed"] = s.Seed,
            ["bf16"] = true,
            ["gradient_checkpointing"] = true,
            ["save_only_model"] = true,
            ["output_dir"] = output,
        };
        if (s.Schedule == ScheduleShape.Cosine)
        {
            arguments["lr_scheduler_kwargs"] = new JsonObject { ["min_lr_rate"] = s.FinalShare };
        }

        return arguments;
    }

    private static string Schedule(TrainingSettings s) => s.Schedule switch
    {
        ScheduleShape.Cosine => "cosine",
        ScheduleShape.Linear => "linear",
        _ => "constant_with_warmup",
    };

    private static string HuggingFaceSchedule(TrainingSettings s) => s.Schedule == ScheduleShape.Cosine ? "cosine_with_min_lr" : Schedule(s);

    private static string Number(double value) => value.ToString("0.############", CultureInfo.InvariantCulture);

    // Every JSON string is a YAML string.
    private static string Quote(string text) => JsonSerializer.Serialize(text, s_line);
}
