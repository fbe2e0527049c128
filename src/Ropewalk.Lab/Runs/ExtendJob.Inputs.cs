using System.Globalization;
using System.Text.Json.Nodes;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Lab.Data;
using Ropewalk.Lab.Search;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Lab.Runs;

/// <content>What a job is made from, and what it refuses.</content>
public sealed partial class ExtendJob
{
    private const int LongestTarget = 1 << 28;

    /// <summary>The attention factor that "su", "yarn" or a number stands for.</summary>
    /// <param name="policy">What the user gave.</param>
    /// <param name="scale">s = L'/L.</param>
    /// <param name="originalContext">L.</param>
    /// <param name="allowFit">Whether "fit" is to be named among what is allowed; it is the caller's to handle.</param>
    /// <exception cref="UserInputException">It is none of them.</exception>
    public static double AttentionFactor(string policy, double scale, int originalContext, bool allowFit = false) => policy switch
    {
        "su" => AttentionFactors.Su(scale, originalContext),
        "yarn" => AttentionFactors.Yarn(scale),
        _ => double.TryParse(policy, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var value) && value is > 0 and < 100
            ? value
            : throw new UserInputException($"--attention-factor: found \"{policy}\", expected su, yarn{(allowFit ? ", fit" : "")} or a number above 0 and below 100"),
    };

    /// <summary>Refuses a model whose encoding is scaled already.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">Its folder or GGUF file, for the error.</param>
    public static void RequireUnscaled(LanguageModel model, string path)
    {
        if (model.Rope.Scaling is not NoScaling)
        {
            throw new UnsupportedCheckpointException(
                FileOf(path, CheckpointFolder.ConfigName), "rope_scaling", $"extending a model that is scaled already (\"{model.Rope.Scaling.Name}\")", "models with plain rotary embedding");
        }
    }

    /// <summary>The texts of a job as search windows and held-out windows.</summary>
    public static (WindowSet Search, WindowSet Heldout) PlanWindows(ExtendOptions options, Tokenizer tokenizer, int targetContext)
    {
        RequireDisjoint(options);
        var begin = tokenizer.AddsBos ? tokenizer.BosToken : null;
        IReadOnlyList<TokenDocument> texts;
        IReadOnlyList<TokenDocument> heldout;
        if (options.Texts.IsEmpty)
        {
            // A story for each window, so that the bootstrap has documents; the held-out stories are another seed's.
            texts = DefaultTexts.Stories(tokenizer, options.Seed + 1, Math.Max(options.Windows, 1), targetContext);
            heldout = options.Heldout.IsEmpty
                ? DefaultTexts.Stories(tokenizer, options.Seed + 1_000_003, options.HeldoutWindows == 0 ? DefaultStories : options.HeldoutWindows, targetContext)
                : DefaultTexts.Read(options.Heldout, tokenizer, "--heldout");
        }
        else
        {
            texts = DefaultTexts.Read(options.Texts, tokenizer);
            heldout = DefaultTexts.Read(options.Heldout, tokenizer, "--heldout");
        }

        return WindowPlanner.Plan(texts, heldout, targetContext, options.Windows, options.HeldoutWindows, begin, new CounterRandom(options.Seed).Fork(2));
    }

    private static void RequireDisjoint(ExtendOptions options)
    {
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (option, path) in options.Texts.Select(t => ("--text", t)).Concat(options.Heldout.Select(h => ("--heldout", h))))
        {
            // An empty path is refused where it is read.
            if (path.Length == 0 || seen.TryAdd(Path.GetFullPath(path), option))
            {
                continue;
            }

            throw new UserInputException(option == seen[Path.GetFullPath(path)]
                ? $"{option}: found {path} twice, expected each text once"
                : $"--heldout: found {path}, which is given as --text too, expected a text that the search does not see");
        }
    }

    /// <summary>Refuses a target that is no extension.</summary>
    public static void RequireTarget(int target, int original)
    {
        if (target <= original)
        {
            throw new UserInputException($"--to: found {target}, expected more than the model's window of {original} tokens");
        }

        if (target > LongestTarget)
        {
            throw new UserInputException($"--to: found {target}, expected at most {LongestTarget}");
        }
    }

    /// <summary>The generation of keys of a job's export.</summary>
    /// <param name="model">Hugging Face folder or GGUF file.</param>
    /// <param name="asked">What the user asked for; null for what the config needs.</param>
    /// <exception cref="UserInputException">The config cannot be written in what was asked for.</exception>
    public static RopeConfigStyle StyleOf(string model, RopeConfigStyle? asked)
    {
        using var checkpoint = ModelLoader.Open(model);
        var needed = RopeConfigWriter.StyleFor(JsonObject.Create(checkpoint.Config)!);
        return asked == RopeConfigStyle.V4 && needed == RopeConfigStyle.V5
            ? throw new UserInputException($"--config-style: found v4 for {checkpoint.ConfigPath}, whose rope_parameters per layer type these keys cannot express, expected v5")
            : asked ?? needed;
    }

    /// <summary>Refuses a job whose export may need a key that the config has not: Transformers 4.x derives the attention factor of phi3 itself.</summary>
    /// <param name="model">The model.</param>
    /// <param name="style">Generation of the exported config's keys; null where the config is not to say it.</param>
    /// <param name="policy">The attention factor that was asked for.</param>
    /// <param name="search">Whether another is looked for.</param>
    /// <exception cref="UserInputException">The two do not go together.</exception>
    public static void RequireWritableAttention(LanguageModel model, RopeConfigStyle? style, string policy, SearchChoices search)
    {
        var isSearched = SearchAlgorithms.Named(search.Algorithm).SearchesAttention && !search.FixedTemperature;
        if (style == RopeConfigStyle.V4 && model.Architecture == "phi3" && (isSearched || policy != "su"))
        {
            throw new UserInputException($"--attention-factor: found {(isSearched ? "one that is searched" : policy)} for phi3 and keys of style v4, which have none, expected --attention-factor su, or --config-style v5");
        }
    }

    /// <summary>Refuses a tokenizer that gives ids for which the model has no embedding.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="model">The model.</param>
    /// <param name="path">Its folder or GGUF file, for the error.</param>
    public static void RequireTokensInVocabulary(Tokenizer tokenizer, LanguageModel model, string path)
    {
        if (tokenizer.VocabularySize > model.Shape.VocabularySize)
        {
            throw new CheckpointFormatException(
                FileOf(path, "tokenizer.json"), "vocab", $"ids up to {tokenizer.VocabularySize - 1}", $"ids below the embedding's {model.Shape.VocabularySize} rows");
        }
    }

    /// <summary>Where a model has a part of its description: in a file of that name, or all in the GGUF file.</summary>
    private static string FileOf(string path, string name) => File.Exists(path) ? path : Path.Combine(path, name);
}
