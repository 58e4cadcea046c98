import { type Chart, chartSpec } from "./chart.js";
import { Html } from "./html.js";

/** Roles and labels of single marks, which a reader of the page's text would hear one by one. */
const ofMarks = / (?:role|aria-[a-z]+)="[^"]*"/g;

/** Draws a chart as SVG; `label` says in words what it shows. */
export async function renderChart(chart: Chart, label: string): Promise<Html> {
  const [{ compile }, { parse, View }] = await Promise.all([import("vega-lite"), import("vega")]);
  const view = new View(parse(compile(chartSpec(chart)).spec), { renderer: "none" });
  try {
    const svg = (await view.toSVG()).replace(ofMarks, "");
    const escaped = label.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
    return new Html(svg.replace("<svg ", `<svg role="img" aria-label="${escaped}" `));
  } finally {
    view.finalize();
  }
}
