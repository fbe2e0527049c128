using System.CommandLine;
using Ropewalk.Engine.Formats;
using Ropewalk.Engine.Tokenization;
using Ropewalk.Lab.Runs;
using Ropewalk.Positions;
using Spectre.Console;

namespace Ropewalk.Cli.Commands;

/// <summary>ropewalk tokenize: text to tokens, how many there are, and back.</summary>
internal static class TokenizeCommand
{
    private const string Reject = "reject";
    private const string Replace = "replace";

    public static Command Create(TextWriter output, TextWriter error)
    {
        var model = new Argument<string>("MODEL") { Description = "Hugging Face folder, GGUF file, or a tokenizer.json alone." };
        var text = new Option<string?>("--text") { HelpName = "TEXT", Description = "Text to tokenize; - reads standard input." };
        var file = new Option<string[]>("--file") { HelpName = "FILE", Description = "UTF-8 files to tokenize; - reads standard input.", AllowMultipleArgumentsPerToken = true };
        var decode = new Option<string?>("--decode") { HelpName = "IDS", Description = "Ids, with commas or spaces between them, to turn back into text." };
        var count = new Option<bool>("--count") { Description = "Only count. Keeps little of a text in memory, whatever its length." };
        var noSpecial = new Option<bool>("--no-special") { Description = "Put no special tokens around a text; leave them out of decoded text." };
        var parseSpecial = new Option<bool>("--parse-special") { Description = "Read special tokens written in the text as these tokens. Default: they are text like any other." };
        var encodingErrors = new Option<string>("--encoding-errors") { HelpName = $"{Reject}|{Replace}", Description = "What to do with bytes that are no UTF-8.", DefaultValueFactory = _ => Reject };
        var json = Options.Json();
        var command = new Command("tokenize", "Show the tokens of a text, or count them. Examples: ropewalk tokenize my-model --text \"Once upon a time\"; ropewalk tokenize my-model --file book.txt --count")
        {
            model, text, file, decode, count, noSpecial, parseSpecial, encodingErrors, json,
        };
        command.SetAction(parsed => CommandHost.Run(error, null, stop =>
        {
            var isJson = parsed.GetValue(json);
            var inputs = Inputs(parsed.GetValue(text), parsed.GetValue(file) ?? []);
            var ids = parsed.GetValue(decode);
            if ((ids is null ? 0 : 1) + (inputs.Count > 0 ? 1 : 0) != 1)
            {
                throw new UserInputException("tokenize: expected either texts (--text, --file) or --decode");
            }

            var replace = parsed.GetValue(encodingErrors) switch
            {
                Reject => false,
                Replace => true,
                var other => throw new UserInputException($"--encoding-errors: found \"{Printable.OneLine(other!, 40)}\", expected {Reject} or {Replace}"),
            };
            var tokenizer = Tokenizer.Load(parsed.GetValue(model)!);
            if (ids is not null)
            {
                Decode(tokenizer, ids, parsed.GetValue(noSpecial), isJson, output);
                return ExitCodes.Done;
            }

            var notes = new List<string>(tokenizer.Notes);
            var reporter = new ConsoleReporter(error, !Console.IsErrorRedirected);
            var encoder = new StreamingEncoder(tokenizer, !parsed.GetValue(noSpecial), parsed.GetValue(parseSpecial));
            if (parsed.GetValue(count) && !encoder.IsBounded)
            {
                notes.Add("no place is known where this tokenizer's texts can be cut, so each is kept in memory as a whole");
            }

            var clock = new ByteClock(reporter, inputs.TrueForAll(i => i.Length is not null) ? inputs.Sum(i => i.Length!.Value) : null);
            var texts = inputs.ConvertAll(i => Encode(tokenizer, encoder, i, replace, !parsed.GetValue(count), clock, notes, stop));
            reporter.Clear();
            TokenizeReport.Write(texts, notes, isJson, output);
            return ExitCodes.Done;
        }));
        return command;
    }

    private static List<TextInput> Inputs(string? text, string[] files)
    {
        List<TextInput> inputs = [.. text is null ? [] : (TextInput[])[TextInput.Of(text)], .. files.Select(TextInput.OfFile)];
        return inputs.Count(i => i.Length is null) <= 1 ? inputs
            : throw new UserInputException("--file: found - twice, expected it once: standard input can be read once");
    }

    private static TokenizedText Encode(
        Tokenizer tokenizer, StreamingEncoder encoder, TextInput input, bool replace, bool keep, ByteClock clock, List<string> notes, CancellationToken stop)
    {
        var ids = new List<int>();
        var count = 0L;
        var (bytes, replaced) = input.Read(replace, (part, bytesRead) =>
        {
            stop.ThrowIfCancellationRequested();
            encoder.Append(part, ids);
            Tally();
            clock.Show(input.Name, bytesRead);
        });
        encoder.Finish(ids);
        Tally();
        clock.Next(bytes);
        if (replaced > 0)
        {
            notes.Add($"{input.Name}: {replaced:N0} broken characters were read as U+FFFD");
        }

        return keep ? new TokenizedText(input.Name, ids.Count, bytes, ids, ids.ConvertAll(tokenizer.TokenText)) : new TokenizedText(input.Name, count, bytes, null, null);

        void Tally()
        {
            if (!keep)
            {
                count += ids.Count;
                ids.Clear();
            }
        }
    }

    private static void Decode(Tokenizer tokenizer, string ids, bool skipSpecial, bool isJson, TextWriter output)
    {
        var numbers = ids.Split([',', ' ', '\t', '\n', '\r', '[', ']'], StringSplitOptions.RemoveEmptyEntries).Select(Id).ToArray();
        var text = tokenizer.Decode(numbers, skipSpecial);
        if (isJson)
        {
            output.Write(ResultJson.Serialize(new { Text = text, Ids = numbers, Pieces = numbers.Select(tokenizer.TokenText), Count = numbers.Length, tokenizer.Notes }));
        }
        else
        {
            output.WriteLine(text);
        }
    }

    private static int Id(string text) => int.TryParse(text, out var id) ? id
        : throw new UserInputException($"--decode: found \"{Printable.OneLine(text, 40)}\", expected token ids such as 1,2,3");
}
