namespace Ropewalk.Lab.Runs;

/// <content>The page's style sheet. Colours are Okabe and Ito's, which colour-blind readers can tell apart, darker on
/// white and lighter on black where the originals lack contrast, and three more for crowded charts.</content>
public static partial class HtmlReport
{
    /// <summary>The rules, with line feeds alone.</summary>
    internal static string StyleSheet => Style.ReplaceLineEndings("\n");

    private const string Style = """
        :root { color-scheme: light dark; --bg: #ffffff; --fg: #1c2126; --soft: #59636e; --rule: #d5dae0; --card: #f5f7f9;
          --s0: #0072b2; --s1: #c85000; --s2: #008560; --s3: #b4568f; --s4: #b07800; --s5: #8a4b2a; --s6: #6b5bb5; --s7: #7a7a1f; --sw: #6b7580; }
        @media (prefers-color-scheme: dark) {
          :root { --bg: #14171a; --fg: #e6eaee; --soft: #9aa5b1; --rule: #343b43; --card: #1d2126;
            --s0: #56b4e9; --s1: #f08040; --s2: #2fbf95; --s3: #dd8fbd; --s4: #e69f00; --s5: #cfa384; --s6: #a99bea; --s7: #d8d060; --sw: #98a2ad; } }
        * { box-sizing: border-box; }
        body { margin: 0 auto; max-width: 60rem; padding: 2rem 1.25rem 4rem; background: var(--bg); color: var(--fg);
          font: 16px/1.55 system-ui, -apple-system, "Segoe UI", "Liberation Sans", "DejaVu Sans", sans-serif; }
        h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .25rem; overflow-wrap: anywhere; }
        h2 { font-size: 1.2rem; margin: 2.5rem 0 .5rem; }
        p { margin: .5rem 0; }
        .soft, .empty { color: var(--soft); font-size: .9rem; }
        .verdict { border-left: 5px solid var(--s0); background: var(--card); padding: .8rem 1rem; margin: 1.25rem 0; font-size: 1.1rem;
          font-weight: 600; overflow-wrap: anywhere; }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.25rem; margin: 1rem 0; }
        dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
        code, pre { font: .85rem/1.5 ui-monospace, "Liberation Mono", "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; white-space: pre-wrap; }
        pre { background: var(--card); padding: .7rem .9rem; border-radius: 4px; margin: .25rem 0; }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; font-size: .88rem; font-variant-numeric: tabular-nums; }
        th, td { padding: .3rem .6rem; text-align: right; border-bottom: 1px solid var(--rule); white-space: nowrap; }
        th { color: var(--soft); font-weight: 600; vertical-align: bottom; } .n { text-align: left; white-space: normal; overflow-wrap: anywhere; min-width: 8rem; }
        tr.winner td { font-weight: 700; background: var(--card); }
        details { margin: .5rem 0; } summary { cursor: pointer; color: var(--soft); font-size: .9rem; }
        svg { display: block; width: 100%; height: auto; margin: .75rem 0; font-family: inherit; }
        .c0 { color: var(--s0); } .c1 { color: var(--s1); } .c2 { color: var(--s2); } .c3 { color: var(--s3); }
        .c4 { color: var(--s4); } .c5 { color: var(--s5); } .c6 { color: var(--s6); } .c7 { color: var(--s7); } svg .window { color: var(--sw); }
        .axis path { stroke: var(--soft); fill: none; } .axis .grid { stroke: var(--rule); } .axis .mark { stroke: var(--fg); stroke-dasharray: 3 4; }
        .tick { font-size: 11.5px; fill: var(--soft); } .name { font-size: 12.5px; fill: var(--soft); } .marklabel { font-size: 12px; fill: var(--fg); }
        .label { font-size: 12.5px; fill: currentColor; } .winner .label { font-weight: 700; }
        .line { fill: none; stroke: currentColor; stroke-width: 1.6; stroke-linejoin: round; } .tuned .line { stroke-width: 2; }
        .winner .line { stroke-width: 3.2; } .window .line { stroke-dasharray: 6 4; }
        .ghost .line { stroke-width: 1.2; opacity: .3; }
        .beside { display: flex; flex-wrap: wrap; gap: 1.5rem; align-items: start; } .beside > svg { flex: 3 1 26rem; } .beside > div { flex: 1 1 11rem; }
        .marker { fill: currentColor; } .ci { fill: none; stroke: currentColor; stroke-width: 1.2; opacity: .8; }
        .leader { fill: none; stroke: currentColor; stroke-width: .7; opacity: .45; } .dot { fill: currentColor; opacity: .28; }
        @media (max-width: 40rem) { body { padding: 1rem .75rem; } dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .5rem; } }
        @media print { body { max-width: none; } h2, svg { break-inside: avoid; } }
        """;
}
