import type { Random } from "@retort/tensor/random";
import type { Polygon } from "../../geometry/polygon.js";
import { roundHalfToEven } from "../round.js";
import { type Area, liesOutside, spanOf } from "./area.js";

/** How a part of a picture is chosen. */
export interface CropChoice {
  /** The least share of the picture's width, and of its height, that the part has. */
  readonly leastShare: number;
  /** How often a part is drawn before the whole picture is taken. */
  readonly tries: number;
}

/** Where a picture may be cut along one axis without cutting a region. */
interface Cuts {
  readonly all: readonly number[];
  /** The runs of neighbouring ones. As in the reference, the last one is left out. */
  readonly runs: readonly (readonly number[])[];
}

/**
 * Draws a part of a picture whose edges cut no region, and that holds one at least partly: cuts are drawn in two gaps
 * between the regions. The whole picture where none is found.
 * Source: the "random crop" of EAST (Zhou et al. 2017); random_crop_data.py.
 */
export function chooseCrop(
  { width, height }: { readonly width: number; readonly height: number },
  polygons: readonly Polygon[],
  { leastShare, tries }: CropChoice,
  random: Random,
): Area {
  const whole = { left: 0, top: 0, width, height };
  const columns = cutsOf(width, polygons, 0);
  const rows = cutsOf(height, polygons, 1);
  if (columns.all.length === 0 || rows.all.length === 0) return whole;
  for (let i = 0; i < tries; i++) {
    const [left, right] = drawTwo(columns, random);
    const [top, bottom] = drawTwo(rows, random);
    const area = { left, top, width: right - left, height: bottom - top };
    if (area.width < Math.max(1, leastShare * width) || area.height < Math.max(1, leastShare * height)) continue;
    if (polygons.some((polygon) => !liesOutside(polygon, area))) return area;
  }
  return whole;
}

function cutsOf(length: number, polygons: readonly Polygon[], axis: 0 | 1): Cuts {
  const taken = new Uint8Array(length);
  for (const polygon of polygons) {
    const [from, to] = spanOf(polygon, axis).map((end) => Math.max(0, roundHalfToEven(end)));
    taken.fill(1, from, to);
  }
  const all = Array.from(taken.keys()).filter((i) => taken[i] === 0);
  const runs: number[][] = [];
  let start = 0;
  for (let i = 1; i < all.length; i++) {
    if (all[i] === all[i - 1] + 1) continue;
    runs.push(all.slice(start, i));
    start = i;
  }
  return { all, runs };
}

/** Two cuts, the smaller first, in runs drawn first where there are several. */
function drawTwo({ all, runs }: Cuts, random: Random): [number, number] {
  const pick = <T>(from: readonly T[]): T => from[random.integer(from.length)];
  const [first, second] = runs.length > 1 ? [pick(runs), pick(runs)] : [all, all];
  const [a, b] = [pick(first), pick(second)];
  return a < b ? [a, b] : [b, a];
}
