import { table } from "./table.js";

/** What a network reads, and how sure it is. */
interface ShownReading {
  readonly text: string;
  readonly confidence: number;
}

/** One image's readings. */
export interface ReadingRow {
  readonly image: string;
  /** What stands in the image, where known. */
  readonly target?: string;
  /** By sub-network. */
  readonly readings: Readonly<Record<string, ShownReading>>;
}

/** A table of images, what they say, and what each network reads, with its confidence and whether it is right. */
export function readingTable(rows: readonly ReadingRow[]): string {
  const networks = [...new Set(rows.flatMap((row) => Object.keys(row.readings)))];
  const labelled = rows.some((row) => row.target !== undefined);
  const head = ["image", ...(labelled ? ["target"] : []), ...networks];
  const body = rows.map(({ image, target, readings }) => [
    image,
    ...(labelled ? [target ?? ""] : []),
    ...networks.map((network) => readingCell(readings[network], target)),
  ]);
  return table([head, ...body]);
}

/** `✓ 123 0.99`: a reading with its confidence and, where it is known what stands there, whether it is right. */
export function readingCell(reading: ShownReading | undefined, target?: string): string {
  if (!reading) return "";
  const mark = target === undefined ? "" : reading.text === target ? "✓ " : "✗ ";
  return `${mark}${reading.text === "" ? "(nothing)" : reading.text} ${reading.confidence.toFixed(2)}`;
}
