using Ropewalk.Engine.Generation;
using Ropewalk.Engine.Models;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Benchmarks;

/// <summary>What turning cached keys loses against running their tokens again when a growing text crosses the original window: the first L
/// tokens of a window are run under the short factors, then the factors become the long ones, by either way, and the perplexity of the
/// next tokens is taken under them. Beside both: the long factors from the start, which is what running again comes to, and staying short.</summary>
internal static class SwitchBenchmark
{
    private const int MostWindows = 32;

    /// <summary>Runs it.</summary>
    /// <param name="folder">A model with plain rotary embedding.</param>
    /// <param name="text">A text file that nothing was tuned on.</param>
    /// <param name="factor">Target window over original window.</param>
    public static int Run(string folder, string text, int factor)
    {
        using var model = ModelLoader.Load(folder);
        var geometry = model.Rope.Geometry;
        var original = geometry.OriginalContext;
        var length = original * factor;
        var tokens = Tokenizer.Load(folder).Encode(File.ReadAllText(text));
        var windows = Math.Min(MostWindows, tokens.Length / length);
        if (windows == 0)
        {
            Console.Error.WriteLine($"{text}: found {tokens.Length} tokens, expected at least {length}");
            return 2;
        }

        var width = geometry.RotaryDimension;
        (string Name, double[] Factors, double AttentionFactor)[] lists =
        [
            ("YaRN's", [.. LongRopeSeeds.Yarn(geometry, factor)], AttentionFactors.Yarn(factor)),
            ("NTK's", [.. LongRopeSeeds.Ntk(factor, width)], 1),
        ];
        Console.WriteLine($"{windows} windows of {length} tokens; the first {original} under plain rotary embedding, then the long factors; perplexity of what follows, by distance from the switch");
        Console.WriteLine($"{"long factors",-12} {"way",-10} {"next 64",9} {"all " + (length - original),9} {"ms a switch",12}");
        foreach (var (name, factors, attention) in lists)
        {
            // As trained up to the original window, each side with its own attention factor.
            var plain = new LongRopeScaling(geometry, [new(original, [.. Enumerable.Repeat(1.0, factors.Length)], 1, 0), new(length, [.. factors], attention, 0)]);
            foreach (var (way, policy) in new[] { ("again", SwitchPolicy.AtBoundary), ("turned", SwitchPolicy.AtBoundaryTurn), ("long", SwitchPolicy.PinLong), ("short", SwitchPolicy.PinShort) })
            {
                var (near, all, switching) = (0.0, 0.0, 0.0);
                for (var w = 0; w < windows; w++)
                {
                    var window = tokens.AsSpan(w * length, length).ToArray();
                    using var session = new GenerationSession(model, new PositionMethod(plain), length, policy);
                    session.Append(window.AsSpan(0, original), original, (_, _) => { });

                    // One token alone, so that the clock sees the switch and little else.
                    var losses = new double[length - original];
                    switching += Clock.Seconds(() => session.Append(window.AsSpan(original, 1), 0, (_, logits) => losses[0] = TokenLoss.Of(logits, window[original + 1])));
                    session.Append(window.AsSpan(original + 1, length - original - 2), 0, (row, logits) => losses[row + 1] = TokenLoss.Of(logits, window[original + 2 + row]));
                    near += losses[..64].Average() / windows;
                    all += losses[..^1].Average() / windows;
                }

                Console.WriteLine($"{name,-12} {way,-10} {Math.Exp(near),9:F3} {Math.Exp(all),9:F3} {switching / windows * 1000,12:F2}");
            }
        }

        return 0;
    }
}
