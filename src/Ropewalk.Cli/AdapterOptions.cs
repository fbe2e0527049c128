using System.CommandLine;
using Ropewalk.Engine.Training;
using Ropewalk.Positions;

namespace Ropewalk.Cli;

/// <summary>Options of adapters of low rank.</summary>
internal sealed class AdapterOptions
{
    private readonly Option<int?> _rank = new("--lora") { HelpName = "RANK", Description = "Train adapters of this rank instead of the weights; they are merged, and kept beside the model." };
    private readonly Option<double?> _alpha = new("--lora-alpha") { HelpName = "X", Description = "The adapters count alpha / rank. Default: twice the rank." };
    private readonly Option<string> _targets = new("--lora-targets")
    {
        HelpName = "NAMES",
        Description = "Which products have adapters: last parts of their tensors' names with commas between them (q_proj,v_proj; qkv_proj), attention or all.",
        DefaultValueFactory = _ => "attention",
    };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_rank, _alpha, _targets])
        {
            command.Add(option);
        }
    }

    /// <summary>What was asked, or null where no adapters were.</summary>
    /// <exception cref="UserInputException">A value is out of range.</exception>
    public AdapterSettings? Settings(ParseResult parsed)
    {
        if (parsed.GetValue(_rank) is not { } rank)
        {
            return null;
        }

        var alpha = parsed.GetValue(_alpha) ?? (2.0 * rank);
        var targets = parsed.GetValue(_targets)!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return new AdapterSettings(
            Options.AtLeast("--lora", rank, 1), alpha > 0 && double.IsFinite(alpha) ? alpha : throw new UserInputException($"--lora-alpha: found {alpha}, expected a number above 0"), targets);
    }
}
