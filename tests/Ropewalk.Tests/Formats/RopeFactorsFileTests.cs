using Ropewalk.Engine.Formats;
using Ropewalk.Positions;
using Ropewalk.Positions.Scaling;

namespace Ropewalk.Tests.Formats;

public sealed class RopeFactorsFileTests : IDisposable
{
    private const string Good =
        """
        {"version": 1, "rotary_dimension": 4, "base": 10000, "original_context": 16, "target_context": 64,
         "entries": [{"maximum_length": 16, "rescale_factors": [1, 1], "attention_factor": 1, "start_tokens": 0},
                     {"maximum_length": 64, "rescale_factors": [1, 4], "attention_factor": 1.1, "start_tokens": 2}]}
        """;

    private static readonly RopeGeometry Geometry = new(4, 10000, 16);
    private readonly string folder = Directory.CreateTempSubdirectory("ropewalk-factors-").FullName;

    private string Path => System.IO.Path.Combine(folder, "factors.json");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_written_file_is_read_back_to_the_last_bit_and_replaces_the_old_one()
    {
        var scaling = new LongRopeScaling(Geometry, [new(16, [0.998, 1.0 / 3], 1), new(48, [1, Math.PI], 1.1, 4), new(64, [1, 1e-7], Math.E, 256)]);
        File.WriteAllText(Path, "old");
        RopeFactorsFile.Write(Path, scaling, 64);
        Assert.Equal(scaling, RopeFactorsFile.Read(Path, Geometry));
        Assert.Equal([Path], Directory.GetFiles(folder));
        Assert.Equal(File.ReadAllText(Path), Rewritten(scaling));
    }

    [Fact]
    public void The_format_is_the_documented_one()
    {
        File.WriteAllText(Path, Good);
        Assert.Equal(new LongRopeScaling(Geometry, [new(16, [1, 1]), new(64, [1, 4], 1.1, 2)]), RopeFactorsFile.Read(Path, Geometry));
    }

    [Theory]
    [InlineData("\"version\": 1", "\"version\": 2", "version: found 2, expected 1")]
    [InlineData("\"version\": 1, ", "", "version: found nothing")]
    [InlineData("\"rotary_dimension\": 4", "\"rotary_dimension\": 8", "rotary_dimension: found 8, expected 4")]
    [InlineData("\"base\": 10000", "\"base\": 500000", "base: found 500000, expected 10000")]
    [InlineData("\"original_context\": 16", "\"original_context\": 32", "original_context: found 32, expected 16")]
    [InlineData("\"target_context\": 64", "\"target_context\": 0", "target_context: found 0")]
    [InlineData("\"version\": 1", "\"version\": 1, \"extra\": 1", "extra: found an unknown key")]
    [InlineData("\"start_tokens\": 2", "\"start_tokens\": 2, \"extra\": 1", "entries[1].extra: found an unknown key")]
    [InlineData("\"start_tokens\": 2", "\"start_tokens\": 2.5", "entries[1].start_tokens: found 2.5")]
    [InlineData("\"start_tokens\": 2", "\"start_tokens\": -1", "entries[1].start_tokens: found -1")]
    [InlineData(", \"start_tokens\": 2", "", "entries[1].start_tokens: found nothing")]
    [InlineData("[1, 4]", "[1, 4, 8]", "entries[1].rescale_factors: found 3 entries, expected 2")]
    [InlineData("[1, 4]", "[1, 0]", "entries[1].rescale_factors[1]: found 0")]
    [InlineData("[1, 4]", "[1, 1e999]", "entries[1].rescale_factors[1]: found 1e999")]
    [InlineData("\"attention_factor\": 1.1", "\"attention_factor\": -1", "entries[1].attention_factor: found -1")]
    [InlineData("\"maximum_length\": 64", "\"maximum_length\": 8", "entries[1].maximum_length: found 8, expected at least 16")]
    [InlineData("[1, 4]", "[1, NaN]", "line 3: found no valid JSON")]
    [InlineData("\"version\": 1", "\"version\": 1, \"version\": 1", "JSON: found no valid JSON without repeated keys")]
    public void Anything_else_names_file_and_field(string old, string replacement, string message)
    {
        var text = Good.Replace(old, replacement, StringComparison.Ordinal);
        Assert.NotEqual(Good, text);
        File.WriteAllText(Path, text);
        Refused(message);
    }

    [Theory]
    [InlineData("[]", "root: found []")]
    [InlineData("", "line 1: found no valid JSON")]
    [InlineData("{\"version\": 1, \"rotary_dimension\": 4, \"base\": 10000, \"original_context\": 16, \"target_context\": 64, \"entries\": []}", "entries: found []")]
    [InlineData("{\"version\": 1, \"rotary_dimension\": 4, \"base\": 10000, \"original_context\": 16, \"target_context\": 64, \"entries\": [7]}", "entries[0]: found 7")]
    public void Other_files_are_refused(string text, string message)
    {
        File.WriteAllText(Path, text);
        Refused(message);
    }

    [Fact]
    public void A_missing_file_is_named() => Refused("file: found nothing, expected a factors file");

    [Fact]
    public void A_failed_write_leaves_the_old_file_and_nothing_else()
    {
        Directory.CreateDirectory(Path);
        Assert.ThrowsAny<Exception>(() => RopeFactorsFile.Write(Path, new LongRopeScaling(Geometry, [new(64, [1, 1])]), 64));
        Assert.Empty(Directory.GetFiles(folder));
        Assert.Throws<UserInputException>(() => RopeFactorsFile.Write(Path, new LongRopeScaling(Geometry, [new(64, [1, 1])]), 0));
    }

    private void Refused(string message)
    {
        var error = Assert.Throws<CheckpointFormatException>(() => RopeFactorsFile.Read(Path, Geometry));
        Assert.StartsWith($"{Path}: {message}", error.Message, StringComparison.Ordinal);
    }

    private string Rewritten(LongRopeScaling scaling)
    {
        RopeFactorsFile.Write(Path, scaling, 64);
        return File.ReadAllText(Path);
    }
}
