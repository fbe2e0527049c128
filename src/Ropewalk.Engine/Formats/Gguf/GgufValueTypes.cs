using System.Diagnostics.CodeAnalysis;

namespace Ropewalk.Engine.Formats.Gguf;

/// <summary>Which type of .NET stands for which <see cref="GgufValueType"/>; a list is an array of its elements' type.</summary>
internal static class GgufValueTypes
{
    private static readonly Dictionary<GgufValueType, (Type Type, int Bytes)> Numbers = new()
    {
        [GgufValueType.UInt8] = (typeof(byte), 1),
        [GgufValueType.Int8] = (typeof(sbyte), 1),
        [GgufValueType.UInt16] = (typeof(ushort), 2),
        [GgufValueType.Int16] = (typeof(short), 2),
        [GgufValueType.UInt32] = (typeof(uint), 4),
        [GgufValueType.Int32] = (typeof(int), 4),
        [GgufValueType.Float32] = (typeof(float), 4),
        [GgufValueType.Bool] = (typeof(bool), 1),
        [GgufValueType.UInt64] = (typeof(ulong), 8),
        [GgufValueType.Int64] = (typeof(long), 8),
        [GgufValueType.Float64] = (typeof(double), 8),
    };

    private static readonly Dictionary<Type, GgufValueType> Kinds = Numbers
        .Select(pair => (pair.Value.Type, pair.Key)).Append((typeof(string), GgufValueType.Text))
        .ToDictionary(pair => pair.Item1, pair => pair.Item2);

    /// <summary>Type and size of a number or bool; false for texts, lists and kinds that do not exist.</summary>
    public static bool TryGetNumber(GgufValueType kind, [NotNullWhen(true)] out Type? type, out int bytes)
    {
        var found = Numbers.TryGetValue(kind, out var number);
        (type, bytes) = number;
        return found;
    }

    /// <summary>The kind of a value that is no list.</summary>
    public static bool TryGetKind(Type type, out GgufValueType kind) => Kinds.TryGetValue(type, out kind);
}
