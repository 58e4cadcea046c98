import { beforeAll, expect, test } from "vitest";
import { rectangle } from "../../../../fixtures/rectangle.js";
import { loadOpenCv, type OpenCv } from "../data/opencv.js";
import { DbPostProcess, type DbPostProcessOptions, type DetectedBox } from "./db-post-process.js";

let cv: OpenCv;
beforeAll(async () => {
  ({ cv } = await loadOpenCv());
});

const [height, width] = [80, 120];

/** A map that is `inside` where `holds` says so, and 0.1 elsewhere. */
function mapOf(holds: (x: number, y: number) => boolean, inside = 0.9): Float32Array {
  return Float32Array.from({ length: height * width }, (_, i) =>
    holds(i % width, Math.floor(i / width)) ? inside : 0.1,
  );
}

const inRectangle =
  (left: number, top: number, right: number, bottom: number) =>
  (x: number, y: number): boolean =>
    x >= left && x <= right && y >= top && y <= bottom;

function boxesIn(
  map: Float32Array,
  options: DbPostProcessOptions = {},
  size = [height, width] as const,
): DetectedBox[] {
  return new DbPostProcess(cv, options).decode(map, [1, 1, height, width], [size])[0];
}

test("a rectangle comes back grown by its area over its length, with the mean probability within", () => {
  const map = mapOf(inRectangle(30, 20, 89, 39));
  const [box, ...others] = boxesIn(map, { unclipRatio: 1.5 });
  expect(others).toEqual([]);
  const distance = Math.round((59 * 19 * 1.5) / (2 * (59 + 19)));
  const [left, top, right, bottom] = [30 - distance, 20 - distance, 89 + distance, 39 + distance];
  expect(box.points).toEqual(rectangle(left, top, right, bottom));
  expect(box.score).toBeCloseTo(0.9, 6);
});

test("corners are those of the source picture, and stay in it", () => {
  const map = mapOf(inRectangle(2, 2, 61, 31));
  const [half] = boxesIn(map, {}, [160, 60]);
  const [same] = boxesIn(map);
  expect(same.points[0]).toEqual([0, 0]);
  for (const [i, [x, y]] of half.points.entries()) {
    expect(Math.abs(x - same.points[i][0] / 2)).toBeLessThanOrEqual(0.5);
    expect(Math.abs(y - 2 * same.points[i][1])).toBeLessThanOrEqual(1);
  }
});

test("what is too thin, too small or too unlikely is dropped", () => {
  expect(boxesIn(mapOf(inRectangle(10, 10, 60, 11)))).toEqual([]);
  expect(boxesIn(mapOf(inRectangle(10, 10, 60, 30), 0.65))).toEqual([]);
  expect(boxesIn(mapOf(inRectangle(10, 10, 60, 30), 0.65), { boxThresh: 0.6 })).toHaveLength(1);
  expect(boxesIn(mapOf(inRectangle(10, 10, 60, 30), 0.25), { boxThresh: 0 })).toEqual([]);
  expect(boxesIn(mapOf(() => false))).toEqual([]);
});

test("a threshold counts as float32: a probability that equals it is no text", () => {
  const map = mapOf(inRectangle(10, 10, 60, 30), Math.fround(0.3));
  expect(boxesIn(map, { boxThresh: 0 })).toEqual([]);
});

const bent = (x: number, y: number): boolean => inRectangle(20, 20, 79, 31)(x, y) || inRectangle(20, 20, 31, 59)(x, y);

test("of a bent area the slow score averages its own pixels, the fast one those of its box", () => {
  expect(boxesIn(mapOf(bent))).toEqual([]);
  const [slow] = boxesIn(mapOf(bent), { scoreMode: "slow" });
  expect(slow.score).toBeCloseTo(0.9, 6);
  const [fast] = boxesIn(mapOf(bent), { boxThresh: 0.2 });
  expect(fast.points).toEqual(slow.points);
  expect(fast.score).toBeLessThan(0.7);
});

test("a polygon follows a bent area", () => {
  const options: DbPostProcessOptions = { boxType: "poly", unclipRatio: 1.5, boxThresh: 0.4 };
  const found = boxesIn(mapOf(bent), options, [200, 90]);
  // By OpenCV 4.10, pyclipper 1.4.0, NumPy 2.4 and shapely 2.2.
  const corners = [62, 35, 64, 40, 64, 50, 64, 78, 64, 88, 62, 92, 59, 95, 28, 95, 28, 148, 28, 158, 26, 162, 23, 165];
  corners.push(15, 165, 12, 162, 10, 158, 10, 148, 10, 50, 10, 40, 12, 35, 15, 32, 59, 32);
  expect(found.map(({ points }) => points.flat())).toEqual([corners]);
  expect(found[0].score).toBeCloseTo(0.8999999761581421, 12);
  const [quad] = boxesIn(mapOf(bent), { ...options, boxType: "quad" }, [200, 90]);
  expect(quad.points.flat()).toEqual([2, 5, 73, 5, 73, 192, 2, 192]);
  expect(quad.score).toBeCloseTo(0.4519999903440476, 12);
});

test("dilation makes one of two that are a pixel apart", () => {
  const two = (x: number, y: number): boolean => inRectangle(20, 20, 49, 39)(x, y) || inRectangle(51, 20, 89, 39)(x, y);
  expect(boxesIn(mapOf(two))).toHaveLength(2);
  expect(boxesIn(mapOf(two), { useDilation: true })).toHaveLength(1);
});

test("only so many outlines are looked at", () => {
  const two = (x: number, y: number): boolean => inRectangle(20, 20, 49, 39)(x, y) || inRectangle(60, 20, 89, 39)(x, y);
  const all = boxesIn(mapOf(two));
  expect(all).toHaveLength(2);
  expect(boxesIn(mapOf(two), { maxCandidates: 1 })).toEqual(all.slice(0, 1));
});

test("of several channels the first is read, and each picture has its own boxes", () => {
  const [text, nothing] = [mapOf(inRectangle(30, 20, 89, 39)), mapOf(() => false)];
  const maps = new Float32Array([...nothing, ...text, ...text, ...nothing]);
  const sizes = [
    [height, width],
    [height, width],
  ] as const;
  const found = new DbPostProcess(cv).decode(maps, [2, 2, height, width], sizes);
  expect(found.map((boxes) => boxes.length)).toEqual([0, 1]);
});

test("sizes and values that do not fit are errors", () => {
  const postProcess = new DbPostProcess(cv);
  expect(() => postProcess.decode(new Float32Array(5), [1, 1, 2, 3], [[2, 3]])).toThrow("needs 6 values, got 5");
  expect(() => postProcess.decode(new Float32Array(6), [1, 1, 2, 3], [])).toThrow("0 sizes for 1 pictures");
});
