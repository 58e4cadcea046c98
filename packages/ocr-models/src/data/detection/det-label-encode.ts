import type { Point } from "../../geometry/polygon.js";
import { checkOptions, type Options } from "../options.js";
import { Rejection, type Transform } from "../sample.js";
import type { Region } from "./region.js";

/** Texts that stand for one that cannot be read. */
const unreadable: readonly string[] = ["*", "###"];

/** The fewest corners that a region may have. */
const fewestCorners = 4;

/**
 * `DetLabelEncode`: reads a label of detection, a JSON list of `{ "transcription": text, "points": [[x, y], ...] }` with
 * four corners or more each; other keys are left alone. The texts "*" and "###" mark what nobody has to find.
 * Coordinates are rounded to float32. Gives `polys` and `ignore_tags`. Rejects a label that is no such list, or is empty.
 */
export function detLabelEncode(options: Options): Transform {
  checkOptions("DetLabelEncode", options, []);
  return (sample) => {
    const regions = readRegions(sample.label);
    return regions instanceof Rejection ? regions : { ...sample, regions };
  };
}

/** The regions of a label of detection (see `detLabelEncode`), or why it cannot be used. */
export function readRegions(label: string): Region[] | Rejection {
  let list: unknown;
  try {
    list = JSON.parse(label);
  } catch (error) {
    return new Rejection("label is no JSON", `${(error as Error).message} in ${shown(label)}`);
  }
  if (!Array.isArray(list)) {
    return new Rejection(
      "label is no list of regions",
      `expected [{"transcription": ...}, ...], found ${shown(label)}`,
    );
  }
  if (list.length === 0) return new Rejection("label without regions", "the list is empty");
  const regions: Region[] = [];
  for (const [i, entry] of list.entries()) {
    const region = readRegion(entry, `region ${i + 1} of ${list.length}`);
    if (region instanceof Rejection) return region;
    regions.push(region);
  }
  return regions;
}

function readRegion(entry: unknown, where: string): Region | Rejection {
  const { transcription: text, points } = (entry ?? {}) as Record<string, unknown>;
  if (typeof text !== "string") {
    return new Rejection("region without a text", `${where}: expected "transcription": text, found ${shown(entry)}`);
  }
  if (!Array.isArray(points) || !points.every(isPoint)) {
    return new Rejection(
      "region without corners",
      `${where}: expected "points": [[x, y], ...] of numbers, found ${shown(points)}`,
    );
  }
  if (points.length < fewestCorners) {
    return new Rejection(
      `region with fewer than ${fewestCorners} corners`,
      `${where}: expected ${fewestCorners} points or more, found ${shown(points)}`,
    );
  }
  const rounded = points.map(([x, y]): Point => [Math.fround(x), Math.fround(y)]);
  return { points: rounded, text, ignore: unreadable.includes(text) };
}

function isPoint(value: unknown): value is [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every((axis) => Number.isFinite(axis));
}

function shown(value: unknown): string {
  const text = (typeof value === "string" ? value : JSON.stringify(value)) ?? "nothing";
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}
