using System.Security.Cryptography;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Ropewalk.Lab.Runs;

namespace Ropewalk.Tests.Lab.Runs;

public sealed class HtmlReportTests
{
    [Fact]
    public void A_realistic_report_is_well_formed_and_has_all_its_parts()
    {
        var page = Parse(HtmlReport.Render(ReportSamples.Realistic()));
        Assert.Equal(4, page.Descendants("svg").Count());
        Assert.All(page.Descendants("svg"), svg => Assert.True(svg.Elements("title").Any() && svg.Elements("desc").Any()));
        Assert.Equal(6, page.Descendants("details").Count());
        var curve = page.Descendants("div").Single(d => d.Attribute("class")?.Value == "beside");
        Assert.Single(curve.Descendants("g"), g => g.Attribute("class")?.Value == "c0 ghost");
        Assert.DoesNotContain(curve.Descendants("text"), t => t.Value == "best after 3");
        Assert.Equal(["256", "512", "1,024", "2,048", "4,096", "8,192"], curve.Element("div")!.Descendants("tr").Select(r => r.Elements("td").FirstOrDefault()?.Value).OfType<string>());
        Assert.Contains("crossover of 3 and 17", page.ToString(), StringComparison.Ordinal);
        Assert.Contains("4.12 against 4.58", page.ToString(), StringComparison.Ordinal);
        var ids = page.Descendants().Attributes("id").Select(a => a.Value).ToArray();
        Assert.Equal(ids.Length, ids.Distinct().Count());
    }

    [Fact]
    public void Nothing_is_loaded_and_nothing_is_run()
    {
        var html = HtmlReport.Render(ReportSamples.Realistic());
        Assert.DoesNotContain("http:", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("https:", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("url(", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("@import", html, StringComparison.OrdinalIgnoreCase);
        var page = Parse(html);
        Assert.Empty(page.Descendants("script"));
        Assert.DoesNotContain(page.Descendants().Attributes(), a => a.Name.LocalName is "style" or "src" or "href" || a.Name.LocalName.StartsWith("on", StringComparison.Ordinal));
        var start = html.IndexOf("<style>", StringComparison.Ordinal) + "<style>".Length;
        var style = html[start..html.IndexOf("</style>", StringComparison.Ordinal)];
        Assert.Contains($"style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style)))}'", html, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_data_give_the_same_bytes() =>
        Assert.Equal(HtmlReport.Render(ReportSamples.Realistic()), HtmlReport.Render(ReportSamples.Realistic()));

    [Fact]
    public void Text_from_outside_is_escaped_everywhere()
    {
        const string Evil = "</title></style><script>alert('x')</script>\" onload=\"x\u0000\u0007\ud800\u202e&";
        ReportPoint[] points = [new(256, 4), new(512, 5)];
        var report = ReportSamples.Realistic() with
        {
            Title = Evil,
            Model = new ReportModel(Evil, Evil, 1, 256, 2, 1e4),
            CommandLine = Evil,
            Host = Evil,
            Verdict = Evil,
            Notes = [Evil],
            Curves = [new ReportCurve(Evil, MethodRole.Winner, points)],
            ByPosition = [new ReportCurve(Evil, MethodRole.Window, points)],
            Table = [new ReportRow(Evil, MethodRole.Winner, 1, 1, 1, 1, 1, 1, 1, 1, 1)],
            Factors = new ReportFactors([6, 600], 1, [new ReportFactorSeries(Evil, MethodRole.Tuned, [1, 2])]),
            Receipt = [new(Evil, Evil)],
            Files = [Evil],
        };
        var html = HtmlReport.Render(report);
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.Empty(Parse(html).Descendants("script"));
        Assert.Empty(Parse(html).Descendants().Attributes("onload"));
    }

    [Fact]
    public void Empty_lonely_and_unusable_numbers_do_no_harm()
    {
        var samples = ReportSamples.Realistic();
        double[][] cases =
        [
            [], [4], [double.NaN], [double.PositiveInfinity, 4, double.NegativeInfinity], [0, -1], [4, 4, 4], [double.MaxValue, double.Epsilon],
            [1e-300, 1e300], [1, 1.0000001], [3, 3e9],
        ];
        foreach (var values in cases)
        {
            ReportPoint[] points = [.. values.Select((v, i) => new ReportPoint(256 * (i + 1), v, v - 1, v + 1))];
            var html = HtmlReport.Render(samples with
            {
                Curves = [new ReportCurve("x", MethodRole.Tuned, points), new ReportCurve("y", MethodRole.Winner, [])],
                ByPosition = [new ReportCurve("x", MethodRole.Tuned, [.. values.Select(v => new ReportPoint(v, v))])],
                SearchProgress = new ReportSearch([.. values.Select((v, i) => new SearchBest(i, v, i))], [.. values.Select((v, i) => new SearchCandidate(i, v))]),
                Factors = new ReportFactors(values, double.NaN, [new ReportFactorSeries("x", MethodRole.Tuned, values)]),
                Table = [],
            });
            foreach (var drawing in Parse(html).Descendants("path").Attributes("d"))
            {
                Assert.DoesNotMatch("NaN|Infinity|E[+-]|\u221E", drawing.Value);
            }
        }
    }

    [Fact]
    public void Thousands_of_points_are_thinned()
    {
        var html = HtmlReport.Render(ReportSamples.Realistic(numCandidates: 200_000));
        Assert.InRange(Parse(html).Descendants("circle").Count(), 200, 1_500);
        Assert.InRange(html.Length, 0, 400_000);
        Assert.Contains("1 of 1000 of 200,000 rows", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_at_the_ends_do_not_overlap()
    {
        var curves = Enumerable.Range(0, 12).Select(i => new ReportCurve($"m{i}", MethodRole.Baseline, [new(256, 4), new(512, 4 + (i * 0.001))])).ToArray();
        var page = Parse(HtmlReport.Render(ReportSamples.Realistic() with { Curves = curves }));
        var at = page.Descendants("svg").First().Descendants("text").Where(t => (string?)t.Attribute("class") == "label")
            .Select(t => (double)t.Attribute("y")!).Order().ToArray();
        Assert.Equal(12, at.Length);
        Assert.All(at.Zip(at.Skip(1), (a, b) => b - a), gap => Assert.True(gap >= 14.8, $"{gap}"));
        Assert.InRange(at[^1], 0, 400);
    }

    [Fact]
    public void Save_leaves_the_finished_file_alone()
    {
        var folder = Directory.CreateTempSubdirectory("ropewalk-report-");
        try
        {
            var path = Path.Combine(folder.FullName, "report.html");
            File.WriteAllText(path, "old");
            HtmlReport.Save(path, ReportSamples.Realistic());
            Assert.StartsWith("<!DOCTYPE html>", File.ReadAllText(path), StringComparison.Ordinal);
            Assert.Single(folder.GetFiles());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static XDocument Parse(string html)
    {
        const string Doctype = "<!DOCTYPE html>\n";
        Assert.StartsWith(Doctype, html, StringComparison.Ordinal);
        using var reader = XmlReader.Create(new StringReader(html[Doctype.Length..]), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
        return XDocument.Load(reader);
    }
}
