using Ropewalk.Engine.Formats.Gguf;

namespace Ropewalk.Lab.Doctor;

/// <summary>The position keys of a GGUF file as they stand there.</summary>
internal sealed class GgufFacts
{
    /// <summary>Looks at a file.</summary>
    public GgufFacts(GgufSet file)
    {
        var metadata = file.Metadata;
        Architecture = metadata.OptionalText("general.architecture") ?? "";
        Type = metadata.OptionalText($"{Architecture}.rope.scaling.type");
        Factor = metadata.OptionalNumber($"{Architecture}.rope.scaling.factor");
        var tensors = file.TensorNames.ToHashSet(StringComparer.Ordinal);
        HasFreqs = tensors.Contains("rope_freqs.weight");
        HasLong = tensors.Contains("rope_factors_long.weight");
        HasShort = tensors.Contains("rope_factors_short.weight");
        IgnoredYarnKeys = [.. metadata.Keys.Where(k => k.StartsWith($"{Architecture}.rope.scaling.yarn_", StringComparison.Ordinal) && !k.EndsWith("log_multiplier", StringComparison.Ordinal))];
    }

    /// <summary>general.architecture.</summary>
    public string Architecture { get; }

    /// <summary>rope.scaling.type, or null.</summary>
    public string? Type { get; }

    /// <summary>rope.scaling.factor, or null.</summary>
    public double? Factor { get; }

    /// <summary>Whether rope_freqs.weight is there.</summary>
    public bool HasFreqs { get; }

    /// <summary>Whether rope_factors_long.weight is there.</summary>
    public bool HasLong { get; }

    /// <summary>Whether rope_factors_short.weight is there.</summary>
    public bool HasShort { get; }

    /// <summary>yarn_* keys, which llama.cpp reads for a few architectures only.</summary>
    public IReadOnlyList<string> IgnoredYarnKeys { get; }

    /// <summary>Whether positions are divided by a factor on top of factors for each pair: no encoding that anybody meant.</summary>
    public bool HasFactorBesideLists => (HasFreqs || HasLong || HasShort) && Factor is not (null or 0 or 1);

    /// <summary>Whether our own reader would refuse the file.</summary>
    public bool HasContradiction => HasFactorBesideLists || HasLong != HasShort || (Type == "longrope" && !HasLong && !HasFreqs);
}
