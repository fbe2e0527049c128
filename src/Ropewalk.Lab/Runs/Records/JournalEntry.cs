using Ropewalk.Lab.Search;

namespace Ropewalk.Lab.Runs.Records;

/// <summary>What a run's journal holds: no times, so that equal runs have equal journals.</summary>
internal abstract record JournalEntry;

/// <summary>The first entry: which run this journal belongs to.</summary>
/// <param name="Fingerprint">SHA-256 of what decides the run's results: plan, versions, inputs.</param>
/// <param name="Seed">From which every random number follows: the generator is a function of seed, stream and count.</param>
internal sealed record StartEntry(string Fingerprint, ulong Seed) : JournalEntry;

/// <summary>A search begins.</summary>
/// <param name="Search">"long" or "short".</param>
/// <param name="Algorithm">Who decides.</param>
/// <param name="Seed">Of the search's own random numbers.</param>
/// <param name="NumWindows">Windows that a candidate can run on.</param>
internal sealed record SearchEntry(string Search, string Algorithm, ulong Seed, int NumWindows) : JournalEntry;

/// <summary>A candidate was evaluated.</summary>
/// <param name="Search">Whose it is.</param>
/// <param name="Request">What was asked.</param>
/// <param name="Losses">The answer: per window, the mean loss in nats, then the gradient where it was wanted.</param>
internal sealed record EvaluationEntry(string Search, EvaluationRequest Request, double[] Losses) : JournalEntry;

/// <summary>A window was scored token by token.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Window">Which window.</param>
/// <param name="Losses">Per scored token, nats.</param>
internal sealed record LossesEntry(string Name, int Window, float[] Losses) : JournalEntry;

/// <summary>Numbers were measured at arguments.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Arguments">At what.</param>
/// <param name="Values">A number for each.</param>
internal sealed record ValuesEntry(string Name, double[] Arguments, double[] Values) : JournalEntry;

/// <summary>A text was embedded.</summary>
/// <param name="Name">Which texts, under which method.</param>
/// <param name="Text">Which of them.</param>
/// <param name="Tokens">Tokens that it has whole.</param>
/// <param name="LeftOut">Tokens of it that were not read.</param>
/// <param name="Chunks">Pieces that it was read in.</param>
/// <param name="Vector">Its vector.</param>
internal sealed record VectorEntry(string Name, int Text, int Tokens, int LeftOut, int Chunks, float[] Vector) : JournalEntry;

/// <summary>The last entry: the run is finished.</summary>
/// <param name="ResultSha256">Of result.json.</param>
internal sealed record DoneEntry(string ResultSha256) : JournalEntry;
