import type { Chart } from "./chart.js";
import { dashes, isLogarithmic } from "./chart.js";
import { type Html, html } from "./html.js";
import { seriesColours } from "./palette.js";
import { renderChart } from "./render-chart.js";

/** A chart with its title, and a note where one is needed. */
export interface Plot {
  readonly title: string;
  readonly note?: string;
  readonly chart: Chart;
}

/** A plot as a figure; undefined where it has nothing to show. */
async function figure({ title, note, chart }: Plot): Promise<Html | undefined> {
  const values = chart.series.flatMap(({ points }) => points.map(([, y]) => y));
  if (!values.some(Number.isFinite)) return undefined;
  const notes = [note, isLogarithmic(chart) && "logarithmic scale", lost(values)].filter(Boolean).join(", ");
  const svg = await renderChart(chart, `${title} over the steps of training${notes === "" ? "" : `: ${notes}`}`);
  return html`<figure><figcaption>${title}${notes !== "" && html`<small>${notes}</small>`}</figcaption>${svg}</figure>`;
}

/** Says so where values were no numbers, which leave gaps. */
function lost(values: readonly number[]): string | undefined {
  const count = values.filter((value) => !Number.isFinite(value)).length;
  return count === 0 ? undefined : `${count} of ${values.length} values are not finite`;
}

/** A section of plots; those without values are left out, and so is a section without plots. */
export async function plotSection(
  title: string,
  intro: string,
  plots: readonly Plot[],
  legend?: Html,
): Promise<Html | undefined> {
  const figures = (await Promise.all(plots.map(figure))).filter((each) => each !== undefined);
  if (figures.length === 0) return undefined;
  return html`<section><h2>${title}</h2><p class="soft">${intro}</p>${legend}<div class="plots">${figures}</div></section>`;
}

/** What the colours of a section mean. */
export function colourLegend(names: readonly string[]): Html {
  const keys = names.map(
    (name, i) =>
      html`<li><span class="key" style="--colour:var(--series-${i % seriesColours.length})"><i class="stroke"></i>${name}</span></li>`,
  );
  return html`<ul class="legend">${keys}</ul>`;
}

/** What the dashes of a section mean. */
export function dashLegend(names: readonly string[]): Html {
  const keys = names.map(
    (name, i) =>
      html`<li><span class="key"><svg width="34" height="6" viewBox="0 0 34 6" aria-hidden="true"><path d="M0 3H34" stroke="currentColor" stroke-width="2" stroke-dasharray="${i === 0 ? "none" : dashes[i % dashes.length].join(" ")}"/></svg>${name}</span></li>`,
  );
  return html`<ul class="legend">${keys}</ul>`;
}
