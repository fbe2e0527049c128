namespace Ropewalk.Lab.Comparison;

/// <summary>One method at one length, as the journal holds it: the losses summed by the bootstrap's units, which is all that any interval needs.</summary>
/// <param name="Method">Name in the list.</param>
/// <param name="Spec">The method in force, with its numbers for this length.</param>
/// <param name="Length">Tokens of a window.</param>
/// <param name="Seconds">What it took; 0 where it is a part of a longer run.</param>
/// <param name="BitsPerByte">Mean loss per byte of text.</param>
/// <param name="UnitNll">Summed losses of each unit of the bootstrap, nats.</param>
/// <param name="ByPosition">Perplexity of each stretch of positions.</param>
public sealed record ComparedCell(
    string Method, string Spec, int Length, double Seconds, double BitsPerByte, double[] UnitNll, IReadOnlyList<PositionPerplexity> ByPosition);

/// <summary>Perplexity of a stretch of absolute positions over all windows.</summary>
/// <param name="End">The stretch's last position, counted from 1.</param>
/// <param name="Perplexity">e to the mean loss there.</param>
public sealed record PositionPerplexity(int End, double Perplexity);

/// <summary>A method after its tuning.</summary>
/// <param name="Method">Name in the list.</param>
/// <param name="Spec">The scaling that was found, as --scaling takes it.</param>
/// <param name="Seconds">What the tuning took.</param>
public sealed record TunedMethod(string Method, string Spec, double Seconds);
