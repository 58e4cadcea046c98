import { expect, test } from "vitest";
import { type Chart, chartSpec, isLogarithmic } from "./chart.js";
import { colourOf } from "./palette.js";
import { renderChart } from "./render-chart.js";

const chart = (ys: readonly number[], more: Partial<Chart> = {}): Chart => ({
  series: [{ colour: 1, points: ys.map((y, i) => [100 * i, y] as const) }],
  unit: "number",
  ...more,
});

test("only losses that range far, and are above 0, are drawn on a logarithmic scale", () => {
  const may = { mayBeLogarithmic: true };
  expect(isLogarithmic(chart([100, 1], may))).toBe(true);
  expect(isLogarithmic(chart([100, Number.NaN, 1], may))).toBe(true);
  expect(isLogarithmic(chart([100, 1]))).toBe(false);
  expect(isLogarithmic(chart([10, 1], may))).toBe(false);
  expect(isLogarithmic(chart([100, 0], may))).toBe(false);
  expect(isLogarithmic(chart([], may))).toBe(false);
});

test("values that are no numbers are left out of the data", () => {
  const { data } = chartSpec(chart([1, Number.NaN, Number.POSITIVE_INFINITY, 2])) as unknown as {
    data: { values: { x: number; y: number }[] };
  };
  expect(data.values.map(({ x, y }) => [x, y])).toEqual([
    [0, 1],
    [300, 2],
  ]);
});

/** The corners of every line in the colour of a series. */
const linesIn = (svg: string, colour: number): number[][] =>
  [...svg.matchAll(/<path d="([^"]*)" stroke="(#[0-9a-f]{6})"/g)]
    .filter(([, , stroke]) => stroke === colourOf(colour))
    .map(([, path]) => (path.match(/-?\d+(\.\d+)?/g) ?? []).map(Number));

test("a line goes from corner to corner of the plot, with its colour and dashes, and says what it shows", async () => {
  const svg = (await renderChart(chart([0, 1], { unit: "percent" }), 'A "plot" <of> R&D')).text;
  expect(svg).toMatch(/^<svg role="img" aria-label="A &quot;plot&quot; &lt;of> R&amp;D" /);
  // 350 by 175 pixels: 0 % is at the bottom, 100 % at the top.
  expect(linesIn(svg, 1)).toEqual([[0, 175, 350, 0]]);
  expect(svg.match(/ (role|aria-[a-z]+)="/g)).toHaveLength(2);
  const dashed = await renderChart(
    {
      ...chart([0, 1]),
      series: [
        {
          colour: 0,
          dash: 1,
          points: [
            [0, 1],
            [1, 2],
          ],
        },
      ],
    },
    "x",
  );
  expect(dashed.text).toContain('stroke-dasharray="6,3"');
});

test("a logarithmic scale has a line a decade", async () => {
  const { text } = await renderChart(chart([100, 10, 1], { mayBeLogarithmic: true }), "loss");
  expect(linesIn(text, 1)).toEqual([[0, 0, 175, 87.5, 350, 175]]);
  for (const label of [">100<", ">10<", ">1<"]) expect(text).toContain(label);
});

test("a value that never changes lies in the middle", async () => {
  const { text } = await renderChart(chart([0.001, 0.001]), "learning rate");
  expect(linesIn(text, 1)).toEqual([[0, 87.5, 350, 87.5]]);
  expect(text).toContain(">0.0010<");
  expect(linesIn((await renderChart(chart([0, 0]), "nothing")).text, 1)).toEqual([[0, 175, 350, 175]]);
});
