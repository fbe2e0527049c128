using Ropewalk.Engine.Models;
using Ropewalk.Engine.Training;
using Ropewalk.Lab.Data;
using Ropewalk.Positions;
using Ropewalk.Positions.Plans;

namespace Ropewalk.Lab.Training;

/// <summary>Makes the sequences of a run, each a function of its number: plain stretches of the text, PoSE's two pieces with skipped positions
/// (2309.10400), and short ones under the original encoding (2502.20082).</summary>
/// <param name="settings">The run.</param>
/// <param name="stream">The texts; stretches of <see cref="StretchOf"/> tokens.</param>
/// <param name="original">The encoding of short sequences.</param>
/// <param name="originalContext">L.</param>
/// <param name="recall">Makes the recall texts; null where the run has none.</param>
public sealed class SequenceMaker(TrainingSettings settings, StretchSource stream, RopeFrequencies original, int originalContext, RecallSource? recall = null) : IDisposable
{
    // PoSE cuts documents after five windows (its own code).
    private const int WindowsOfDocument = 5;
    private readonly CounterRandom _random = new CounterRandom(settings.Seed).Fork(0x736571);
    private readonly List<RotaryTable> _lent = [];
    private RotaryTable? _original;
    private RotaryTable? _plain;
    private RopeFrequencies? _frequencies;

    /// <summary>Tokens that a sequence is made of.</summary>
    public static int StretchOf(TrainingSettings settings) => settings.SkipsTo > 0 ? WindowsOfDocument * settings.Window : settings.Window;

    /// <summary>A sequence under the frequencies of this step. Its tables live until <see cref="EndStep"/>.</summary>
    public TrainingSequence Make(long number, RopeFrequencies frequencies)
    {
        var random = _random.Fork((ulong)number);
        var stretch = stream.Stretch(number, out var start);
        if (random.NextDouble() < settings.OriginalShare)
        {
            var length = Math.Min(settings.Window, originalContext);
            _original ??= new RotaryTable(original, length);
            return Sequence(stretch, length, _original) with { TrainsRotary = false, DocumentStarts = Starts(start, length) };
        }

        if (settings.RecallShare > 0 && random.NextDouble() < settings.RecallShare)
        {
            // Whole at neighbouring positions even where others skip: a text that was cut in two has its answer in the part that is left out.
            return Sequence(recall!.Make(random, settings.Window + 1), settings.Window, Plain(frequencies));
        }

        if (settings.SkipsTo == 0)
        {
            return Sequence(stretch, settings.Window, Plain(frequencies)) with { DocumentStarts = settings.DocumentsApart ? Starts(start, settings.Window) : null };
        }

        var sample = PoseSample.Draw(stretch.Length - 1, settings.Window, settings.SkipsTo, (low, high) => low + random.NextInt(high - low + 1));
        var rotary = new RotaryTable(frequencies, sample.Causal(), sample.Length);
        _lent.Add(rotary);
        var (tokens, targets) = (new int[sample.Length], new int[sample.Length]);
        for (var i = 0; i < tokens.Length; i++)
        {
            tokens[i] = stretch[sample.TokenAt(i)];

            // What follows the first piece in the sample is no continuation: nobody is asked for it.
            targets[i] = i == sample.FirstTokens - 1 && sample.SecondPiece.First != sample.FirstTokens ? -1 : stretch[sample.TokenAt(i) + 1];
        }

        return new TrainingSequence(tokens, targets, rotary);
    }

    /// <summary>Frees the tables of the step's own sequences.</summary>
    public void EndStep()
    {
        _lent.ForEach(r => r.Dispose());
        _lent.Clear();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        EndStep();
        _original?.Dispose();
        _plain?.Dispose();
    }

    private RotaryTable Plain(RopeFrequencies frequencies)
    {
        if (_plain is null || _frequencies != frequencies)
        {
            _plain?.Dispose();
            (_plain, _frequencies) = (new RotaryTable(frequencies, settings.Window), frequencies);
        }

        return _plain;
    }

    private static TrainingSequence Sequence(ReadOnlySpan<int> stretch, int length, RotaryTable rotary) =>
        new([.. stretch[..length]], [.. stretch.Slice(1, length)], rotary);

    private int[] Starts(int start, int length) => [.. Enumerable.Range(start, length).Select(i => Math.Max(0, stream.DocumentStart(i) - start))];
}
