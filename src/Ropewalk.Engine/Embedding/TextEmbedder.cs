using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Models.Encoders;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Positions;

namespace Ropewalk.Engine.Embedding;

/// <summary>Texts to vectors: tokenizer, model, pooling and prompts of one embedder. No text is ever cut without being asked for, and none changes
/// another's vector. Safe for one caller at a time.</summary>
public sealed class TextEmbedder : IDisposable
{
    private readonly EmbedderOptions _options;
    private readonly EmbedderSettings _settings;
    private readonly EmbedderTokens _tokens;

    private TextEmbedder(TextEncoder model, Tokenizer tokenizer, EmbedderSettings settings, EmbedderOptions options)
    {
        (Model, Tokenizer, _settings, _options) = (model, tokenizer, settings, options);
        Pooling = settings.PoolingOf(options.Pooling, model.IsCausal);
        Normalizes = options.Normalizes ?? settings.Normalizes;
        if (settings.Width is { } width && width != model.Shape.HiddenWidth)
        {
            throw new CheckpointFormatException(settings.PoolingSource, "word_embedding_dimension", $"{width}", $"the model's {model.Shape.HiddenWidth}");
        }

        if (tokenizer.VocabularySize > model.Shape.VocabularySize)
        {
            throw new CheckpointFormatException(settings.ModelPath, "tokenizer", $"{tokenizer.VocabularySize} tokens", $"at most the model's {model.Shape.VocabularySize}");
        }

        Method = options.Method?.Invoke(model) ?? EncoderMethod.None;
        MaxTokens = LimitOf();
        _tokens = new EmbedderTokens(tokenizer, Pooling, settings.ModelPath);
    }

    /// <summary>The model.</summary>
    public TextEncoder Model { get; }

    /// <summary>Its tokenizer.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>How rows become a vector.</summary>
    public Pooling Pooling { get; }

    /// <summary>Whether vectors are divided by their length.</summary>
    public bool Normalizes { get; }

    /// <summary>What is done to positions.</summary>
    public EncoderMethod Method { get; }

    /// <summary>Tokens of the longest text, prompt and special tokens included.</summary>
    public int MaxTokens { get; }

    /// <summary>Numbers of a vector.</summary>
    public int Width => Model.Shape.HiddenWidth;

    /// <summary>What can be put before a text, by name.</summary>
    public IReadOnlyDictionary<string, string> Prompts => _settings.Prompts;

