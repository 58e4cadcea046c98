import { plotColours, seriesColours } from "./palette.js";

const both = (colours: { readonly light: string; readonly dark: string }[]): { light: string; dark: string }[] =>
  colours;

/** What draws plots in the colours of a dark page: their own colours are those of a light one. */
function darkPlots(): string {
  return both([...seriesColours, ...Object.values(plotColours)])
    .map(({ light, dark }) => `svg [stroke="${light}"]{stroke:${dark}}svg [fill="${light}"]{fill:${dark}}`)
    .join("\n");
}

const lightVariables = seriesColours.map(({ light }, i) => `--series-${i}:${light}`).join(";");
const darkVariables = seriesColours.map(({ dark }, i) => `--series-${i}:${dark}`).join(";");

/** Hides what belongs to a run whose box in the legend is not ticked; needs no script. */
const toggles = seriesColours
  .map(
    ({ light }, i) =>
      `body:has(#show-${i}:not(:checked)) svg :is([stroke="${light}"],[fill="${light}"]){display:none}` +
      `body:has(#show-${i}:not(:checked)) .of-run-${i}{display:none}`,
  )
  .join("\n");

/** The style sheet of a report. */
export const style: string = `
:root{color-scheme:light dark;--page:#f7f8fa;--card:#fff;--ink:#1a2130;--soft:#5a6477;--line:#e2e6ed;--good:#1f8a5b;
--bad:#c22f3d;--mark:#fbdadd;--heat:#d2571d;${lightVariables}}
@media (prefers-color-scheme:dark){:root{--page:#12161f;--card:#1a202c;--ink:#e8ebf2;--soft:#9aa4b8;--line:#2b3244;
--good:#5fcf9b;--bad:#ff8b94;--mark:#5a2831;--heat:#ff9d66;${darkVariables}}
${darkPlots()}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",sans-serif;
-webkit-text-size-adjust:100%}
main{max-width:74rem;margin:0 auto;padding:2.5rem 1.25rem 5rem}
h1{font-size:1.9rem;line-height:1.2;letter-spacing:-.015em;margin:0 0 .35rem}
h2{font-size:1.25rem;letter-spacing:-.01em;margin:3rem 0 .35rem}
h3{font-size:1rem;margin:1.5rem 0 .6rem}
p{margin:.35rem 0 1rem;max-width:68ch}
.soft,figcaption small{color:var(--soft)}
a{color:inherit}
code,.mono{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:.875em}
.path{overflow-wrap:anywhere}
.scroll{overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:12px}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;font-size:.94rem}
th,td{padding:.55rem .9rem;text-align:left;border-bottom:1px solid var(--line);vertical-align:top}
tbody tr:last-child>*{border-bottom:0}
thead th{color:var(--soft);font-weight:500;font-size:.85rem;white-space:nowrap}
tbody th{font-weight:500;min-width:9rem}
td.number,th.number{text-align:right;white-space:nowrap}
.legend{display:flex;flex-wrap:wrap;gap:.4rem .5rem;margin:1rem 0;padding:0;list-style:none}
.legend label,.legend span.key{display:inline-flex;align-items:center;gap:.45rem;padding:.2rem .7rem;background:var(--card);
border:1px solid var(--line);border-radius:99px;font-size:.9rem}
.legend label{cursor:pointer}
.legend input{accent-color:var(--colour);margin:0}
.stroke{width:1.5rem;height:0;border-top:3px solid var(--colour,var(--soft));flex:none}
.dot{display:inline-block;width:.7rem;height:.7rem;border-radius:50%;background:var(--colour);margin-right:.5rem}
.plots{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,21rem),1fr));gap:1rem}
figure{margin:0;background:var(--card);border:1px solid var(--line);border-radius:12px;padding:.9rem 1rem .6rem;min-width:0}
figcaption{font-weight:500;font-size:.95rem;margin-bottom:.35rem;overflow-wrap:anywhere}
figcaption small{font-weight:400;display:block;font-size:.83rem}
figure svg{display:block;width:100%;height:auto}
.note{border-left:3px solid var(--line);padding:.1rem 0 .1rem .9rem;color:var(--soft);max-width:68ch}
.samples{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,16rem),1fr));gap:.8rem}
.pages{grid-template-columns:repeat(auto-fill,minmax(min(100%,22rem),1fr))}
.sample{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:.8rem;min-width:0}
.sample img{display:block;max-width:100%;border-radius:5px;margin-bottom:.6rem}
.sample .line{height:48px;width:auto;object-fit:contain;object-position:left}
.sample .page{width:100%;height:auto}
.sample dl{display:grid;grid-template-columns:auto 1fr;gap:.1rem .75rem;margin:0;font-size:.9rem}
.sample dt{color:var(--soft)}
.sample dd{margin:0;overflow-wrap:anywhere}
.sample .text{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;white-space:pre-wrap}
.sample .file{font-size:.75rem;color:var(--soft);margin:.5rem 0 0;overflow-wrap:anywhere}
mark{background:var(--mark);color:inherit;border-radius:3px;box-shadow:0 0 0 1px var(--mark)}
.right{color:var(--good)}.wrong{color:var(--bad)}
.scroll:has(.heat){width:fit-content;max-width:100%}
.heat{width:auto}
.heat th,.heat td{padding:.3rem .55rem;text-align:center;border:1px solid var(--line);min-width:2.1rem}
.heat td{background:color-mix(in srgb,var(--heat) calc(var(--share,0)*75%),transparent)}
.heat .char{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:1rem;color:var(--ink);text-transform:none}
.pairs{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,30rem),1fr));gap:1rem;align-items:start}
details{background:var(--card);border:1px solid var(--line);border-radius:12px;margin:.8rem 0;padding:0 1rem}
summary{cursor:pointer;padding:.7rem 0;font-weight:500}
pre{overflow-x:auto;margin:0 0 1rem;font-size:.83rem;line-height:1.6}
footer{margin-top:4rem;color:var(--soft);font-size:.85rem}
:focus-visible{outline:2px solid var(--series-0);outline-offset:2px}
@media (max-width:34rem){main{padding:1.5rem .9rem 3rem}h1{font-size:1.5rem}th,td{padding:.45rem .6rem}
figure{padding:.7rem .6rem .4rem}}
@media print{body{background:none}figure,.sample,.scroll{break-inside:avoid}}
${toggles}
`;
