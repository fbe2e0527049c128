using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Engine.Models.Gguf;

/// <summary>A rotary encoding as GGUF keys and tensors that llama.cpp computes the same angles from.</summary>
internal static class GgufRopeWriter
{
    /// <summary>Writes the encoding of the layers with full attention, and the base of the windowed ones where it is another.</summary>
    public static void Write(GgufConfigWriter writer)
    {
        var rope = writer.Spec.Rope;
        writer.Set("rope.dimension_count", (uint)rope.Geometry.RotaryDimension);
        writer.Set("rope.freq_base", (float)rope.Geometry.Base);
        if (writer.Spec.LocalRope is { } local)
        {
            if (local.Scaling is not NoScaling)
            {
                throw writer.Refusal("rope_parameters", $"\"{local.Scaling.Name}\" in layers with a window", "plain positions there");
            }

            writer.Set("rope.freq_base_swa", (float)local.Geometry.Base);
        }

        switch (rope.Scaling)
        {
            case NoScaling:
                break;
            case LinearScaling linear:
                writer.Set("rope.scaling.type", "linear");
                writer.Set("rope.scaling.factor", (float)linear.Factor);
                if (linear.Geometry.OriginalContext != rope.MaximumContext)
                {
                    // context_length is the longer window then. llama.cpp computes nothing with this key but YaRN's ramp and the choice of a list.
                    writer.Set("rope.scaling.original_context_length", (uint)linear.Geometry.OriginalContext);
                }

                break;
            case YarnScaling yarn:
                WriteYarn(writer, yarn);
                break;
            case Llama3Scaling llama3:
                if (!writer.Architecture.Graph.ReadsRopeFreqs)
                {
                    throw Refused(writer, llama3);
                }

                var scaled = llama3.At(rope.MaximumContext);
                writer.RopeTensors[GgufNames.RopeFreqs] =
                    [.. Enumerable.Range(0, rope.Geometry.Pairs).Select(i => (float)(rope.Geometry.InverseFrequency(i) / scaled.InverseFrequencies[i]))];
                break;
            case LongRopeScaling longRope when writer.Architecture.Graph.ReadsRopeFactors:
                WriteLongRope(writer, longRope);
                break;
            default:
                throw Refused(writer, rope.Scaling);
        }
    }

    private static Formats.UnsupportedCheckpointException Refused(GgufConfigWriter writer, RopeScaling scaling)
    {
        var graph = writer.Architecture.Graph;
        var supported = string.Concat("none, linear, yarn", graph.ReadsRopeFreqs ? ", llama3" : "", graph.ReadsRopeFactors ? ", longrope" : "");
        return writer.Refusal("rope_scaling", $"\"{scaling.Name}\"", $"{supported}, as its {graph.Name} graph has it");
    }

    /// <summary>llama.cpp multiplies attn_factor by 0.1 ln s + 1 itself, and takes the two turns from its command line alone.</summary>
    private static void WriteYarn(GgufConfigWriter writer, YarnScaling yarn)
    {
        if (!yarn.Truncate || !yarn.ExtrapolationFactor.Equals(1))
        {
            throw writer.Refusal("rope_scaling", "yarn without rounding to whole pairs, or with an extrapolation factor", "yarn as published");
        }

        writer.Set("rope.scaling.type", "yarn");
        writer.Set("rope.scaling.factor", (float)yarn.Factor);
        writer.Set("rope.scaling.original_context_length", (uint)yarn.Geometry.OriginalContext);
        var own = AttentionFactors.Yarn(yarn.Factor);
        var wanted = yarn.At(writer.Spec.Rope.MaximumContext).AttentionFactor;
        if (Math.Abs((wanted / own) - 1) > 1e-7)
        {
            writer.Set("rope.scaling.attn_factor", (float)(wanted / own));
        }

        if (!yarn.BetaFast.Equals(32) || !yarn.BetaSlow.Equals(1))
        {
            writer.Set("rope.scaling.yarn_beta_fast", (float)yarn.BetaFast);
            writer.Set("rope.scaling.yarn_beta_slow", (float)yarn.BetaSlow);
            writer.Notes.Add(FormattableString.Invariant(
                $"llama.cpp does not read this model's yarn turns from the file: run it with --yarn-beta-fast {yarn.BetaFast} --yarn-beta-slow {yarn.BetaSlow}"));
        }
    }

    /// <summary>Both lists and no factor: with rope.scaling.factor beside them llama.cpp would divide every position by it too.</summary>
    private static void WriteLongRope(GgufConfigWriter writer, LongRopeScaling scaling)
    {
        var entries = scaling.Entries;
        if (entries.Length > 2 || entries.Any(e => e.StartTokens > 0) || !entries[0].AttentionFactor.Equals(entries[^1].AttentionFactor))
        {
            throw writer.Refusal("rope_scaling", "longrope with start tokens, more than two lists or two attention factors", "a short and a long list with one attention factor");
        }

        writer.Set("rope.scaling.type", "longrope");
        writer.Set("rope.scaling.original_context_length", (uint)scaling.Geometry.OriginalContext);
        writer.Set("rope.scaling.attn_factor", (float)entries[0].AttentionFactor);
        writer.RopeTensors[GgufNames.RopeFactorsLong] = [.. entries[^1].RescaleFactors.Select(f => (float)f)];
        writer.RopeTensors[GgufNames.RopeFactorsShort] = [.. entries[0].RescaleFactors.Select(f => (float)f)];
        if (!entries[0].RescaleFactors.AsSpan().SequenceEqual(entries[^1].RescaleFactors.AsSpan()))
        {
            writer.Notes.Add($"llama.cpp chooses the long factors when its context is larger than {scaling.Geometry.OriginalContext} tokens, whatever the text's length");
        }
    }
}
