import { Random } from "@retort/tensor/random";
import { describe, expect, test } from "vitest";
import { rectangle } from "../../../../../fixtures/rectangle.js";
import type { Polygon } from "../../geometry/polygon.js";
import { type Area, liesOutside } from "./area.js";
import { chooseCrop } from "./choose-crop.js";

const size = { width: 200, height: 100 };
const whole: Area = { left: 0, top: 0, ...size };
const choice = { leastShare: 0.1, tries: 50 };

const polygons = [rectangle(20, 10, 60, 25), rectangle(90.4, 40, 150.6, 60), rectangle(20, 70, 110, 90)];

const draw = (seed: number, regions: readonly Polygon[] = polygons, more: Partial<typeof choice> = {}): Area =>
  chooseCrop(size, regions, { ...choice, ...more }, new Random(seed));

test("edges lie in gaps between the regions, and at least one region is touched", () => {
  const seen = new Set<string>();
  for (let seed = 0; seed < 200; seed++) {
    const area = draw(seed);
    seen.add(Object.values(area).join());
    expect(area.width).toBeGreaterThanOrEqual(20);
    expect(area.height).toBeGreaterThanOrEqual(10);
    expect(polygons.some((polygon) => !liesOutside(polygon, area))).toBe(true);
    if (JSON.stringify(area) === JSON.stringify(whole)) continue;
    for (const x of [area.left, area.left + area.width]) {
      // Regions are from 20 to 110 and, rounded, from 90 to 151: a cut is left of 20 or right of 150.
      expect(x < 20 || x >= 151).toBe(true);
    }
    for (const y of [area.top, area.top + area.height]) {
      expect(y < 10 || (y >= 25 && y < 40) || (y >= 60 && y < 70) || y >= 90).toBe(true);
    }
  }
  expect(seen.size).toBeGreaterThan(100);
});

test("as in the reference, with several gaps the last one is not drawn from", () => {
  for (let seed = 0; seed < 200; seed++) {
    const area = draw(seed);
    if (JSON.stringify(area) === JSON.stringify(whole)) continue;
    expect(area.top + area.height).toBeLessThan(90);
  }
});

describe("the whole picture is taken", () => {
  test("where regions leave no gap", () => {
    expect(draw(1, [rectangle(-5, 10, 300, 20)])).toEqual(whole);
    expect(draw(1, [rectangle(10, -5, 20, 100)])).toEqual(whole);
  });
  test("where there are no regions", () => {
    expect(draw(1, [])).toEqual(whole);
  });
  test("where no part is large enough", () => {
    expect(draw(1, polygons, { leastShare: 1 })).toEqual(whole);
  });
});

test("a part has a width and a height even where any share will do", () => {
  for (let seed = 0; seed < 300; seed++) {
    const { width, height } = chooseCrop(
      { width: 8, height: 8 },
      [rectangle(3, 3, 4, 4)],
      { leastShare: 0, tries: 5 },
      new Random(seed),
    );
    expect(Math.min(width, height)).toBeGreaterThanOrEqual(1);
  }
});
