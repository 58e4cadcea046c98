import { miniBox, type Polygon } from "@retort/ocr-models";
import { loadOpenCv, Rejection, readRegions, type SimpleDataSet } from "@retort/ocr-models/data";
import { type Counts, countIn } from "./spread.js";

/** What the labels of detection in a data set hold, found without opening images. */
export interface ExaminedRegions {
  readonly count: number;
  /** How many of them nobody has to find, since their text cannot be read. */
  readonly ignored: number;
  /** Regions to find, in each line whose label can be read. */
  readonly perLine: Counts;
  /** Of regions to find: sides of the smallest rectangle around each in pixels, rounded, and its corners. */
  readonly longer: Counts;
  readonly shorter: Counts;
  readonly corners: Counts;
}

/** Looks at the regions of every line; labels that cannot be read are reported elsewhere. Runs in Node. */
export async function examineRegions(dataSet: SimpleDataSet): Promise<ExaminedRegions> {
  const { cv } = await loadOpenCv();
  const [perLine, longer, shorter, corners] = [0, 1, 2, 3].map(() => new Map<number, number>());
  let [count, ignored] = [0, 0];
  for (let line = 0; line < dataSet.size; line++) {
    const regions = readRegions(dataSet.line(line).label);
    if (regions instanceof Rejection) continue;
    const wanted = regions.filter(({ ignore }) => !ignore);
    count += regions.length;
    ignored += regions.length - wanted.length;
    countIn(perLine, wanted.length);
    for (const { points } of wanted) {
      const sides = sidesOf(miniBox(cv, points).corners);
      countIn(longer, Math.max(...sides));
      countIn(shorter, Math.min(...sides));
      countIn(corners, points.length);
    }
  }
  return { count, ignored, perLine, longer, shorter, corners };
}

/** Lengths of two adjacent sides of a rectangle, in whole pixels. */
function sidesOf([a, b, c]: Polygon): number[] {
  return [
    [a, b],
    [b, c],
  ].map(([[ax, ay], [bx, by]]) => Math.round(Math.hypot(bx - ax, by - ay)));
}
