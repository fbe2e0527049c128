using System.Globalization;

namespace Ropewalk.Benchmarks.Search;

/// <summary>Measured losses of a run's best points, one a line, in their order: a run that goes on does not measure again.</summary>
internal sealed class MeasuredFile
{
    private readonly string _path;
    private readonly Queue<double> _known;

    /// <summary>Reads what is there.</summary>
    public MeasuredFile(string path)
    {
        _path = path;
        var text = File.Exists(path) ? File.ReadAllText(path) : "";
        text = text[..(text.LastIndexOf('\n') + 1)];
        File.WriteAllText(path, text);
        _known = new Queue<double>(text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => double.Parse(l, CultureInfo.InvariantCulture)));
    }

    /// <summary>The next loss, read or computed.</summary>
    public double Next(Func<double> compute)
    {
        if (_known.TryDequeue(out var known))
        {
            return known;
        }

        var loss = compute();
        File.AppendAllText(_path, loss.ToString("R", CultureInfo.InvariantCulture) + "\n");
        return loss;
    }
}
