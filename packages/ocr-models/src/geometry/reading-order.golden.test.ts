import { expect, test } from "vitest";
import { golden, goldenSuite } from "../../../../fixtures/goldens.js";
import type { Point, Polygon } from "./polygon.js";
import { inReadingOrder } from "./reading-order.js";

const boxAt = (text: string, x: number, y: number): { text: string; points: Polygon } => {
  const corners: Polygon = [
    [x, y],
    [x + 20, y],
    [x + 20, y + 8],
    [x, y + 8],
  ];
  return { text, points: corners };
};

test("rows come from top to bottom, what stands in one from left to right", () => {
  const boxes = [boxAt("d", 5, 40), boxAt("b", 60, 9), boxAt("e", 50, 45), boxAt("a", 10, 14), boxAt("c", 90, 12)];
  expect(inReadingOrder(boxes).map(({ text }) => text)).toEqual(["a", "b", "c", "d", "e"]);
  expect(inReadingOrder([])).toEqual([]);
});

test("ten pixels lower is the next row", () => {
  const order = (lower: number): string[] =>
    inReadingOrder([boxAt("right", 50, 0), boxAt("left", 0, lower)]).map(({ text }) => text);
  expect(order(9)).toEqual(["left", "right"]);
  expect(order(10)).toEqual(["right", "left"]);
});

// Made by fixtures/make-detection.py.
goldenSuite("reading order", () => {
  golden(
    "detection-reading.safetensors",
    (g) => {
      const { orders } = g.case as { orders: { boxes: Point[][]; sorted: Point[][] }[] };
      expect(orders.length).toBeGreaterThan(0);
      for (const { boxes, sorted } of orders) {
        expect(inReadingOrder(boxes.map((points) => ({ points }))).map(({ points }) => points)).toEqual(sorted);
      }
    },
    { unused: /./ },
  );
});
