using System.Text;
using Ropewalk.Tests.Formats;

namespace Ropewalk.Tests.EndToEnd;

/// <summary>One table of inputs that cannot be used: exit code 2, one line that names the file or the flag, what was found and what was
/// expected; nothing on standard output, nothing left on the disk.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class BadInputTests
{
    private const string Text = "text.txt";

    // Arguments after preparing the folder; every fragment must be in the line.
    private static readonly Dictionary<string, (Func<TemporaryFolder, string[]> Arguments, string[] Fragments)> s_cases = new()
    {
        // The command line.
        ["no command"] = (_ => [], ["command"]),
        ["unknown command"] = (_ => ["extent", "model"], ["\"extent\"", "expected one of extend, search"]),
        ["unknown option"] = (f => Extend(f, "--frobnicate"), ["'--frobnicate'", "--help"]),
        ["option without its value"] = (f => ["perplexity", Command.Embedded, "--text", TextOf(f), "--context"], ["--context"]),
        ["required option missing"] = (f => ["perplexity", Command.Embedded, "--context", "256"], ["--text"]),
        ["unknown option of a nested command"] = (_ => ["study", "start-tokens", Command.Embedded, "--to", "512", "--bad"], ["'--bad'", "(ropewalk study start-tokens --help tells the options)"]),
        ["--seed below 0"] = (f => Extend(f, "--seed", "-1"), ["'-1'", "--seed", "expected a whole number of at least 0"]),
        ["a model whose name begins with @"] = (_ => ["inspect", "@nowhere"], ["@nowhere", "found nothing there", "expected a folder with config.json"]),
        ["--to no number"] = (f => Extend(f, "--to", "abc"), ["'abc'", "--to", "expected a whole number"]),
        ["--to no whole number"] = (f => Extend(f, "--to", "512.5"), ["'512.5'", "--to", "expected a whole number"]),
        ["--to too large for a number"] = (f => Extend(f, "--to", "99999999999"), ["'99999999999'", "--to"]),
        ["--to below the window"] = (f => Extend(f, "--to", "128"), ["--to", "found 128", "more than the model's window of 256"]),
        ["--to the window"] = (f => Extend(f, "--to", "256"), ["--to", "found 256", "more than the model's window of 256"]),
        ["--to 0"] = (f => Extend(f, "--to", "0"), ["--to", "found 0", "expected"]),
        ["--to negative"] = (f => Extend(f, "--to", "-5"), ["--to", "found -5", "expected"]),
        ["search --to the window"] = (f => ["search", Command.Embedded, "--to", "256", "--text", TextOf(f), "--out", f.PathOf("x.json")], ["--to", "found 256", "more than the model's window"]),
        ["--attention-factor"] = (f => Extend(f, "--attention-factor", "foo"), ["--attention-factor", "\"foo\"", "expected su, yarn, fit or a number"]),
        ["--attention-factor 0"] = (f => Extend(f, "--attention-factor", "0"), ["--attention-factor", "\"0\"", "above 0"]),
        ["search --attention-factor"] = (f => Search(f, "--attention-factor", "fit"), ["--attention-factor", "\"fit\"", "expected su, yarn or a number"]),
        ["--target"] = (f => Extend(f, "--target", "foo"), ["--target", "\"foo\"", "expected huggingface or ropewalk"]),
        ["--config-style"] = (f => Extend(f, "--config-style", "v6"), ["--config-style", "\"v6\"", "expected v4 or v5"]),
        ["--max-short-loss"] = (f => Extend(f, "--max-short-loss", "foo"), ["--max-short-loss", "\"foo\"", "expected a share"]),
        ["--budget"] = (f => Extend(f, "--budget", "foo"), ["--budget", "\"foo\"", "expected a time"]),
        ["--max-short-loss with a comma"] = (f => Extend(f, "--max-short-loss", "0,02"), ["--max-short-loss", "\"0,02\"", "expected a share"]),
        ["--max-short-loss without end"] = (f => Extend(f, "--max-short-loss", "1e999"), ["--max-short-loss", "\"1e999\"", "expected a share"]),
        ["--budget with a comma"] = (f => Extend(f, "--budget", "1,5h"), ["--budget", "\"1,5h\"", "expected a time"]),
        ["--attention-factor with a comma"] = (f => Search(f, "--attention-factor", "1,2"), ["--attention-factor", "\"1,2\"", "expected su, yarn or a number"]),
        ["--learning-rate with a comma"] = (f => ["tune", Command.Embedded, TextOf(f), "--out", f.PathOf("o"), "--learning-rate", "0,0005"], ["--learning-rate", "\"0,0005\"", "a number with a point"]),
        ["--to without end"] = (f => Extend(f, "--to", "1500000000"), ["--to", "found 1500000000", "expected at most 268435456"]),
        ["search with a text twice"] = (f => ["search", Command.Embedded, "--to", "512", "--text", TextOf(f), TextOf(f), "--out", f.PathOf("x.json")], [Text, "twice"]),
        ["search with a text held out too"] = (f => ["search", Command.Embedded, "--to", "512", "--text", TextOf(f), "--heldout", TextOf(f), "--out", f.PathOf("x.json")], ["--heldout", Text]),
        ["--attention-factor of a progressive run"] = (f => ["extend", Command.Embedded, "--progressive", "2x", "--text", TextOf(f), "--out", f.PathOf("o"), "--attention-factor", "sux"], ["--attention-factor", "\"sux\"", "expected su, yarn or a number"]),
        ["--attention-factor fit of a progressive run"] = (f => ["extend", Command.Embedded, "--progressive", "2x", "--text", TextOf(f), "--out", f.PathOf("o"), "--attention-factor", "fit"], ["--attention-factor", "found fit", "no such choice"]),
        ["--threads 0"] = (f => Extend(f, "--threads", "0"), ["--threads", "found 0", "expected 1 to 1024"]),
        ["--algorithm"] = (f => Extend(f, "--algorithm", "genius"), ["--algorithm", "found \"genius\"", "evolution, critical, base, cma-es, gradient, gradient+cma-es, auto"]),
        ["--objective"] = (f => Extend(f, "--objective", "fame"), ["--objective", "found \"fame\"", "perplexity, tail, needle, mix"]),
        ["--race-level"] = (f => Extend(f, "--race-level", "0.5"), ["--race-level", "found 0.5", "below 0.5"]),
        ["--population"] = (f => Extend(f, "--population", "3"), ["--population", "found 3", "at least 4"]),
        ["--windows 0"] = (f => Extend(f, "--windows", "0"), ["--windows", "found 0", "at least 1"]),
        ["--window-stride 0"] = (f => Extend(f, "--window-stride", "0"), ["--window-stride", "found 0", "at least 1"]),
        ["--window-stride past the window"] = (f => Extend(f, "--window-stride", "257"), ["--window-stride", "found 257", "at most 256"]),
        ["--temperature"] = (f => ["generate", Command.Embedded, "--prompt", "a", "--temperature", "-1"], ["--temperature", "found -1", "expected 0 or more"]),
        ["--max-tokens"] = (f => ["generate", Command.Embedded, "--prompt", "a", "--max-tokens", "0"], ["--max-tokens", "found 0", "at least 1"]),
        ["--prompt empty"] = (f => ["generate", Command.Embedded, "--prompt", ""], ["--prompt", "found an empty text", "expected at least one token"]),
        ["--context 1"] = (f => Perplexity(f, "1"), ["--context", "found 1", "at least 2"]),
        ["--context longer than the text"] = (f => Perplexity(f, "100000"), ["--text", "found 4000 tokens", "--context 100000"]),
        ["--length 0"] = (f => ["inspect", Command.Embedded, "--length", "0"], ["--length", "found 0", "at least 1"]),

        // Scalings.
        ["--scaling unknown"] = (f => Perplexity(f, "256", "foo:4"), ["--scaling foo:4", "unknown method", "allowed: none"]),
        ["--scaling without its number"] = (f => Perplexity(f, "256", "yarn"), ["--scaling yarn", "missing", "allowed: yarn:FACTOR"]),
        ["--scaling no number"] = (f => Perplexity(f, "256", "linear:four"), ["--scaling linear:four", "'four'", "allowed: linear:FACTOR"]),
        ["--scaling 0"] = (f => Perplexity(f, "256", "ntk:0"), ["--scaling ntk:0", "allowed"]),
        ["--scaling empty"] = (f => Perplexity(f, "256", ""), ["--scaling", "unknown method"]),
        ["--scaling unknown part"] = (f => Perplexity(f, "256", "yarn:4,foo=1"), ["--scaling yarn:4,foo=1", "foo"]),
        ["longrope without a file"] = (f => Perplexity(f, "256", "longrope:"), ["--scaling longrope:", "missing"]),
        ["longrope file missing"] = (f => Perplexity(f, "256", "longrope:" + f.PathOf("none.json")), ["none.json", "found nothing", "expected a factors file"]),
        ["longrope a folder"] = (f => Perplexity(f, "256", "longrope:" + f.Root), ["found a folder", "expected a factors file"]),
        ["longrope no JSON"] = (f => Perplexity(f, "256", "longrope:" + f.Write("factors.json", "hello")), ["factors.json", "no valid JSON", "expected a factors file"]),
        ["longrope of another model"] = (
            f => Perplexity(f, "256", "longrope:" + f.Write("factors.json", """{"version":1,"rotary_dimension":8,"base":10000,"original_context":256,"target_context":512,"entries":[{"maximum_length":512,"attention_factor":1,"start_tokens":0,"rescale_factors":[1,1,1,2]}]}""")),
            ["factors.json", "rotary_dimension", "found 8", "expected 64"]),

        // Empty paths.
        ["extend no model"] = (f => ["extend", "", "--out", f.PathOf("out")], ["MODEL", "found an empty path"]),
        ["search no model"] = (f => ["search", "", "--to", "512", "--out", f.PathOf("x.json")], ["MODEL", "found an empty path"]),
        ["search of an embedder no model"] = (f => ["search", "", "--objective", "retrieval", "--text", TextOf(f), "--to", "512", "--out", f.PathOf("x.json")], ["MODEL", "found an empty path"]),
        ["longembed no model"] = (f => ["bench", "longembed", "", "--out", f.PathOf("o")], ["MODEL", "found an empty path"]),
        ["longembed no data"] = (f => ["bench", "longembed", Command.Embedder, "--data", "", "--out", f.PathOf("o")], ["--data", "found an empty path"]),
        ["longembed no factors"] = (f => ["bench", "longembed", Command.Embedder, "--factors", "", "--out", f.PathOf("o")], ["--factors", "found an empty path"]),
        ["longembed no pairs"] = (f => ["bench", "longembed", Command.Embedder, "--tasks", "pairs", "--pairs", "", "--out", f.PathOf("o")], ["a name that no file can have", "--pairs"]),
        ["study base no model"] = (f => ["study", "base", "", "--out", f.PathOf("o")], ["MODEL", "found an empty path"]),
        ["study embedders no model"] = (f => ["study", "embedders", "", "--out", f.PathOf("o")], ["MODEL", "found an empty path"]),
        ["compare no factors"] = (f => ["compare", Command.Embedded, "--heldout", TextOf(f), "--factors", "", "--out", f.PathOf("o")], ["--factors", "found an empty path"]),

        // The checkpoint.
        ["model missing"] = (f => Extend(f, f.PathOf("nowhere")), ["nowhere", "found nothing there", "expected a folder with config.json"]),
        ["model a file"] = (f => Extend(f, TextOf(f)), [Text, "found bytes", "expected a GGUF file"]),
        ["model empty"] = (f => Extend(f, Directory.CreateDirectory(f.PathOf("empty")).FullName), ["empty", "no config.json", "expected a folder"]),
        ["only a pickle"] = (
            f => Extend(f, Change(f, folder =>
            {
                File.Delete(Path.Combine(folder, "model.safetensors"));
                File.WriteAllBytes(Path.Combine(folder, "pytorch_model.bin"), [0x80, 2]);
            })),
            ["pytorch_model.bin", "pickle", "safetensors"]),
        ["LFS pointer"] = (
            f => Extend(f, Change(f, folder => File.WriteAllText(Path.Combine(folder, "model.safetensors"), "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 4531624\n"))),
            ["model.safetensors", "LFS pointer"]),
        ["weights truncated"] = (
            f => Extend(f, ChangeWeights(f, bytes => bytes[..^100])),
            ["model.safetensors", "found", "expected"]),
        ["header that lies"] = (
            f => Extend(f, ChangeWeights(f, bytes => [.. BitConverter.GetBytes(1L << 40), .. bytes[8..]])),
            ["model.safetensors", "found", "expected"]),
        ["NaN weight"] = (f => Extend(f, ChangeWeights(f, bytes => [.. bytes[..^2], 0xC0, 0x7F])), ["model.safetensors", "found NaN", "expected finite numbers"]),
        ["config no JSON"] = (f => Extend(f, Change(f, folder => File.WriteAllText(Path.Combine(folder, "config.json"), "{\"model_type\":"))), ["config.json", "expected"]),
        ["no base"] = (f => Extend(f, ChangeText(f, "config.json", "\"rope_theta\": 10000.0,", "")), ["config.json", "rope_theta", "found nothing", "never guessed"]),
        ["contradictory base"] = (
            f => Extend(f, ChangeText(f, "config.json", "\"rope_scaling\": null", "\"rope_parameters\": {\"rope_type\": \"default\", \"rope_theta\": 500000.0}")),
            ["config.json", "rope_theta", "10000", "500000"]),
        ["contradictory types"] = (
            f => Extend(f, ChangeText(f, "config.json", "\"rope_scaling\": null", "\"rope_scaling\": {\"rope_type\": \"yarn\", \"type\": \"linear\", \"factor\": 2.0}")),
            ["config.json", "yarn", "linear"]),
        ["unknown architecture"] = (f => Extend(f, ChangeText(f, "config.json", "\"model_type\": \"llama\"", "\"model_type\": \"mamba\"")), ["config.json", "model_type", "\"mamba\"", "llama"]),
        ["another width"] = (f => Extend(f, ChangeText(f, "config.json", "\"intermediate_size\": 512", "\"intermediate_size\": 513")), ["model.safetensors", "another shape", "513"]),
        ["scaled already"] = (
            f => Extend(f, ChangeText(f, "config.json", "\"rope_scaling\": null", "\"rope_scaling\": {\"rope_type\": \"yarn\", \"factor\": 2.0, \"original_max_position_embeddings\": 128}")),
            ["config.json", "rope_scaling", "scaled already", "yarn"]),
        ["tokenizer missing"] = (f => Extend(f, Change(f, folder => File.Delete(Path.Combine(folder, "tokenizer.json")))), ["tokenizer.json", "found", "expected"]),
        ["unknown tokenizer"] = (f => Extend(f, ChangeText(f, "tokenizer.json", "\"type\": \"BPE\"", "\"type\": \"WordGuess\"")), ["tokenizer.json", "WordGuess", "BPE"]),
        ["more ids than rows"] = (f => Extend(f, MoreIds(f)), ["tokenizer.json", "ids up to 257", "257 rows"]),
        ["more ids than rows, perplexity"] = (f => ["perplexity", MoreIds(f), "--text", TextOf(f), "--context", "256"], ["tokenizer.json", "ids up to 257", "257 rows"]),
        ["more ids than rows, generate"] = (f => ["generate", MoreIds(f), "--prompt", "a"], ["tokenizer.json", "ids up to 257", "257 rows"]),
        ["inspect nothing"] = (f => ["inspect", f.PathOf("none.json")], ["none.json", "found nothing there", "expected a JSON file"]),

        // Texts.
        ["text missing"] = (f => ExtendOn(f, f.PathOf("none.txt")), ["none.txt", "--text", "found nothing there"]),
        ["text without a name"] = (f => ExtendOn(f, ""), ["--text", "found a name that no file can have"]),
        ["text empty"] = (f => ExtendOn(f, f.Write("empty.txt", "")), ["empty.txt", "found an empty file", "expected text"]),
        ["text a folder without texts"] = (f => ExtendOn(f, f.Root), ["found no .txt file", "expected at least one"]),
        ["text not UTF-8"] = (f => ExtendOn(f, f.Write("latin.txt", [.. Encoding.ASCII.GetBytes("caf"), 0xE9, 0x0A])), ["latin.txt", "offset 3", "expected UTF-8"]),
        ["text shorter than two windows"] = (f => ExtendOn(f, f.Write("short.txt", new string('a', 1000))), ["--text", "found 1000 tokens", "expected at least one search window and one held-out window of 512 tokens"]),
        ["text twice"] = (f => Extend(f, "--text", Path.Combine(f.Root, ".", Text)), ["--text", "twice", "expected each text once"]),
        ["heldout twice"] = (
            f => ["extend", Command.Embedded, "--to", "512", "--heldout", TextOf(f), TextOf(f), "--out", f.PathOf("out")],
            ["--heldout", "twice", "expected each text once"]),
        ["heldout missing"] = (f => Extend(f, "--heldout", f.PathOf("none.txt")), ["none.txt", "--heldout", "found nothing there"]),
        ["heldout the text itself"] = (f => Extend(f, "--heldout", TextOf(f)), ["--heldout", Text, "expected a text that the search does not see"]),

        // Training.
        ["train on an empty file"] = (f => Train(f, f.Write("empty.txt", "")), ["empty.txt", "found an empty file", "expected text"]),
        ["train on bytes"] = (f => Train(f, f.Write("weights.txt", [0x61, 0, 0x62])), ["weights.txt", "found the character 0 at offset 1", "expected UTF-8 text"]),
        ["train on what is no UTF-8"] = (f => Train(f, f.Write("latin.txt", [0x61, 0xE9])), ["latin.txt", "offset 1", "expected UTF-8"]),
        ["train on a folder without texts"] = (f => Train(f, Directory.CreateDirectory(f.PathOf("none")).FullName), ["none", "found no .txt file", "expected at least one"]),
        ["train on a folder with an empty file"] = (f => Train(f, TextsWith(f, "b.txt", [])), ["b.txt", "found an empty file", "expected text"]),
        ["train on a folder with bytes"] = (f => Train(f, TextsWith(f, "b.txt", [0x61, 0, 0x62])), ["b.txt", "found the character 0 at offset 1", "expected UTF-8 text"]),
        ["train on too little"] = (f => Train(f, f.Write("short.txt", "a rope")), ["texts", "found 7 tokens", "expected at least 65"]),
        ["train --vocabulary of too little"] = (f => Train(f, f.Write("short.txt", "abababab"), "--vocabulary", "400"), ["--vocabulary", "found 400", "expected at most"]),
        ["train --vocabulary below the bytes"] = (f => Train(f, TextOf(f), "--vocabulary", "256"), ["--vocabulary", "found 256", "at least 257"]),
        ["train --learning-rate 0"] = (f => Train(f, TextOf(f), "--learning-rate", "0"), ["--learning-rate", "found 0", "above 0"]),
        ["train --schedule"] = (f => Train(f, TextOf(f), "--schedule", "exp"), ["--schedule", "\"exp\"", "expected cosine, linear or constant"]),
        ["train --resume nothing"] = (f => Train(f, TextOf(f), "--resume"), ["--resume", "found no checkpoint", "expected the --out folder"]),
        ["train --heads that do not divide"] = (f => Train(f, TextOf(f), "--heads", "5"), ["--width", "found 16 with 5 heads", "expected a multiple of 10"]),
        ["train into a folder with files"] = (f => ["train", TextOf(f), "--out", f.Root, "--width", "16", "--heads", "2", "--layers", "1", "--window", "64"], ["--out", "with files in it"]),
        ["tune --lora-targets"] = (f => Tune(f, "--lora", "2", "--lora-targets", "c_attn"), ["--lora-targets", "\"c_attn\"", "q_proj"]),
        ["tune --lora-targets nothing"] = (f => Tune(f, "--lora", "2", "--lora-targets", ","), ["--lora-targets", "found nothing", "expected all, attention or some of q_proj"]),
        ["tune --lora-alpha 0"] = (f => Tune(f, "--lora", "2", "--lora-alpha", "0"), ["--lora-alpha", "found 0", "above 0"]),
        ["tune a file without a tokenizer"] = (f => ["tune", FileWithoutTokenizer(f), TextOf(f), "--out", f.PathOf("out"), "--steps", "2"], ["model.gguf", "tokenizer.ggml.model", "no_vocab"]),
        ["tune --lora 0"] = (f => Tune(f, "--lora", "0"), ["--lora", "found 0", "at least 1"]),
        ["tune --only"] = (f => Tune(f, "--only", "norms"), ["--only", "\"norms\"", "expected positions"]),
        ["tune --lora --only positions"] = (f => Tune(f, "--lora", "2", "--only", "positions"), ["--lora", "--only positions", "expected one of them"]),
        ["tune --original-share"] = (f => Tune(f, "--original-share", "2"), ["--original-share", "found 2", "expected 0 to 1"]),
        ["tune --window past --to"] = (f => Tune(f, "--window", "1024"), ["--window", "found 1024", "at most the length that is tuned for, 512"]),
        ["tune to a scaling without keys"] = (f => Tune(f, "--scaling", "resonance+yarn:4"), ["resonance"]),

        ["a text in UTF-16"] = (f => ExtendOn(f, f.Write("wide.txt", Encoding.Unicode.GetBytes(string.Concat(Enumerable.Repeat("Once upon a time. ", 200))))), ["wide.txt", "found the character 0 at offset 1", "expected UTF-8 text"]),

        // Outputs.
        ["--out not empty"] = (f => ExtendTo(f, Path.GetDirectoryName(f.Write("keep.me", "x"))!), ["--out", "with files in it", "expected a folder that is empty"]),
        ["--out a file"] = (f => ExtendTo(f, f.Write("file", "x")), ["--out", "found the file", "expected a folder"]),
        ["--out below a file"] = (f => ExtendTo(f, Path.Combine(f.Write("file", "x"), "out")), ["--out", "below the file", "expected a folder"]),
        ["--out without a name"] = (f => ExtendTo(f, ""), ["--out", "expected a folder"]),
        ["search --out a folder"] = (f => Search(f, "--out", f.Root), ["--out", "found the folder", "expected the path of a file"]),
        ["search --out in no folder"] = (f => Search(f, "--out", Path.Combine(f.Root, "none", "x.json")), ["--out", "which is no folder", "expected the path of a file"]),
    };

    public static TheoryData<string> Cases => [.. s_cases.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void One_line_says_what_is_wrong(string name)
    {
        using var folder = new TemporaryFolder();
        var (arguments, fragments) = s_cases[name];
        Check(folder, arguments(folder), fragments);
    }

    [Fact]
    public void A_place_that_cannot_be_written_to_is_refused_at_once()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using var folder = new TemporaryFolder();
        Check(folder, ExtendTo(folder, "/proc/ropewalk"), ["--out", "/proc", "cannot be written to", "expected a folder"]);
        Check(folder, Search(folder, "--out", "/proc/ropewalk.json"), ["--out", "/proc", "cannot be written to", "expected the path of a file"]);
    }

    [SharedFact]
    public void A_real_tokenizer_of_another_model_is_named()
    {
        using var folder = new TemporaryFolder();
        var model = Change(folder, f => File.Copy(SharedData.Path("data", "tokenizers", "huggingface", "all-MiniLM-L6-v2", "tokenizer.json"), Path.Combine(f, "tokenizer.json"), overwrite: true));
        Check(folder, Extend(folder, model), ["tokenizer.json", "257"]);
    }

    private static void Check(TemporaryFolder folder, string[] arguments, string[] fragments)
    {
        var before = folder.Entries();
        var run = Command.Run(arguments);
        Assert.True(run.Code == 2, $"exit code {run.Code}: {run.Error}{run.Output}");
        Assert.Equal("", run.Output);
        Assert.StartsWith("ropewalk: ", run.Error, StringComparison.Ordinal);
        Assert.Equal(run.Error.Length - 1, run.Error.IndexOf('\n', StringComparison.Ordinal));
        Assert.All(fragments, fragment => Assert.Contains(fragment, run.Error, StringComparison.Ordinal));
        Assert.Equal(before, folder.Entries());
    }

    /// <summary>The embedded model, 4,000 tokens of text, an output folder that does not exist; then what the case adds (a first word without
    /// dashes is another model).</summary>
    private static string[] Extend(TemporaryFolder folder, params string[] more)
    {
        var model = more.Length > 0 && !more[0].StartsWith('-') ? more[0] : null;
        string[] rest = model is null ? more : more[1..];
        string[] to = rest.Contains("--to") ? [] : ["--to", "512"];
        return ["extend", model ?? Command.Embedded, "--text", TextOf(folder), "--out", folder.PathOf("out"), .. to, .. rest];
    }

    private static string[] ExtendOn(TemporaryFolder folder, string text) =>
        ["extend", Command.Embedded, "--to", "512", "--text", text, "--out", folder.PathOf("out")];

    private static string[] ExtendTo(TemporaryFolder folder, string output) =>
        ["extend", Command.Embedded, "--to", "512", "--text", TextOf(folder), "--out", output];

    private static string[] Search(TemporaryFolder folder, params string[] more)
    {
        string[] output = more.Contains("--out") ? [] : ["--out", folder.PathOf("x.json")];
        return ["search", Command.Embedded, "--to", "512", "--text", TextOf(folder), .. output, .. more];
    }

    private static string[] Perplexity(TemporaryFolder folder, string context, string? scaling = null)
    {
        string[] more = scaling is null ? [] : ["--scaling", scaling];
        return ["perplexity", Command.Embedded, "--text", TextOf(folder), "--context", context, .. more];
    }

    private static string[] Train(TemporaryFolder folder, string data, params string[] more)
    {
        string[] heads = more.Contains("--heads") ? [] : ["--heads", "2"];
        return ["train", data, "--out", folder.PathOf("out"), "--width", "16", "--layers", "1", "--window", "64", "--steps", "2", .. heads, .. more];
    }

    private static string[] Tune(TemporaryFolder folder, params string[] more) =>
        ["tune", Command.Embedded, TextOf(folder), "--out", folder.PathOf("out"), "--to", "512", "--steps", "2", .. more];

    private static string TextsWith(TemporaryFolder folder, string name, byte[] bytes)
    {
        var texts = Directory.CreateDirectory(folder.PathOf("texts")).FullName;
        File.WriteAllText(Path.Combine(texts, "a.txt"), string.Concat(Enumerable.Repeat("Once upon a time. ", 100)));
        File.WriteAllBytes(Path.Combine(texts, name), bytes);
        return texts;
    }

    private static string FileWithoutTokenizer(TemporaryFolder folder)
    {
        var file = folder.PathOf("model.gguf");
        Command.Result("convert", Change(folder, f => File.Delete(Path.Combine(f, "tokenizer.json"))), file);
        return file;
    }

    private static string TextOf(TemporaryFolder folder) => folder.Write(Text, string.Concat(Enumerable.Repeat("Once upon a time there was a sea and a rope. ", 100))[..4000]);

    /// <summary>A copy of the embedded model with something changed.</summary>
    private static string Change(TemporaryFolder folder, Action<string> change)
    {
        var copy = Directory.CreateDirectory(folder.PathOf("model")).FullName;
        foreach (var file in Directory.GetFiles(Command.Embedded))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }

        change(copy);
        return copy;
    }

    private static string ChangeText(TemporaryFolder folder, string name, string from, string to) => Change(folder, f =>
    {
        var path = Path.Combine(f, name);
        var text = File.ReadAllText(path);
        Assert.Contains(from, text, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace(from, to, StringComparison.Ordinal));
    });

    private static string ChangeWeights(TemporaryFolder folder, Func<byte[], byte[]> change) => Change(folder, f =>
    {
        var path = Path.Combine(f, "model.safetensors");
        File.WriteAllBytes(path, change(File.ReadAllBytes(path)));
    });

    private static string MoreIds(TemporaryFolder folder) => ChangeText(
        folder,
        "tokenizer.json",
        "\"vocab\": {",
        "\"vocab\": {\"more\": 257, ");
}
