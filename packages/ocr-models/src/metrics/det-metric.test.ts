import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rectangle } from "../../../../fixtures/rectangle.js";
import type { Point } from "../geometry/polygon.js";
import { DetMetric, type FoundRegion, type LabelledRegion } from "./det-metric.js";

const box = (x: number, y: number, width: number, height: number) => rectangle(x, y, x + width, y + height);

const side = fc.integer({ min: 1, max: 5 });
const points = fc.tuple(fc.nat(5), fc.nat(5), side, side).map((r) => box(...r));
const region = fc.record({ points });
const label = fc.record({ points, ignore: fc.boolean() });
const pictures = fc.array(
  fc.record({ found: fc.array(region, { maxLength: 5 }), wanted: fc.array(label, { maxLength: 5 }) }),
  {
    maxLength: 3,
  },
);

/** The cells of a grid that a box covers. */
function cellsOf([[left, top], , [right, bottom]]: readonly Point[]): Set<string> {
  const cells = new Set<string>();
  for (let x = left; x < right; x++) for (let y = top; y < bottom; y++) cells.add(`${x} ${y}`);
  return cells;
}

const both = (a: Set<string>, b: Set<string>): number => [...a].filter((cell) => b.has(cell)).length;

/** The counts of the protocol, with areas by counting cells. */
function byCells(found: readonly FoundRegion[], wanted: readonly LabelledRegion[]): [number, number, number] {
  const regions = found.map(({ points }) => cellsOf(points));
  const labels = wanted.map(({ points, ignore }) => ({ cells: cellsOf(points), ignore }));
  const counts = regions.map(
    (cells) => !labels.some((other) => other.ignore && 2 * both(cells, other.cells) > cells.size),
  );
  const taken = regions.map(() => false);
  let matched = 0;
  for (const { cells, ignore } of labels) {
    if (ignore) continue;
    for (const [i, region] of regions.entries()) {
      const shared = both(cells, region);
      const union = new Set([...cells, ...region]).size;
      if (!counts[i] || taken[i] || 2 * shared <= union) continue;
      taken[i] = true;
      matched++;
      break;
    }
  }
  return [matched, counts.filter((count) => count).length, labels.filter(({ ignore }) => !ignore).length];
}

const ratio = (a: number, b: number): number => (b === 0 ? 0 : a / b);

test("rectangles are matched as by counting cells", () => {
  fc.assert(
    fc.property(pictures, (list) => {
      const metric = new DetMetric();
      const totals = [0, 0, 0];
      for (const { found, wanted } of list) {
        metric.add([found], [wanted]);
        for (const [i, count] of byCells(found, wanted).entries()) totals[i] += count;
      }
      const [matched, found, wanted] = totals;
      const [precision, recall] = [ratio(matched, found), ratio(matched, wanted)];
      expect(metric.result()).toEqual({ precision, recall, hmean: ratio(2 * precision * recall, precision + recall) });
    }),
    { seed: 1, numRuns: 300 },
  );
});

describe("what counts", () => {
  const square = box(0, 0, 10, 10);
  const of = (found: Point[][], wanted: [Point[], boolean][]): Record<string, number> => {
    const metric = new DetMetric();
    metric.add([found.map((points) => ({ points }))], [wanted.map(([points, ignore]) => ({ points, ignore }))]);
    return metric.result();
  };

  test("a label is matched once: a second region on it is wrong", () => {
    expect(of([square, square], [[square, false]])).toMatchObject({ precision: 0.5, recall: 1 });
  });

  test("half an overlap is too little", () => {
    expect(of([box(0, 0, 5, 10)], [[square, false]])).toMatchObject({ precision: 0, recall: 0, hmean: 0 });
    expect(of([box(0, 0, 6, 10)], [[square, false]])).toMatchObject({ precision: 1, recall: 1, hmean: 1 });
  });

  test("a region that lies mostly in one to ignore is neither right nor wrong", () => {
    expect(of([square], [[box(0, 0, 60, 60), true]])).toEqual({ precision: 0, recall: 0, hmean: 0 });
    const beside = box(100, 0, 10, 10);
    expect(
      of(
        [square, beside],
        [
          [box(0, 0, 60, 60), true],
          [beside, false],
        ],
      ),
    ).toMatchObject({ precision: 1, recall: 1 });
  });

  test("polygons that cross themselves or have no area count on neither side", () => {
    const bowTie: Point[] = [
      [0, 0],
      [10, 10],
      [10, 0],
      [0, 10],
    ];
    const line: Point[] = [
      [0, 0],
      [10, 0],
      [5, 0],
      [5, 0],
    ];
    expect(
      of(
        [bowTie, line, square],
        [
          [bowTie, false],
          [line, true],
          [square, false],
        ],
      ),
    ).toMatchObject({ precision: 1, recall: 1 });
  });

  test("a label padded with its last corner is the same label", () => {
    expect(of([square], [[[...square, square[3], square[3]], false]])).toMatchObject({ hmean: 1 });
  });
});

test("parts and the whole give the same, and reset forgets everything", () => {
  fc.assert(
    fc.property(pictures, (list) => {
      const [whole, parts] = [new DetMetric(), new DetMetric()];
      whole.add(
        list.map(({ found }) => found),
        list.map(({ wanted }) => wanted),
      );
      for (const { found, wanted } of list) parts.add([found], [wanted]);
      expect(parts.result()).toEqual(whole.result());
      whole.addUnusable(1);
      whole.reset();
      expect(whole.result()).toEqual({ precision: 0, recall: 0, hmean: 0 });
    }),
    { seed: 1, numRuns: 20 },
  );
});

test("pictures that could not be used are told", () => {
  const metric = new DetMetric();
  metric.addUnusable(2);
  metric.addUnusable(1);
  expect(metric.result()).toEqual({ precision: 0, recall: 0, hmean: 0, unusable: 3 });
});

test("lists of different length are an error", () => {
  expect(() => new DetMetric().add([[]], [])).toThrow("regions found in 1 pictures, labels of 0");
});