    /// <summary>Loads an embedder.</summary>
    /// <param name="path">A sentence-transformers folder, a Hugging Face folder or a GGUF file.</param>
    /// <param name="options">What the user says.</param>
    /// <exception cref="CheckpointFormatException">The checkpoint is damaged or contradicts itself.</exception>
    /// <exception cref="UnsupportedCheckpointException">Something in it is not run here.</exception>
    /// <exception cref="UserInputException">The options do not fit the checkpoint.</exception>
    public static TextEmbedder Load(string path, EmbedderOptions? options = null)
    {
        options ??= new EmbedderOptions();
        var settings = EmbedderSettingsReader.Read(path);
        var model = TextEncoder.Load(settings.ModelPath);
        try
        {
            return new TextEmbedder(model, Tokenizer.Load(settings.ModelPath), settings, options);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>A prompt's text: by name, or the folder's own default for null; empty where there is none.</summary>
    /// <exception cref="UserInputException">There is no prompt of that name.</exception>
    public string Prompt(string? name)
    {
        name ??= _settings.DefaultPrompt;
        return name is null ? ""
            : _settings.Prompts.TryGetValue(name, out var prompt) ? prompt
            : throw new UserInputException($"prompt: found \"{Printable.OneLine(name, 60)}\", expected {(_settings.Prompts.Count == 0 ? "none, as this model names no prompts" : string.Join(", ", _settings.Prompts.Keys))}");
    }

    /// <summary>Tokens of a text with a prompt and the special tokens, however many fit.</summary>
    public int Count(string text, string prompt = "") => _tokens.Encode(prompt + text).Length;

    /// <summary>Vectors of texts, in their order.</summary>
    /// <param name="texts">Each with at least one token.</param>
    /// <param name="prompt">Put before every text: the text itself, as <see cref="Prompt"/> gives it.</param>
    /// <param name="names">What to call the texts in errors; null for their numbers.</param>
    /// <param name="progress">Told tokens done and tokens in all after each batch.</param>
    /// <param name="cancellationToken">Stops between chunks of work.</param>
    /// <exception cref="UserInputException">A text is empty, or longer than the window and pieces were not asked for. Nothing was run then.</exception>
    public IReadOnlyList<EmbeddedText> Embed(
        IReadOnlyList<string> texts, string prompt = "", IReadOnlyList<string>? names = null, Action<long, long>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var prefix = _tokens.PromptBody(prompt);
        var skipped = _settings.IncludesPrompt ? 0 : _tokens.RowsOf(prompt);
        var pieces = new List<Piece>();
        var lengths = new (int Tokens, int LeftOut)[texts.Count];
        for (var i = 0; i < texts.Count; i++)
        {
            lengths[i] = AddPieces(texts[i], i, names?[i] ?? $"text {i + 1}", prompt, prefix, pieces);
        }

        // Texts of one length fill a batch evenly; a vector does not depend on which batch its text is in.
        var order = pieces.OrderByDescending(p => p.Tokens.Length).ToArray();
        var total = order.Sum(p => (long)p.Tokens.Length);
        var done = 0L;
        for (var first = 0; first < order.Length;)
        {
            var count = 1;
            var tokens = order[first].Tokens.Length;
            while (first + count < order.Length && tokens + order[first + count].Tokens.Length <= _options.BatchTokens)
            {
                tokens += order[first + count++].Tokens.Length;
            }

            var batch = order.AsSpan(first, count).ToArray();
            Model.Forward(
                [.. batch.Select(p => (ReadOnlyMemory<int>)p.Tokens)], Method, Pool.RowsOf(Pooling), (i, rows) => batch[i].Vector = Pool.Forward(Pooling, rows, Width, Math.Min(skipped, (rows.Length / Width) - 1)), cancellationToken);
            first += count;
            done += tokens;
            progress?.Invoke(done, total);
        }

        return [.. pieces.GroupBy(p => p.Text).OrderBy(g => g.Key).Select(g => Finish([.. g.Select(p => p.Vector)], lengths[g.Key]))];
    }

    /// <inheritdoc />
    public void Dispose() => Model.Dispose();

    private int LimitOf()
    {
        var longest = (int)Math.Min(Model.LongestText(Method), int.MaxValue);
        if (_settings.MaxTokens is { } said && said > longest)
        {
            throw new CheckpointFormatException(_settings.MaxTokensSource!, "max_seq_length", $"{said}", $"at most the model's {longest} positions");
        }

        if (_options.MaxTokens is { } asked)
        {
            return asked >= 1 && asked <= longest ? asked : throw new UserInputException($"--max-tokens: found {asked}, expected 1 to {longest}");
        }

        // A method is asked for in order to go beyond what the folder says.
        return Method == EncoderMethod.None && _settings.MaxTokens is { } limit ? limit : longest;
    }

    /// <summary>Cuts a text into pieces that fit, and tells how many tokens it has whole, and how many of them are in no piece.</summary>
    private (int Tokens, int LeftOut) AddPieces(string text, int index, string name, string prompt, int[] prefix, List<Piece> pieces)
    {
        var ids = _tokens.Encode(prompt + text);
        if (string.IsNullOrWhiteSpace(text) || ids.Length <= _tokens.NumSpecial)
        {
            throw new UserInputException($"{name}: found an empty text, expected at least one token");
        }

        var kept = _options.KeptTokens is not { } most ? ids.Length : Math.Min(ids.Length, _options.Chunks ? most : Math.Min(most, MaxTokens));
        var whole = (ids.Length, LeftOut: ids.Length - kept);
        if (kept <= MaxTokens && whole.LeftOut == 0)
        {
            pieces.Add(new Piece(index, ids));
            return whole;
        }

        if (kept <= MaxTokens)
        {
            RequireRoom(kept - _tokens.NumSpecial - prefix.Length, kept);
            pieces.Add(new Piece(index, _tokens.Cut(ids, kept)));
            return whole;
        }

        if (!_options.Chunks)
        {
            throw new UserInputException($"{name}: found {ids.Length} tokens, expected at most {MaxTokens}: cut it, ask for chunks, or extend the model");
        }

        var room = MaxTokens - _tokens.NumSpecial - prefix.Length;
        RequireRoom(room, MaxTokens);
        var body = _tokens.BodyAfter(prompt, text);
        var length = body.Length - whole.LeftOut;
        foreach (var start in OverlappingChunks.Starts(length, room))
        {
            pieces.Add(new Piece(index, _tokens.Frame([.. prefix, .. body.AsSpan(start, Math.Min(room, length - start))])));
        }

        return whole;
    }

    private static void RequireRoom(int room, int tokens)
    {
        if (room < 1)
        {
            throw new UserInputException($"--max-tokens: found {tokens}, expected more than the {tokens - room} tokens of the prompt and the special tokens");
        }
    }

    /// <summary>One vector from a text's pieces: their mean before any is divided by its length (2404.12096).</summary>
    private EmbeddedText Finish(float[][] vectors, (int Tokens, int LeftOut) length)
    {
        var vector = vectors.Length == 1 ? vectors[0] : Pool.Forward(Pooling.Mean, [.. vectors.SelectMany(v => v)], Width);
        if (Normalizes)
        {
            Pool.Normalize(vector);
        }

        return new EmbeddedText(vector, length.Tokens, vectors.Length) { LeftOut = length.LeftOut };
    }

    private sealed record Piece(int Text, int[] Tokens)
    {
        public float[] Vector { get; set; } = [];
    }
}
