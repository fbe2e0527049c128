using System.Globalization;
using System.Text.Json;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Formats.HuggingFace;
using Ropewalk.Positions;

namespace Ropewalk.Lab.Doctor;

/// <summary>The position settings of a config as they stand there, right or wrong: where the reader of checkpoints throws, this says null.</summary>
internal sealed class RopeSettings
{
    private const string Old = "rope_scaling";
    private const string New = "rope_parameters";

    /// <summary>Looks at a config.</summary>
    /// <param name="file">For findings.</param>
    /// <param name="config">Its root object.</param>
    public RopeSettings(string file, JsonElement config)
    {
        File = file;

        // A model of several parts keeps its decoder's settings one level down.
        Config = Object(config, "hidden_size") is null && Object(config, "text_config") is { ValueKind: JsonValueKind.Object } text ? text : config;
        ModelType = Object(Config, "model_type") is { ValueKind: JsonValueKind.String } type ? type.GetString()! : "";
        OldObject = Encoding(Old);
        NewObject = Encoding(New);
        Pairs = Width() / 2;
    }

    /// <summary>For findings.</summary>
    public string File { get; }

    /// <summary>The object with the decoder's keys.</summary>
    public JsonElement Config { get; }

    /// <summary>model_type, empty if absent.</summary>
    public string ModelType { get; }

    /// <summary>rope_scaling, of layers with full attention where it is given by layer type.</summary>
    public JsonElement? OldObject { get; }

    /// <summary>rope_parameters, likewise.</summary>
    public JsonElement? NewObject { get; }

    /// <summary>The object in force, if there is one.</summary>
    public JsonElement? Scaling => NewObject ?? OldObject;

    /// <summary>Name of the object in force.</summary>
    public string ScalingKey => NewObject is not null ? New : Old;

    /// <summary>Whether rope_parameters has an object for each layer type.</summary>
    public bool IsByLayerType => Object(Config, New) is { ValueKind: JsonValueKind.Object } modern && ByLayerType(modern);

    /// <summary>The method as it is written: rope_type, else type.</summary>
    public string? WrittenType => Inner("rope_type") is { ValueKind: JsonValueKind.String } type ? type.GetString()
        : Inner("type") is { ValueKind: JsonValueKind.String } old ? old.GetString() : null;

    /// <summary>The method by today's name; "default" where nothing is scaled.</summary>
    public string Type => WrittenType switch { null => "default", "su" => "longrope", var type => type };

    /// <summary>rope_theta at the top level, or an older model's rotary_emb_base.</summary>
    public double? OuterBase => Number(Config, "rope_theta") ?? Number(Config, "rotary_emb_base");

    /// <summary>rope_theta inside the scaling object.</summary>
    public double? InnerBase => InnerNumber("rope_theta");

    /// <summary>The base, wherever it is.</summary>
    public double? Base => OuterBase ?? InnerBase;

    /// <summary>max_position_embeddings.</summary>
    public int? Maximum => Count(Config, "max_position_embeddings");

    /// <summary>original_max_position_embeddings at the top level.</summary>
    public int? OuterOriginal => Count(Config, "original_max_position_embeddings");

    /// <summary>original_max_position_embeddings inside the scaling object.</summary>
    public int? InnerOriginal => Scaling is { } scaling ? Count(scaling, "original_max_position_embeddings") : null;

    /// <summary>The original length, wherever it is.</summary>
    public int? Original => InnerOriginal ?? OuterOriginal;

    /// <summary>factor.</summary>
    public double? Factor => InnerNumber("factor");

    /// <summary>max / original, where both are there.</summary>
    public double? Ratio => Maximum is { } maximum && Original is { } original ? (double)maximum / original : null;

    /// <summary>Rotated pairs of a head; null where the config does not tell.</summary>
    public int? Pairs { get; }

    /// <summary>Name of a key inside the scaling object, for findings.</summary>
    public string Name(string key) => $"{ScalingKey}.{key}";

    /// <summary>A value inside the scaling object; null counts as absent.</summary>
    public JsonElement? Inner(string key) => Scaling is { } scaling ? Object(scaling, key) : null;

    /// <summary>A number inside the scaling object.</summary>
    public double? InnerNumber(string key) => Scaling is { } scaling ? Number(scaling, key) : null;

    /// <summary>A value of an object; null counts as absent.</summary>
    public static JsonElement? Object(JsonElement element, string key) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>A finite number of an object.</summary>
    public static double? Number(JsonElement element, string key) =>
        Object(element, key) is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out var number) && double.IsFinite(number) ? number : null;

    /// <summary>A whole number of at least 1 of an object.</summary>
    public static int? Count(JsonElement element, string key) =>
        Number(element, key) is >= 1 and <= int.MaxValue and var number && number == Math.Floor(number) ? (int)number : null;

    /// <summary>A value for a finding.</summary>
    public static string Shown(JsonElement value) => Printable.OneLine(value.GetRawText(), 60);

    /// <summary>A number for a finding.</summary>
    public static string Shown(double value) => value.ToString("G7", CultureInfo.InvariantCulture);

    private static bool ByLayerType(JsonElement encoding) => encoding.EnumerateObject().Any() && encoding.EnumerateObject().All(p => p.Value.ValueKind == JsonValueKind.Object);

    private JsonElement? Encoding(string key)
    {
        if (Object(Config, key) is not { ValueKind: JsonValueKind.Object } encoding)
        {
            return null;
        }

        return ByLayerType(encoding) ? Object(encoding, RopeLayerTypes.Full) ?? encoding.EnumerateObject().First().Value : encoding;
    }

    private int? Width()
    {
        try
        {
            return RopeConfigReader.RotaryDimension(RopeLayerTypes.Select(Config, RopeLayerTypes.Full), File);
        }
        catch (RopewalkException)
        {
            return null;
        }
    }
}
