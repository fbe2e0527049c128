namespace Ropewalk.Lab.Doctor;

/// <summary>Names of the engines that findings speak of. Releases of Transformers disagree so much that they count as three.</summary>
public static class Engines
{
    /// <summary>modeling_rope_utils as of commit ef46806.</summary>
    public const string Transformers44 = "transformers 4.4x";

    /// <summary>Releases in which YaRN's factor is computed from the two lengths.</summary>
    public const string Transformers457 = "transformers 4.48-4.57";

    /// <summary>Releases with rope_parameters.</summary>
    public const string Transformers5 = "transformers 5";

    /// <summary>vLLM from 0.11.1 on, unless said otherwise.</summary>
    public const string Vllm = "vLLM";

    /// <summary>llama.cpp v0.5.0 of 2026: its converter's file in its own program.</summary>
    public const string LlamaCpp = "llama.cpp";

    /// <summary>This program.</summary>
    public const string Ropewalk = "ropewalk";

    /// <summary>All of them, in the order of tables.</summary>
    public static IReadOnlyList<string> All { get; } = [Transformers44, Transformers457, Transformers5, Vllm, LlamaCpp, Ropewalk];
}
