import { configSection } from "./config.js";
import { confusionSection } from "./confusion.js";
import { type Html, html, Html as Markup } from "./html.js";
import { accuracySection, agreementSection, lossSection, speedSection } from "./plots.js";
import type { ReportedRun } from "./reported-run.js";
import { sampleSection } from "./samples.js";
import { style } from "./style.js";
import { summaryOf, summaryTable } from "./summary.js";

/** More runs than there are colours would look alike. */
export const mostRuns = 8;

/**
 * A report on trainings as one page of HTML that needs nothing else: plots are inline SVG, pictures data, and there is no
 * script. `date` is when it is made.
 */
export async function reportPage(runs: readonly ReportedRun[], date: Date): Promise<string> {
  const title = runs.length === 1 ? `Training ${runs[0].name}` : `${runs.length} trainings`;
  const sections = [
    await accuracySection(runs),
    await agreementSection(runs),
    await lossSection(runs),
    await speedSection(runs),
    await sampleSection(runs),
    confusionSection(runs),
    configSection(runs),
  ];
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Retort</title>
<style>${new Markup(style)}</style>
</head>
<body>
<main>
<h1>${title}</h1>
<p class="soft">Report of ${date.toISOString().slice(0, 16).replace("T", " ")} UTC</p>
${summaryTable(runs.map(summaryOf))}
${runs.length > 1 && toggles(runs)}
${sections}
<footer>Made by <span class="mono">retort report</span>.</footer>
</main>
</body>
</html>
`;
  return page.text;
}

/** Boxes that show and hide runs; also the legend of all plots. */
function toggles(runs: readonly ReportedRun[]): Html {
  const boxes = runs.map(
    ({ name }, i) =>
      html`<li><label style="--colour:var(--series-${i})"><input type="checkbox" id="show-${i}" checked><i class="stroke"></i>${name}</label></li>`,
  );
  return html`<ul class="legend" aria-label="Runs to show">${boxes}</ul>`;
}
