using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Ropewalk.Lab.Search;

namespace Ropewalk.Benchmarks.Search;

/// <summary>The model's answers to a search, one line each, in a text file: a benchmark that is stopped goes on where it was. The tokens and
/// seconds that they took are counted whether an answer was computed now or read.</summary>
internal sealed class AnswerFile : ISearchEvaluator, IDisposable
{
    private readonly Lazy<ISearchEvaluator> _model;
    private readonly int _length;
    private readonly Queue<string> _recorded;
    private readonly FileStream _file;
    private long _end;

    /// <summary>Opens or begins a file; a line that was not finished is dropped.</summary>
    /// <param name="path">Of the file.</param>
    /// <param name="model">Made when there is something to compute.</param>
    /// <param name="numWindows">Windows of the search.</param>
    /// <param name="length">Tokens of each.</param>
    public AnswerFile(string path, Func<ISearchEvaluator> model, int numWindows, int length)
    {
        (_model, NumWindows, _length) = (new Lazy<ISearchEvaluator>(model), numWindows, length);
        var text = File.Exists(path) ? File.ReadAllText(path) : "";
        _recorded = new Queue<string>(text.Split('\n')[..^1]);
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write);
    }

    /// <inheritdoc />
    public int NumWindows { get; }

    /// <summary>Tokens that the answers so far took.</summary>
    public long Tokens { get; private set; }

    /// <summary>Seconds that the answers so far took when they were computed.</summary>
    public double Seconds { get; private set; }

    /// <inheritdoc />
    public IReadOnlyList<double[]> Evaluate(IReadOnlyList<EvaluationRequest> requests)
    {
        Tokens += requests.Sum(r => (long)r.Passes * _length);
        if (_recorded.Count >= requests.Count)
        {
            return [.. requests.Select(Recorded)];
        }

        // A batch is recorded whole: what is left of one that was cut short is computed again.
        _recorded.Clear();
        _file.SetLength(_end);
        _file.Position = _end;
        var start = Stopwatch.GetTimestamp();
        var answers = _model.Value.Evaluate(requests);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds / requests.Count;
        Seconds += seconds * requests.Count;
        var lines = requests.Select((r, i) => string.Join(' ', [Key(r), .. answers[i].Append(seconds).Select(x => x.ToString("R", CultureInfo.InvariantCulture))]) + "\n");
        _file.Write(Encoding.ASCII.GetBytes(string.Concat(lines)));
        _file.Flush();
        _end = _file.Position;
        return answers;
    }

    /// <inheritdoc />
    public void Dispose() => _file.Dispose();

    private static string Key(EvaluationRequest request)
    {
        double[] numbers = [.. request.Point.RescaleFactors, request.Point.StartTokens, request.Point.AttentionFactor, request.FirstWindow, request.NumWindows, .. request.WantsGradient ? [1.0] : Array.Empty<double>()];
        return Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(numbers)))[..16];
    }

    private double[] Recorded(EvaluationRequest request)
    {
        var line = _recorded.Dequeue();
        _end += line.Length + 1;
        var words = line.Split(' ');
        if (words[0] != Key(request))
        {
            throw new FormatException("the algorithm asks for something else than what was recorded: remove the run's folder to begin anew");
        }

        Seconds += double.Parse(words[^1], CultureInfo.InvariantCulture);
        return [.. words[1..^1].Select(w => double.Parse(w, CultureInfo.InvariantCulture))];
    }
}
