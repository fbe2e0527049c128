using System.Text.Json;
using Ropewalk.Engine.Formats;
using Ropewalk.Positions;

namespace Ropewalk.Engine.Tokenization.Chat;

/// <summary>JSON as values of a template.</summary>
internal static class ChatValues
{
    /// <summary>A copy of the JSON, which the template may change.</summary>
    /// <param name="json">The JSON.</param>
    /// <param name="isForeign">Whether its texts came with the messages.</param>
    public static JinjaValue FromJson(JsonElement json, bool isForeign)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                var map = new MapValue();
                foreach (var member in json.EnumerateObject())
                {
                    map.Set(new TextValue(member.Name, isForeign), FromJson(member.Value, isForeign));
                }

                return map;
            case JsonValueKind.Array:
                return new ListValue([.. json.EnumerateArray().Select(i => FromJson(i, isForeign))]);
            case JsonValueKind.String:
                return new TextValue(json.GetString()!, isForeign);
            case JsonValueKind.Number:
                return Number(json);
            case JsonValueKind.True or JsonValueKind.False:
                return BoolValue.Of(json.ValueKind == JsonValueKind.True);
            default:
                return NoneValue.Instance;
        }
    }

    private static JinjaValue Number(JsonElement json)
    {
        if (json.GetRawText().AsSpan().ContainsAny('.', 'e', 'E'))
        {
            return new FloatValue(json.GetDouble());
        }

        return json.TryGetInt64(out var whole) ? IntValue.Of(whole)
            : throw new UserInputException($"messages: found the number {Printable.OneLine(json.GetRawText(), 40)}, expected one of at most 64 bits");
    }
}
