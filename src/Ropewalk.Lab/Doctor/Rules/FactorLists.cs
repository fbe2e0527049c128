using System.Text.Json;

namespace Ropewalk.Lab.Doctor.Rules;

/// <summary>Lists of factors that are not d/2 numbers above 0. Transformers warns and fails later on shapes; llama.cpp's converter raises ValueError.</summary>
internal sealed class FactorLists : Rule
{
    /// <inheritdoc/>
    public override string Name => "factor-lists";

    /// <inheritdoc/>
    public override IEnumerable<Finding> Check(DoctorInput input)
    {
        var rope = input.Rope;
        foreach (var key in (string[])["short_factor", "long_factor"])
        {
            if (rope.Inner(key) is not { } list)
            {
                continue;
            }

            if (list.ValueKind != JsonValueKind.Array)
            {
                yield return Wrong(input, key, RopeSettings.Shown(list), "a list of numbers");
            }
            else if (rope.Pairs is { } pairs && list.GetArrayLength() != pairs)
            {
                yield return Wrong(input, key, $"{list.GetArrayLength()} entries", $"{pairs} entries, one for each rotated pair of a head");
            }
            else if (list.EnumerateArray().Any(f => f.ValueKind != JsonValueKind.Number || !(f.GetDouble() > 0)))
            {
                yield return Wrong(input, key, "an entry that is no number above 0", "numbers above 0");
            }
        }
    }

    private Finding Wrong(DoctorInput input, string key, string found, string fix) =>
        Of(input, Severity.Error, input.Rope.Name(key), found, fix,
            (Engines.Transformers5, "warns, then stops on a shape or computes nonsense"), (Engines.Vllm, "stops"), (Engines.LlamaCpp, "its converter stops"), (Engines.Ropewalk, "refuses"));
}
