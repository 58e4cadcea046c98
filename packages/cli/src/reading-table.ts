import { displayWidth, padDisplay } from "./terminal.js";

/** One image's readings. */
export interface ReadingRow {
  readonly image: string;
  /** What stands in the image, where known. */
  readonly target?: string;
  /** By sub-network. */
  readonly readings: Readonly<Record<string, { readonly text: string; readonly confidence: number }>>;
}

/** A table of images, what they say, and what each network reads, with its confidence and whether it is right. */
export function readingTable(rows: readonly ReadingRow[]): string {
  const networks = [...new Set(rows.flatMap((row) => Object.keys(row.readings)))];
  const labelled = rows.some((row) => row.target !== undefined);
  const head = ["image", ...(labelled ? ["target"] : []), ...networks];
  const body = rows.map((row) => [
    row.image,
    ...(labelled ? [row.target ?? ""] : []),
    ...networks.map((network) => cell(row, network)),
  ]);
  const widths = head.map((_, i) => Math.max(...[head, ...body].map((cells) => displayWidth(cells[i]))));
  const line = (cells: readonly string[]): string =>
    cells
      .map((text, i) => padDisplay(text, widths[i]))
      .join("  ")
      .trimEnd();
  return [head, ...body].map(line).join("\n");
}

function cell({ target, readings }: ReadingRow, network: string): string {
  const reading = readings[network];
  if (!reading) return "";
  const mark = target === undefined ? "" : reading.text === target ? "✓ " : "✗ ";
  return `${mark}${reading.text === "" ? "(nothing)" : reading.text} ${reading.confidence.toFixed(2)}`;
}
