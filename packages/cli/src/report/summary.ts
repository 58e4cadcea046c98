import { duration } from "@retort/distill";
import { percent } from "../percent.js";
import { type Html, html } from "./html.js";
import {
  decidingNetworkOf,
  mainMetricOf,
  median,
  networksOf,
  type ReportedRun,
  trainingSeconds,
} from "./reported-run.js";

/** What a report says of a run in one line. */
export interface RunSummary {
  readonly name: string;
  readonly folder: string;
  readonly steps: number;
  readonly epochs: string;
  /** The metric that models are compared by. */
  readonly metric?: "acc" | "hmean";
  /** Its best value, at which step, and the last value. */
  readonly best?: { readonly step: number; readonly value: number };
  readonly last?: number;
  /** What the other networks had at the best evaluation. */
  readonly others: Readonly<Record<string, number>>;
  readonly imagesPerSecond?: number;
  readonly seconds: number;
}

/** Sums a run up. */
export function summaryOf(run: ReportedRun): RunSummary {
  const { name, folder, history } = run;
  const metric = mainMetricOf(run);
  const deciding = decidingNetworkOf(run);
  const values = history.evaluations.map(({ step, metrics }) => ({ step, value: metrics[metric ?? "acc"] }));
  const best = values.reduce<RunSummary["best"]>((a, b) => (a === undefined || b.value >= a.value ? b : a), undefined);
  const record = history.evaluations.find(({ step }) => step === best?.step);
  const networks = record === undefined ? {} : networksOf(record, deciding);
  const others = Object.entries(networks).flatMap(([network, metrics]) =>
    network === deciding || metric === undefined ? [] : [[network, metrics[metric]] as const],
  );
  const last = history.steps.at(-1);
  return {
    name,
    folder,
    steps: Math.max(last?.step ?? 0, history.evaluations.at(-1)?.step ?? 0),
    epochs: last === undefined ? "none" : `${last.epoch} of ${last.epochs}`,
    metric,
    best,
    last: values.at(-1)?.value,
    others: Object.fromEntries(others),
    imagesPerSecond: median(history.steps.map(({ ips }) => ips)),
    seconds: trainingSeconds(run),
  };
}

const percentOrDash = (value: number | undefined): string => (value === undefined ? "—" : percent(value));

/** The summaries of all runs as a table. */
export function summaryTable(runs: readonly RunSummary[]): Html {
  const several = runs.some(({ others }) => Object.keys(others).length > 0);
  const rows = runs.map(
    ({ name, folder, steps, epochs, best, last, others, imagesPerSecond, seconds }, i) => html`<tr class="of-run-${i}">
<th scope="row"><i class="dot" style="--colour:var(--series-${i})"></i>${name}<br><span class="soft mono path">${folder}</span></th>
<td class="number"><b>${percentOrDash(best?.value)}</b>${best !== undefined && html`<br><span class="soft">step ${best.step.toLocaleString("en-US")}</span>`}</td>
<td class="number">${percentOrDash(last)}</td>
${several && html`<td>${Object.entries(others).map(([network, value]) => html`${network} ${percent(value)}<br>`)}</td>`}
<td class="number">${steps.toLocaleString("en-US")}<br><span class="soft">epoch ${epochs}</span></td>
<td class="number">${imagesPerSecond === undefined ? "—" : imagesPerSecond.toFixed(0)}</td>
<td class="number">${duration(seconds)}</td></tr>`,
  );
  const metrics = [...new Set(runs.map(({ metric }) => metric).filter((metric) => metric !== undefined))];
  const metric = metrics.length === 0 ? "metric" : metrics.join(" / ");
  return html`<div class="scroll" tabindex="0"><table><thead><tr><th scope="col">run</th><th scope="col" class="number">best ${metric}</th>
<th scope="col" class="number">last</th>${several && html`<th scope="col">other networks then</th>`}<th scope="col" class="number">steps</th>
<th scope="col" class="number">images/s</th><th scope="col" class="number">time of steps</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}
