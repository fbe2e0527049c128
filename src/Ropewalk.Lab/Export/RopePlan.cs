using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Models;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Lab.Export;

/// <summary>A model's positions and everything that any target needs to have them: the source of all exports.</summary>
/// <param name="ModelName">Name of the checkpoint that it was made for.</param>
/// <param name="Architecture">Its model_type.</param>
/// <param name="ConfigSha256">SHA-256, lower-case hex, of its config's text.</param>
/// <param name="Geometry">Rotary width, base and original length.</param>
/// <param name="TargetLength">The length that is meant, in tokens, at least the original one.</param>
/// <param name="Scaling">The method.</param>
/// <param name="FactorSets">The LongRoPE factors, where the method stands on a file of them.</param>
public sealed record RopePlan(
    string ModelName, string Architecture, string ConfigSha256, RopeGeometry Geometry, int TargetLength, RopeScaling Scaling, LongRopeScaling? FactorSets)
{
    /// <summary>What stands for the factors in a spec: they are in the same file.</summary>
    public const string FactorSetsName = "factor_sets";

    /// <summary>The method as a spec; where it stands on factors these are named <see cref="FactorSetsName"/>.</summary>
    public string Spec => FactorSets is null ? Scaling.Spec : $"{Scaling.Name}:{FactorSetsName}";

    /// <summary>Makes a plan.</summary>
    /// <param name="checkpoint">The model.</param>
    /// <param name="factors">A plan or a factors file, or null.</param>
    /// <param name="spec">A scaling spec, or null. With neither the checkpoint's own encoding is the plan.</param>
    /// <param name="targetLength">The length that is meant; null for what the method says itself.</param>
    /// <param name="notes">Takes what the user should know.</param>
    /// <exception cref="UserInputException">The choice cannot be used.</exception>
    /// <exception cref="CheckpointFormatException">The checkpoint's config or the file is damaged, or the file is for another model.</exception>
    /// <exception cref="UnsupportedCheckpointException">The checkpoint is of a kind that is not run here.</exception>
    public static RopePlan Make(Checkpoint checkpoint, string? factors, string? spec, int? targetLength, List<string> notes)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentNullException.ThrowIfNull(notes);
        if (factors is not null && spec is not null)
        {
            throw new UserInputException("--factors and --scaling: found both, expected one of them");
        }

        var rope = ModelLoader.RopeOf(checkpoint);
        var geometry = rope.Geometry;
        LongRopeScaling? sets = null;
        LongRopeScaling Factors(string path) => sets = RopeFactorsFile.Read(path, geometry);
        if (factors is not null && RopePlanFile.IsPlan(factors))
        {
            var plan = RopePlanFile.Read(factors, geometry);
            if (plan.ConfigSha256 != Sha256(checkpoint))
            {
                notes.Add($"{factors} was made for another config ({plan.ModelName}); width, base and original length are the same");
            }

            return plan with { ModelName = checkpoint.Name, Architecture = TypeOf(checkpoint), ConfigSha256 = Sha256(checkpoint), TargetLength = Checked(targetLength ?? plan.TargetLength, geometry) };
        }

        var scaling = factors is not null ? Factors(factors)
            : spec is not null ? RopeScalingRegistry.Parse(spec, geometry, Factors)
            : rope.Scaling;
        if (scaling is LongRopeScaling own)
        {
            sets = own;
        }

        if (scaling.Geometry != geometry)
        {
            throw new UserInputException($"{checkpoint.ConfigPath}: found {scaling.Name} from {scaling.Geometry.OriginalContext} tokens on beside an original length of {geometry.OriginalContext}, expected the same length");
        }

        if (scaling is NoScaling)
        {
            throw new UserInputException($"{(spec is null ? checkpoint.ConfigPath : "--scaling")}: found plain positions, expected a scaling (--factors FILE or --scaling SPEC): there is nothing to export");
        }

        var length = targetLength ?? Math.Max(spec is null && factors is null ? rope.MaximumContext : 0, LengthOf(scaling));
        return new RopePlan(checkpoint.Name, TypeOf(checkpoint), Sha256(checkpoint), geometry, Checked(length, geometry), scaling, sets);
    }

    /// <summary>The lengths at which plan and export are compared, and which stand in the plan's file: L and L'.</summary>
    internal ImmutableArray<int> Lengths => Geometry.OriginalContext == TargetLength ? [TargetLength] : [Geometry.OriginalContext, TargetLength];

    private static int Checked(int length, RopeGeometry geometry) => length >= geometry.OriginalContext
        ? length
        : throw new UserInputException(length == 0
            ? "--to: found nothing, expected a target length in tokens (this method does not say it)"
            : $"--to: found {length}, expected at least the original length {geometry.OriginalContext}");

    /// <summary>The length that a method is made for; 0 where it does not say.</summary>
    private static int LengthOf(RopeScaling scaling)
    {
        var factor = scaling switch
        {
            LinearScaling linear => linear.Factor,
            DynamicNtkScaling dynamic => dynamic.Factor,
            YarnScaling yarn => yarn.Factor,
            NtkByPartsScaling parts => parts.Factor,
            Llama3Scaling llama3 => llama3.Factor,
            _ => 0,
        };
        return scaling switch
        {
            ResonanceScaling resonance => LengthOf(resonance.Inner),
            LongRopeScaling longRope => longRope.Entries[^1].MaximumLength,
            _ => (int)Math.Min(int.MaxValue, Math.Round(factor * scaling.Geometry.OriginalContext)),
        };
    }

    private static string TypeOf(Checkpoint checkpoint) => checkpoint.Config.GetProperty("model_type").GetString()!;

    private static string Sha256(Checkpoint checkpoint) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(checkpoint.Config.GetRawText())));
}
