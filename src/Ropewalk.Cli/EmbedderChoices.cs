using System.CommandLine;
using Ropewalk.Engine.Embedding;
using Ropewalk.Engine.Formats;
using Ropewalk.Positions;

namespace Ropewalk.Cli;

/// <summary>The options that every command with an embedder has.</summary>
internal sealed class EmbedderChoices
{
    private const string Chunk = "chunk";

    private static readonly (string Name, Pooling Pooling)[] s_poolings =
        [("mean", Pooling.Mean), ("cls", Pooling.Cls), ("last", Pooling.Last), ("max", Pooling.Max), ("weighted-mean", Pooling.WeightedMean)];

    private readonly Option<string?> _pooling = new("--pooling")
    {
        HelpName = "KIND",
        Description = "How the rows of a text become one vector, where the model does not say it: " + PoolingNames + ".",
    };

    private readonly Option<string?> _prompt = new("--prompt") { HelpName = "NAME", Description = "Prompt that is put before every text, by its name in config_sentence_transformers.json. Default: the folder's own default." };

    private readonly Option<string?> _prefix = new("--prefix") { HelpName = "TEXT", Description = "The same as a text, for models that do not name their prompts, e.g. \"query: \"." };

    private readonly Option<bool> _chunk = new("--chunk") { Description = "Cut a text that is longer than the window into overlapping pieces and average their vectors. Default: such a text is an error." };

    private readonly Option<string[]> _method = new("--method")
    {
        HelpName = "SPEC",
        Description = $"What is done to the positions: {Chunk}, " + string.Join(", ", EncoderMethodSpec.Forms) + ". May be given more than once.",
    };

    private readonly Option<int?> _maxTokens = new("--max-tokens") { HelpName = "N", Description = "Tokens of the longest text, special tokens included. Default: what the model says, or what the method allows." };

    private readonly Option<bool> _normalize = new("--normalize") { Description = "Divide vectors by their length also where the model does not say so." };

    /// <summary>All of them.</summary>
    public IEnumerable<Option> All => [_pooling, _prompt, _prefix, _chunk, _method, _maxTokens, _normalize];

    /// <summary>Loads the embedder that was asked for.</summary>
    /// <exception cref="UserInputException">The options contradict each other or the model.</exception>
    public TextEmbedder Load(ParseResult parsed, string model)
    {
        var specs = parsed.GetValue(_method) ?? [];
        var pooling = parsed.GetValue(_pooling);
        return TextEmbedder.Load(model, new EmbedderOptions
        {
            Pooling = pooling is null ? null : PoolingOf(pooling),
            Normalizes = parsed.GetValue(_normalize) ? true : null,
            MaxTokens = parsed.GetValue(_maxTokens),
            Chunks = parsed.GetValue(_chunk) || specs.Contains(Chunk, StringComparer.Ordinal),
            Method = encoder => EncoderMethodSpec.Parse(specs.Where(s => s != Chunk), encoder),
        });
    }

    /// <summary>What is put before every text.</summary>
    /// <exception cref="UserInputException">There is no prompt of that name, or two were given.</exception>
    public string PromptOf(ParseResult parsed, TextEmbedder embedder)
    {
        var (name, text) = (parsed.GetValue(_prompt), parsed.GetValue(_prefix));
        return (name, text) switch
        {
            (not null, not null) => throw new UserInputException("--prefix: found it beside --prompt, expected one of the two"),
            (null, not null) => text,
            _ => embedder.Prompt(name),
        };
    }

    /// <summary>The kinds of pooling by name.</summary>
    public static string PoolingNames => string.Join(", ", s_poolings.Select(p => p.Name));

    /// <summary>A kind of pooling by its name.</summary>
    /// <exception cref="UserInputException">There is none of that name.</exception>
    public static Pooling PoolingOf(string name) => Array.Find(s_poolings, p => p.Name == name) is { Name: not null } found
        ? found.Pooling
        : throw new UserInputException($"--pooling: found \"{Printable.OneLine(name, 60)}\", expected {PoolingNames}");
}
