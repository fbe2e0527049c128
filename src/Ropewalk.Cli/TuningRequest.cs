using Ropewalk.Engine.Training;

namespace Ropewalk.Cli;

/// <summary>What tune was asked, whatever the model.</summary>
/// <param name="Model">The model's folder.</param>
/// <param name="To">The window that it is tuned for; null for its own.</param>
/// <param name="Window">Tokens of the longest text; null for what the model says.</param>
/// <param name="Scaling">Scaling of rotary positions, or null.</param>
/// <param name="Skips">Whether short texts are spread over all positions.</param>
/// <param name="Only">What alone is trained, or null.</param>
/// <param name="Adapters">Adapters instead of the weights, or null.</param>
internal sealed record TuningRequest(string Model, int? To, int? Window, string? Scaling, bool Skips, string? Only, AdapterSettings? Adapters);
