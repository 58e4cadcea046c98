import type { SimpleDataSet } from "@retort/ocr-models/data";
import { Reasons } from "./reasons.js";
import { type Counts, countIn } from "./spread.js";

/** What the images of a data set are like. */
export interface ExaminedImages {
  /** How many images were decoded, or tried. */
  readonly examined: number;
  readonly widths: Counts;
  readonly heights: Counts;
  /** Width / height, rounded to hundredths. */
  readonly proportions: Counts;
  readonly unusable: Reasons;
}

/** How many images are decoded side by side. */
const atOnce = 16;

/** Decodes the images of lines: all, or if there are more than `most` so many, evenly spread over them. */
export async function examineImages(
  dataSet: SimpleDataSet,
  lines: readonly number[],
  most: number,
): Promise<ExaminedImages> {
  const [widths, heights, proportions] = [0, 1, 2].map(() => new Map<number, number>());
  const unusable = new Reasons();
  const chosen = spreadOver(lines, most);
  for (let start = 0; start < chosen.length; start += atOnce) {
    const decoded = await Promise.all(chosen.slice(start, start + atOnce).map((line) => dataSet.decode(line)));
    for (const sample of decoded) {
      if ("reason" in sample) {
        unusable.add(sample);
      } else if (sample.picture !== undefined) {
        const { width, height } = sample.picture;
        countIn(widths, width);
        countIn(heights, height);
        countIn(proportions, Math.round((100 * width) / height) / 100);
      }
    }
  }
  return { examined: chosen.length, widths, heights, proportions, unusable };
}

function spreadOver(lines: readonly number[], most: number): readonly number[] {
  if (lines.length <= most) return lines;
  return Array.from({ length: most }, (_, i) => lines[Math.floor((i * lines.length) / most)]);
}
