import type { TopLevelSpec } from "vega-lite";
import { colourOf, plotColours } from "./palette.js";

/** A line in a chart. */
export interface Series {
  /** Which colour it has. */
  readonly colour: number;
  /** Which dashes it has; 0 is a whole line. */
  readonly dash?: number;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** Lines over the steps of a training. */
export interface Chart {
  readonly series: readonly Series[];
  /** How values are written: as percentages, which range from 0 to 1, or as numbers. */
  readonly unit: "percent" | "number";
  /** Whether values that range far are drawn on a logarithmic scale. */
  readonly mayBeLogarithmic?: boolean;
  /** Whether each value is a point of its own. */
  readonly points?: boolean;
}

/** Dashes of lines, the whole one first. */
export const dashes: readonly (readonly number[])[] = [
  [1, 0],
  [6, 3],
  [2, 2],
  [8, 2, 2, 2],
];

/** Values that range over more than this factor are drawn on a logarithmic scale. */
const logarithmicFrom = 30;

const fonts = 'system-ui, -apple-system, "Segoe UI", sans-serif';

const config: TopLevelSpec["config"] = {
  background: "transparent",
  font: fonts,
  view: { stroke: null },
  axis: {
    labelColor: plotColours.text.light,
    titleColor: plotColours.text.light,
    labelFontSize: 12.5,
    titleFontSize: 12.5,
    titleFontWeight: "normal",
    domainColor: plotColours.axis.light,
    tickColor: plotColours.axis.light,
    gridColor: plotColours.grid.light,
    labelPadding: 5,
    aria: false,
  },
};

/** The least and the greatest of a chart's values that are numbers. */
function rangeOf({ series }: Chart): [least: number, most: number] {
  const values = series.flatMap(({ points }) => points.map(([, y]) => y)).filter(Number.isFinite);
  return [
    values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
  ];
}

/** Whether a chart's values, all above 0, range so far that only a logarithmic scale shows the small ones. */
export function isLogarithmic(chart: Chart): boolean {
  const [least, most] = rangeOf(chart);
  return chart.mayBeLogarithmic === true && least > 0 && most / least > logarithmicFrom;
}

/** The scale of a chart's values, and its axis. */
function vertical(chart: Chart): { scale: object; axis: object } {
  if (chart.unit === "percent") return { scale: { domain: [0, 1] }, axis: { tickCount: 5, format: ".0%" } };
  const [least, most] = rangeOf(chart);
  if (!isLogarithmic(chart)) {
    const ends = least === most ? { domain: [Math.min(0, 2 * least), Math.max(0, 2 * most) || 1] } : { zero: false };
    return { scale: { ...ends, nice: true }, axis: { tickCount: 5 } };
  }
  const [first, last] = [Math.floor(Math.log10(least)), Math.ceil(Math.log10(most))];
  const every = Math.ceil((last - first) / 5);
  const powers = Array.from({ length: last - first + 1 }, (_, i) => 10 ** (first + i));
  const axis = { values: powers.filter((_, i) => i % every === 0), format: "~g" };
  return { scale: { type: "log", domain: [10 ** first, 10 ** last] }, axis };
}

/** A chart as a specification of Vega-Lite. Values that are no numbers are gaps. */
export function chartSpec(chart: Chart): TopLevelSpec {
  const { series, points = false } = chart;
  const values = series.flatMap(({ points, colour, dash = 0 }, line) =>
    points.filter(([, y]) => Number.isFinite(y)).map(([x, y]) => ({ x, y, line, colour: colourOf(colour), dash })),
  );
  const last = values.reduce((most, { x }) => Math.max(most, x), 1);
  const { scale, axis } = vertical(chart);
  return {
    width: 350,
    height: 175,
    padding: 4,
    autosize: { type: "pad" },
    data: { values },
    config,
    mark: {
      type: "line",
      strokeWidth: 2,
      strokeJoin: "round",
      aria: false,
      point: points ? { size: 28, aria: false } : false,
    },
    encoding: {
      x: {
        field: "x",
        type: "quantitative",
        scale: { domain: [0, last], nice: false },
        axis: { title: "step", grid: false, tickCount: 5, labelExpr: "format(datum.value, '~s')" },
      },
      y: {
        field: "y",
        type: "quantitative",
        scale,
        axis: { title: null, domain: false, ticks: false, ...axis },
      },
      color: { field: "colour", type: "nominal", scale: null, legend: null },
      strokeDash: {
        field: "dash",
        type: "ordinal",
        legend: null,
        scale: { domain: [0, 1, 2, 3], range: dashes as number[][] },
      },
      detail: { field: "line", type: "nominal" },
    },
  };
}
