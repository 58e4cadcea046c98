import { called } from "@retort/distill";
import type { Series } from "./chart.js";
import { dashes } from "./chart.js";
import { colourLegend, dashLegend, type Plot, plotSection } from "./figure.js";
import { type Html, html } from "./html.js";
import { decidingNetworkOf, networksOf, type ReportedRun } from "./reported-run.js";

/** Metrics of networks that are drawn, with their titles. */
const metricTitles: Readonly<Record<string, string>> = {
  acc: "Read exactly",
  norm_edit_dis: "Similarity of readings to the labels",
  hmean: "Harmonic mean of precision and recall",
  precision: "Precision",
  recall: "Recall",
};

/** A value of an evaluation, by network or pair of networks. */
type Values = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Names in the order in which they first come. */
const namesIn = (lists: readonly (readonly string[])[]): string[] => [...new Set(lists.flat())];

/** What the evaluations of a run measured. */
interface Measured {
  /** The name of what the run is judged by, where it has one. */
  readonly first?: string;
  readonly evaluations: readonly { readonly step: number; readonly values: Values }[];
}

/**
 * Plots of what evaluations measured. With several runs colours are runs, and whole lines are what each is judged by; with
 * one run colours are networks.
 */
async function measured(
  title: string,
  intro: string,
  runs: readonly Measured[],
  titles: Readonly<Record<string, string>>,
): Promise<Html | undefined> {
  const firsts = namesIn(runs.map(({ first }) => (first === undefined ? [] : [first])));
  const all = namesIn(runs.flatMap(({ evaluations }) => evaluations.map(({ values }) => Object.keys(values))));
  const names = [...firsts.filter((name) => all.includes(name)), ...all.filter((name) => !firsts.includes(name))];
  const others = names.filter((name) => !firsts.includes(name));
  const dashOf = (name: string): number => others.indexOf(name) + (firsts.length > 0 ? 1 : 0);
  const lines = (metric: string): Series[] =>
    runs.flatMap(({ evaluations }, run) =>
      names.map((name, i) => ({
        ...(runs.length > 1 ? { colour: run, dash: dashOf(name) % dashes.length } : { colour: i }),
        points: evaluations.flatMap(({ step, values }) => {
          const value = values[name]?.[metric];
          return value === undefined ? [] : [[step, value] as const];
        }),
      })),
    );
  const plots = Object.entries(titles).map(
    ([metric, plotTitle]): Plot => ({
      title: plotTitle,
      chart: { series: lines(metric), unit: "percent", points: true },
    }),
  );
  const several = runs.length > 1;
  const legend = several ? [...(firsts.length > 0 ? [firsts.join(" / ")] : []), ...others] : names;
  if (legend.length < 2) return plotSection(title, intro, plots);
  return plotSection(title, intro, plots, several ? dashLegend(legend) : colourLegend(legend));
}

/** The accuracies of all networks, over time. */
export function accuracySection(runs: readonly ReportedRun[]): Promise<Html | undefined> {
  const values = runs.map((run): Measured => {
    const deciding = decidingNetworkOf(run);
    const evaluations = run.history.evaluations.map((record) => ({
      step: record.step,
      values: shown(networksOf(record, deciding)),
    }));
    return { first: called(deciding), evaluations };
  });
  const intro = "Each point is an evaluation on the data of the Eval section.";
  return measured("Accuracy", intro, values, metricTitles);
}

function shown(values: Values): Values {
  return Object.fromEntries(Object.entries(values).map(([name, metrics]) => [called(name), metrics]));
}

const agreementTitles: Readonly<Record<string, string>> = {
  acc: "Equal readings",
  norm_edit_dis: "Similarity of readings",
  hmean: "Matching boxes, harmonic mean",
};

/** How far networks say the same, over time; says so where several networks were trained and nothing was recorded. */
export async function agreementSection(runs: readonly ReportedRun[]): Promise<Html | undefined> {
  const values = runs.map(
    ({ history }): Measured => ({
      evaluations: history.evaluations.map(({ step, agreement = [] }) => ({
        step,
        values: Object.fromEntries(agreement.map(({ between, metrics }) => [between.join(" and "), metrics])),
      })),
    }),
  );
  const intro = "How far networks say the same of the same images, right or wrong.";
  const section = await measured("Agreement of networks", intro, values, agreementTitles);
  const silent = runs.filter(({ history }) => history.evaluations.some(({ agreement }) => agreement === undefined));
  if (silent.length === 0) return section;
  const names = silent.map(({ name }) => name).join(", ");
  const note = html`<p class="note">Agreement of networks was not recorded by the version of Retort that trained ${names}.</p>`;
  return section === undefined
    ? html`<section><h2>Agreement of networks</h2>${note}</section>`
    : html`${section}${note}`;
}

/** A value of the training log of each run. */
const logged = (runs: readonly ReportedRun[], read: (record: Step) => number | undefined): Series[] =>
  runs.map(({ history }, colour) => ({
    colour,
    points: history.steps.flatMap((record) => {
      const value = read(record);
      return value === undefined ? [] : [[record.step, value] as const];
    }),
  }));

type Step = ReportedRun["history"]["steps"][number];

/** Names in the log that are no losses. */
const noLosses = new Set(["lr", "loss", "acc", "norm_edit_dis"]);

/** The sum of all losses, and each term. */
export function lossSection(runs: readonly ReportedRun[]): Promise<Html | undefined> {
  const terms = namesIn(runs.flatMap(({ history }) => history.steps.map(({ stats }) => Object.keys(stats))));
  const plots = ["loss", ...terms.filter((name) => !noLosses.has(name))].map(
    (name): Plot => ({
      title: name === "loss" ? "Sum of all terms" : name,
      chart: { series: logged(runs, ({ stats }) => stats[name]), unit: "number", mayBeLogarithmic: true },
    }),
  );
  const intro =
    "Each term with its weight and ramp, as it is in the sum: medians over the smoothing window of the log.";
  return plotSection("Losses", intro, plots);
}

/** Learning rate, and how fast training went. */
export function speedSection(runs: readonly ReportedRun[]): Promise<Html | undefined> {
  return plotSection("Learning rate and throughput", "From the lines of the training log.", [
    { title: "Learning rate", chart: { series: logged(runs, ({ stats }) => stats.lr), unit: "number" } },
    { title: "Images a second", chart: { series: logged(runs, ({ ips }) => ips), unit: "number" } },
    {
      title: "Share of the time that a step waits for its data",
      chart: { series: logged(runs, ({ readerCost, batchCost }) => readerCost / batchCost), unit: "percent" },
    },
  ]);
}
