using Ropewalk.Positions;
using Ropewalk.Positions.Laws;
using Ropewalk.Positions.Plans;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Lab.Evaluation;

/// <summary>The method families that need nothing but the model's encoding: scalings with s = n/L as their authors set them (dynamic NTK with the factor
/// L'/L), and plans with <see cref="PlanDefaults"/>.</summary>
internal static class MethodTable
{
    /// <summary>Name, method for n and L', and the number that is tuned, if one is.</summary>
    public static IReadOnlyList<(string Name, Func<RopeGeometry, int, int, PositionMethod?> At, MethodTuning Tuning)> Families { get; } =
    [
        ("linear", Scaled((g, s, _) => new LinearScaling(g, s)), MethodTuning.None),
        ("ntk", Scaled((g, s, _) => new NtkScaling(g, s)), MethodTuning.None),
        ("dynamic", Scaled((g, _, most) => new DynamicNtkScaling(g, most)), MethodTuning.None),
        ("by-parts", Scaled((g, s, _) => new NtkByPartsScaling(g, s)), MethodTuning.None),
        ("yarn", Scaled((g, s, _) => new YarnScaling(g, s)), MethodTuning.None),
        ("ntk-tuned", (_, _, _) => null, MethodTuning.NtkAlpha),
        ("yarn-tuned", (_, _, _) => null, MethodTuning.YarnAttention),
        ("llama3", Scaled((g, s, _) => new Llama3Scaling(g, s)), MethodTuning.None),
        ("resonance+yarn", Scaled((g, s, _) => new ResonanceScaling(new YarnScaling(g, s))), MethodTuning.None),
        ("base", Scaled((g, s, _) => new BaseScaling(g, RopeLaws.CriticalBase(g, s * g.OriginalContext))), MethodTuning.None),
        ("self-extend", Planned(PlanDefaults.SelfExtend), MethodTuning.None),
        ("dual-chunk", Planned((l, _) => PlanDefaults.DualChunk(l)), MethodTuning.None),
        ("rerope", Planned((l, _) => PlanDefaults.ReRope(l)), MethodTuning.None),
        ("leaky-rerope", Planned(PlanDefaults.LeakyReRope), MethodTuning.None),
        ("grouped", Planned(PlanDefaults.Grouped), MethodTuning.None),
        ("recurrent", Planned(PlanDefaults.Recurrent), MethodTuning.None),
        ("parallel-windows", Planned(PlanDefaults.ParallelWindows), MethodTuning.None),
        ("sinks", Planned(PlanDefaults.Sinks), MethodTuning.None),
        ("log-n", Planned(PlanDefaults.LogN), MethodTuning.None),
        ("ntk+log-n", Scaled((g, s, _) => new NtkScaling(g, s), PlanDefaults.LogN), MethodTuning.None),
        ("yarn+log-n", Scaled((g, s, _) => new YarnScaling(g, s), PlanDefaults.LogN), MethodTuning.None),
    ];

    private static Func<RopeGeometry, int, int, PositionMethod?> Scaled(
        Func<RopeGeometry, double, double, RopeScaling> scaling, Func<int, int, PositionPlan?>? plan = null) => (geometry, length, target) =>
    {
        double original = geometry.OriginalContext;
        return length <= original ? null : new PositionMethod(scaling(geometry, length / original, target / original), plan?.Invoke(geometry.OriginalContext, length));
    };

    private static Func<RopeGeometry, int, int, PositionMethod?> Planned(Func<int, int, PositionPlan?> plan) => (geometry, length, _) =>
        plan(geometry.OriginalContext, length) is { } made ? new PositionMethod(new NoScaling(geometry), made) : null;
}
