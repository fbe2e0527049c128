using System.Runtime.InteropServices;

namespace Ropewalk.Engine.Tokenization;

/// <summary>Characters (UTF-16 units) of a text: from <see cref="Start"/> up to, not including, <see cref="End"/>.</summary>
/// <param name="Start">The first.</param>
/// <param name="End">One after the last.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TextRange(int Start, int End);
