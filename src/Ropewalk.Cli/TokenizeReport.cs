using Ropewalk.Engine.Formats;
using Ropewalk.Lab.Runs;
using Spectre.Console;

namespace Ropewalk.Cli;

/// <summary>Tokens on standard output: for people, or as JSON.</summary>
internal static class TokenizeReport
{
    public static void Write(List<TokenizedText> texts, List<string> notes, bool isJson, TextWriter output)
    {
        if (isJson)
        {
            // One text stands at the top, so that nobody has to look into a list of one.
            output.Write(texts is [var only]
                ? ResultJson.Serialize(new { only.Ids, only.Pieces, only.Count, only.Bytes, Notes = notes })
                : ResultJson.Serialize(new { Texts = texts, Count = texts.Sum(t => t.Count), Bytes = texts.Sum(t => t.Bytes), Notes = notes }));
            return;
        }

        foreach (var text in texts.Where(t => t.Ids is not null))
        {
            if (texts.Count > 1)
            {
                output.WriteLine($"{Printable.OneLine(text.Name)}:");
            }

            WriteTokens(text, output);
        }

        if (texts is [var one])
        {
            output.WriteLine($"{one.Count:N0} tokens, {one.Bytes:N0} bytes{PerToken(one.Bytes, one.Count)}");
        }
        else
        {
            WriteCounts(texts, output);
        }

        foreach (var note in notes)
        {
            output.WriteLine($"note: {note}");
        }
    }

    private static void WriteTokens(TokenizedText text, TextWriter output)
    {
        // Not a table of the console library: it would hold every row, and a file may have millions.
        output.WriteLine($"{"#",9}  {"id",9}  piece");
        for (var i = 0; i < text.Ids!.Count; i++)
        {
            output.WriteLine($"{i,9}  {text.Ids[i],9}  {Printable.OneLine(text.Pieces![i])}");
        }
    }

    private static void WriteCounts(List<TokenizedText> texts, TextWriter output)
    {
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumn("text");
        foreach (var header in new[] { "tokens", "bytes" })
        {
            table.AddColumn(new TableColumn(header).RightAligned());
        }

        foreach (var text in texts)
        {
            table.AddRow(Markup.Escape(Printable.OneLine(text.Name)), $"{text.Count:N0}", $"{text.Bytes:N0}");
        }

        table.AddRow("all", $"{texts.Sum(t => t.Count):N0}", $"{texts.Sum(t => t.Bytes):N0}");
        Terminal.On(output).Write(table);
    }

    private static string PerToken(long bytes, long count) => count > 0 ? $", {(double)bytes / count:F2} bytes a token" : "";
}
