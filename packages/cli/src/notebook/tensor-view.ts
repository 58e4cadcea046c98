import { createCanvas } from "@napi-rs/canvas";
import type { Variable } from "@retort/autograd";
import { formatShape, type Tensor } from "@retort/tensor";
import { type Html, html } from "../report/html.js";

/** More rows or columns than this are drawn as a map of colours instead of numbers. */
const most = 12;
/** A map is at most so many pixels wide or high, as far as its cells allow. */
const mapSize = 480;

/** Rows, columns and values of the last two axes; of further axes the first entry is taken. */
interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: readonly number[];
}

function matrixOf(tensor: Tensor): Matrix {
  const columns = tensor.shape.at(-1) ?? 1;
  const rows = tensor.shape.at(-2) ?? 1;
  return { rows, columns, values: Array.from(tensor.dataSync().subarray(0, rows * columns), Number) };
}

/**
 * A tensor, or the value of a variable, as HTML: its type and shape, and its numbers in a table or, where there are more
 * than 12 in a row or column, its values as colours from the least (dark) to the greatest (light). Of more than two axes the
 * first matrix is shown.
 * @throws ReleasedError when it was released @throws DeviceError when its device gives no data at once
 */
export function tensorView(x: Tensor | Variable): Html {
  const tensor = "value" in x ? x.value : x;
  const matrix = matrixOf(tensor);
  const part = tensor.rank > 2 ? `, ${"0, ".repeat(tensor.rank - 2)}: shown` : "";
  const head = html`<div><code>${tensor.dtype} ${formatShape(tensor.shape)}</code>${part}</div>`;
  const few = matrix.rows <= most && matrix.columns <= most;
  return html`<div>${head}${few ? table(matrix) : map(matrix)}</div>`;
}

function table({ rows, columns, values }: Matrix): Html {
  const cell = (value: number): Html =>
    html`<td>${Number.isFinite(value) ? Number(value.toPrecision(5)) : String(value)}</td>`;
  const lines = Array.from({ length: rows }, (_, row) => {
    return html`<tr>${values.slice(row * columns, (row + 1) * columns).map(cell)}</tr>`;
  });
  return html`<table>${lines}</table>`;
}

function map({ rows, columns, values }: Matrix): Html {
  const finite = values.filter(Number.isFinite);
  const [least, greatest] = [Math.min(...finite), Math.max(...finite)];
  const cell = Math.max(1, Math.min(16, Math.floor(mapSize / Math.max(rows, columns))));
  const canvas = createCanvas(columns * cell, rows * cell);
  const context = canvas.getContext("2d");
  values.forEach((value, i) => {
    context.fillStyle = colourOf(greatest > least ? (value - least) / (greatest - least) : 0);
    context.fillRect((i % columns) * cell, Math.floor(i / columns) * cell, cell, cell);
  });
  const range = `${Number(least.toPrecision(3))} to ${Number(greatest.toPrecision(3))}`;
  return html`<img src="${canvas.toDataURL("image/png")}" alt="${rows} rows of ${columns} values, ${range}"><div>${range}</div>`;
}

/** From dark blue over green to yellow; grey for what is no number. */
function colourOf(share: number): string {
  if (!Number.isFinite(share)) return "#888";
  return `hsl(${Math.round(250 - 195 * share)} 75% ${Math.round(18 + 52 * share)}%)`;
}
