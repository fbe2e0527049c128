using System.Diagnostics.CodeAnalysis;

namespace Ropewalk.Engine.Formats.Gguf;

/// <summary>A model of one GGUF file, or of all parts of a split one ("name-00001-of-00003.gguf"). Parts are found by their names in one
/// folder; their own numbers, their counts and their tensors must agree with that.</summary>
public sealed class GgufSet : IDisposable
{
    private const int MaximumParts = 1000;
    private const string NumberKey = "split.no";
    private const string CountKey = "split.count";
    private const string TensorsKey = "split.tensors.count";
    private const string ArchitectureKey = "general.architecture";

    private readonly List<GgufFile> _files = [];
    private readonly Dictionary<string, (GgufTensor Tensor, GgufFile File)> _tensors = new(StringComparer.Ordinal);

    private GgufSet()
    {
    }

    /// <summary>The open files, in the order of their parts.</summary>
    public IReadOnlyList<GgufFile> Files => _files;

    /// <summary>The first file's metadata: the other parts have their numbers only.</summary>
    public GgufMetadata Metadata => _files[0].Metadata;

    /// <summary>Names of all tensors, part by part in the files' order.</summary>
    public IEnumerable<string> TensorNames => _tensors.Keys;

    /// <summary>Opens a model by its file, or by any of its parts.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mapped">As in <see cref="GgufFile.Open"/>.</param>
    /// <exception cref="CheckpointFormatException">A file is missing, damaged or contradicts another.</exception>
    /// <exception cref="UnsupportedCheckpointException">A file is of another kind or version.</exception>
    public static GgufSet Open(string path, bool mapped = false)
    {
        var set = new GgufSet();
        try
        {
            set._files.Add(GgufFile.Open(path, mapped));
            var count = set.Metadata.OptionalInt(CountKey, 1, MaximumParts) ?? 1;
            if (count > 1)
            {
                set.OpenOthers(count, mapped);
            }

            set.Collect();
            return set;
        }
        catch
        {
            set.Dispose();
            throw;
        }
    }

    /// <summary>The files of a model, in the order of their parts; the file itself where it is not of this kind.</summary>
    /// <param name="path">The file, or any part.</param>
    /// <exception cref="CheckpointFormatException">A part is missing, damaged or contradicts another.</exception>
    public static IReadOnlyList<string> PathsOf(string path)
    {
        if (!path.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase))
        {
            return [path];
        }

        using var set = Open(path);
        return [.. set.Files.Select(f => f.Path)];
    }

    /// <summary>Finds a tensor over all parts.</summary>
    public bool TryFind(string name, [NotNullWhen(true)] out GgufTensor? tensor, [NotNullWhen(true)] out GgufFile? file)
    {
        var found = _tensors.TryGetValue(name, out var place);
        (tensor, file) = place;
        return found;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var file in _files)
        {
            file.Dispose();
        }
    }

    private static string Suffix(int number, int count) => $"-{number + 1:00000}-of-{count:00000}.gguf";

    private void OpenOthers(int count, bool mapped)
    {
        var given = _files[0];
        var number = given.Metadata.RequiredInt(NumberKey, 0, count - 1);
        var suffix = Suffix(number, count);
        if (!given.Path.EndsWith(suffix, StringComparison.Ordinal))
        {
            throw new CheckpointFormatException(given.Path, "file name", $"'{Path.GetFileName(given.Path)}'",
                $"a name that ends in '{suffix}', because {NumberKey} is {number} and {CountKey} is {count}");
        }

        var prefix = given.Path[..^suffix.Length];
        var missing = Enumerable.Range(0, count).Select(i => prefix + Suffix(i, count)).Where(part => !Path.Exists(part)).Select(Path.GetFileName).ToArray();
        if (missing.Length > 0)
        {
            const int Shown = 5;
            throw new CheckpointFormatException(given.Path, CountKey, $"{count - missing.Length} of {count} parts",
                $"also {string.Join(", ", missing.Take(Shown))}{(missing.Length > Shown ? ", ..." : "")} in the same folder");
        }

        for (var i = 0; i < count; i++)
        {
            if (i != number)
            {
                _files.Insert(i, GgufFile.Open(prefix + Suffix(i, count), mapped));
                RequirePart(_files[i].Metadata, i, count);
            }
        }

        RequireSame(given.Metadata);
    }

    private static void RequirePart(GgufMetadata part, int number, int count)
    {
        if (part.RequiredInt(CountKey, 1, MaximumParts) != count)
        {
            part.Wrong<int>(CountKey, $"{count}, as the other parts say");
        }

        if (part.RequiredInt(NumberKey, 0, count - 1) != number)
        {
            part.Wrong<int>(NumberKey, $"{number}, as the file's name says");
        }
    }

    /// <summary>The parts are of one model, and the first says how many tensors that has.</summary>
    private void RequireSame(GgufMetadata given)
    {
        var architecture = Metadata.OptionalText(ArchitectureKey) ?? given.OptionalText(ArchitectureKey);
        foreach (var part in _files.Select(file => file.Metadata))
        {
            if (part.OptionalText(ArchitectureKey) is { } other && other != architecture)
            {
                part.Wrong<string>(ArchitectureKey, $"\"{Printable.OneLine(architecture ?? "", 80)}\", as the first part says");
            }
        }

        var numTensors = _files.Sum(file => file.Tensors.Count);
        if (Metadata.RequiredInt(TensorsKey, 0, int.MaxValue) != numTensors)
        {
            Metadata.Wrong<int>(TensorsKey, $"{numTensors}, the tensors of all parts");
        }
    }

    private void Collect()
    {
        foreach (var file in _files)
        {
            foreach (var (name, tensor) in file.Tensors)
            {
                if (!_tensors.TryAdd(name, (tensor, file)))
                {
                    throw new CheckpointFormatException(file.Path, $"tensor '{Printable.OneLine(name, 120)}'",
                        $"it also in {Path.GetFileName(_tensors[name].File.Path)}", "each tensor in one part");
                }
            }
        }
    }
}
