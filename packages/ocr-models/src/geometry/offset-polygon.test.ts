import fc from "fast-check";
import { expect, test } from "vitest";
import { rectangle } from "../../../../fixtures/rectangle.js";
import { offsetPolygon } from "./offset-polygon.js";
import { type Polygon, polygonArea } from "./polygon.js";

const box = (x: number, y: number, width: number, height: number) => rectangle(x, y, x + width, y + height);

test("a grown box gains its edges and a circle's worth of corners", () => {
  const sizes = fc.tuple(fc.integer({ min: 5, max: 200 }), fc.integer({ min: 5, max: 200 }));
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 60 }), ([width, height], distance) => {
      const [grown, ...others] = offsetPolygon(box(-20, 30, width, height), distance);
      expect(others).toEqual([]);
      const exact = width * height + 2 * distance * (width + height) + Math.PI * distance ** 2;
      // Corners are integers and arcs are chords: less than a pixel along the arcs.
      expect(Math.abs(polygonArea(grown) - exact)).toBeLessThan(2 * Math.PI * distance + 1);
      const [xs, ys] = [0, 1].map((axis) => grown.map((point) => point[axis]));
      expect([Math.min(...xs), Math.max(...xs)]).toEqual([-20 - distance, -20 + width + distance]);
      expect([Math.min(...ys), Math.max(...ys)]).toEqual([30 - distance, 30 + height + distance]);
    }),
    { seed: 1 },
  );
});

test("a shrunk box is the smaller box, and nothing is left of one that is too thin", () => {
  const [shrunk] = offsetPolygon(box(0, 0, 20, 10), -3);
  expect([...shrunk].sort(([ax, ay], [bx, by]) => ax - bx || ay - by)).toEqual([
    [3, 3],
    [3, 7],
    [17, 3],
    [17, 7],
  ]);
  expect(offsetPolygon(box(0, 0, 20, 10), -5)).toEqual([]);
});

test("a waist that is too thin cuts a polygon in two", () => {
  const dumbbell: Polygon = [
    [0, 0],
    [20, 0],
    [20, 9],
    [40, 9],
    [40, 0],
    [60, 0],
    [60, 20],
    [40, 20],
    [40, 11],
    [20, 11],
    [20, 20],
    [0, 20],
  ];
  expect(offsetPolygon(dumbbell, -2)).toHaveLength(2);
});

test("corners are cut to integers before", () => {
  const cut = offsetPolygon(box(0, 0, 20, 10), 4);
  expect(offsetPolygon(box(0.75, 0.5, 20.2, 10.49), 4)).toEqual(cut);
});

// By pyclipper 1.4.0. Below two pixels an arc has fewer steps than its tolerance asks for.
const recorded: [corners: number[], distance: number, grown: number[]][] = [
  [
    [844, 424, 733, 381, 738, 368, 849, 410],
    1.9220305402228162,
    [850, 408, 851, 411, 846, 425, 844, 426, 843, 426, 732, 383, 731, 381, 731, 380, 736, 367, 738, 366, 739, 366],
  ],
  [
    [803, 796, 804, 793, 971, 809, 971, 812],
    1.5897983290832367,
    [971, 807, 973, 809, 973, 812, 971, 814, 803, 798, 801, 795, 802, 792, 804, 791],
  ],
];

test.each(recorded)("%j grown by %f has pyclipper's corners", (corners, distance, grown) => {
  const pointsOf = (list: readonly number[]): [number, number][] =>
    Array.from({ length: list.length / 2 }, (_, i) => [list[2 * i], list[2 * i + 1]]);
  expect(offsetPolygon(pointsOf(corners), distance)).toEqual([pointsOf(grown)]);
});
