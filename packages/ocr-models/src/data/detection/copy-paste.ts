import type { Random } from "@retort/tensor/random";
import type { Point, Polygon } from "../../geometry/polygon.js";
import { loadOpenCv } from "../opencv.js";
import { checkOptions, type Options, oneOf, probability } from "../options.js";
import { type BytePicture, channels } from "../picture.js";
import { pixelsOf, regionsOf, type Transform } from "../sample.js";
import { liesOutside, spanOf } from "./area.js";
import { cropRegion } from "./crop-region.js";
import { moveCorners, type Region } from "./region.js";
import { rotatePicture, type TurnedPicture } from "./rotate-picture.js";

const name = "CopyPaste";

/** The most regions that are copied. */
const mostCopied = 30;

/** How often a place is drawn for a copy. */
const mostTries = 50;

/**
 * `CopyPaste`: copies regions of another picture into this one, each turned by a whole number of degrees drawn anew. It
 * takes `objects_paste_ratio` (0.2) of the other's regions, one at least and 30 at most, among those of four corners
 * that are not to be ignored. With `limit_paste` (true) a copy covers no other region; one that finds no place in 50
 * tries, or is larger than the picture, is left out. Regions are cut at the edges of the picture.
 * Source: copy_paste.py (where a picture with other than four corners is not copied from at all).
 */
export function copyPaste(options: Options): Transform {
  checkOptions(name, options, ["objects_paste_ratio", "limit_paste"]);
  const share = probability(name, options, "objects_paste_ratio", 0.2);
  const limited = oneOf(name, options, "limit_paste", [true, false]);
  return async (sample, { random, further }) => {
    if (further === undefined) throw new Error(`${name} copies from samples: only a data set can give it further ones`);
    const { width, height, data } = pixelsOf(name, sample);
    const other = await further.sample(0);
    if (other === undefined) return sample;
    const { cv } = await loadOpenCv();
    const picture = { data: data.slice(), width, height };
    const regions = [...regionsOf(name, sample)];
    for (const region of chosenRegions(regionsOf(name, other), share, random)) {
      const crop = cropRegion(cv, pixelsOf(name, other), region.points);
      if (crop === undefined) continue;
      const degrees = random.integer(360);
      const turned = rotatePicture(crop, degrees);
      const corners = turnedCorners(crop, degrees);
      const place = choosePlace(picture, turned, corners, limited ? regions : [], random);
      if (place === undefined) continue;
      coverWith(picture, turned, place);
      regions.push(...moveCorners([{ ...region, points: corners }], ([x, y]) => [x + place[0], y + place[1]]));
    }
    const held = (value: number, limit: number): number => Math.min(Math.max(value, 0), limit);
    return {
      ...sample,
      picture,
      regions: moveCorners(regions, ([x, y]) => [held(x, width), held(y, height)]),
    };
  };
}

function chosenRegions(all: readonly Region[], share: number, random: Random): Region[] {
  const count = Math.max(1, Math.min(Math.trunc(share * all.length), mostCopied));
  const candidates = all.filter(({ points, ignore }) => !ignore && points.length === 4);
  return random.shuffle(candidates).slice(0, count);
}

/** Where the corners of a picture lie once it is turned, from the upper left corner of what has room for it, in float32. */
function turnedCorners({ width, height }: BytePicture, degrees: number): Polygon {
  const angle = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const middleX = (Math.abs(cos) * width + Math.abs(sin) * height) / 2;
  const middleY = (Math.abs(sin) * width + Math.abs(cos) * height) / 2;
  const turn = (x: number, y: number): Point => [
    Math.fround(middleX + cos * x + sin * y),
    Math.fround(middleY - sin * x + cos * y),
  ];
  const [right, bottom] = [width / 2, height / 2];
  return [turn(-right, -bottom), turn(right, -bottom), turn(right, bottom), turn(-right, bottom)];
}

/** Where the upper left corner of a copy comes to lie so that the box around it touches no region; undefined if nowhere. */
function choosePlace(
  picture: BytePicture,
  turned: BytePicture,
  corners: Polygon,
  regions: readonly Region[],
  random: Random,
): Point | undefined {
  const [roomX, roomY] = [picture.width - turned.width, picture.height - turned.height];
  if (roomX < 0 || roomY < 0) return undefined;
  const [[left, right], [top, bottom]] = [spanOf(corners, 0), spanOf(corners, 1)];
  for (let i = 0; i < mostTries; i++) {
    const [x, y] = [random.integer(roomX + 1), random.integer(roomY + 1)];
    const area = { left: left + x, top: top + y, width: right - left, height: bottom - top };
    if (regions.every(({ points }) => liesOutside(points, area))) return [x, y];
  }
  return undefined;
}

/** Writes what a turned picture covers into another one, in place. */
function coverWith(target: BytePicture, { data, width, height, covers }: TurnedPicture, [left, top]: Point): void {
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = y * width + x;
      if (covers[from] === 0) continue;
      const to = ((top + y) * target.width + left + x) * channels;
      target.data.set(data.subarray(from * channels, (from + 1) * channels), to);
    }
  }
}
