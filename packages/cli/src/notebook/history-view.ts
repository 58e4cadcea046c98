import type { TrainingHistory, TrainReport } from "@retort/distill";
import type { Series } from "../report/chart.js";
import { type Html, html } from "../report/html.js";
import { seriesColours } from "../report/palette.js";
import { renderChart } from "../report/render-chart.js";

/** Values over steps, by name. */
type Curves = Map<string, (readonly [step: number, value: number])[]>;

function add(curves: Curves, step: number, values: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(values)) {
    const points = curves.get(name) ?? [];
    points.push([step, value]);
    curves.set(name, points);
  }
}

/**
 * How a training went, as HTML: its losses and the metrics of its evaluations as lines over the steps. Takes what `train`
 * and `trainFromConfig` yield, or the history of a run's folder.
 */
export async function historyView(history: readonly TrainReport[] | TrainingHistory): Promise<Html> {
  const losses: Curves = new Map();
  const metrics: Curves = new Map();
  if ("steps" in history) {
    for (const { step, stats } of history.steps) {
      const { lr: _, ...values } = stats;
      add(losses, step, values);
    }
    for (const { step, metrics: found } of history.evaluations) add(metrics, step, found);
  } else {
    for (const report of history) {
      if (report.kind === "step") add(losses, report.step, report.losses);
      if (report.kind === "evaluation") add(metrics, report.step, report.metrics);
    }
  }
  if (losses.size + metrics.size === 0) return html`<div>no step has been made</div>`;
  return html`<div>${await plot("losses", losses, "number")}${await plot("metrics", metrics, "percent")}</div>`;
}

async function plot(title: string, curves: Curves, unit: "number" | "percent"): Promise<Html | undefined> {
  if (curves.size === 0) return undefined;
  const names = [...curves.keys()];
  const series = names.map((name, i): Series => {
    return { colour: i, dash: Math.floor(i / seriesColours.length), points: curves.get(name) ?? [] };
  });
  const chart = { series, unit, mayBeLogarithmic: true, points: unit === "percent" };
  const keys = names.map((name, i) => {
    return html`<span style="color:${seriesColours[i % seriesColours.length].light}">■ ${name}</span> `;
  });
  return html`<figure style="display:inline-block;background:#fff;color:#222;margin:0 1em 0 0;padding:.5em">
<figcaption><b>${title}</b> ${keys}</figcaption>${await renderChart(chart, `${title} over the steps of training`)}</figure>`;
}
