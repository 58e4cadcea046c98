import type { FoundBox } from "@retort/distill";
import { expect, test } from "vitest";
import { boxTable } from "./box-table.js";

const box = (left: number, top: number, more: Partial<FoundBox> = {}): FoundBox => {
  const points: FoundBox["points"] = [
    [left + 2, top],
    [left + 100, top + 3],
    [left + 98, top + 20],
    [left, top + 17],
  ];
  return { points, score: 0.876, ...more };
};

test("a box is a line; of one network its name is left out, as is what nobody has read", () => {
  const images = [
    { image: "a.png", boxes: { Student: [box(10, 5), box(7, 40)] } },
    { image: "empty.png", boxes: { Student: [] } },
  ];
  expect(boxTable(images).split("\n")).toEqual([
    "image      box          score",
    "a.png      10,5 100x20  0.88",
    "a.png      7,40 100x20  0.88",
    "empty.png  (nothing)",
  ]);
});

test("networks that find, and networks that read", () => {
  const readings = { Student: { text: "漢字", confidence: 0.5 }, Teacher: { text: "", confidence: 0 } };
  const images = [{ image: "a.png", boxes: { Student: [box(10, 5, { readings })], Student2: [] } }];
  expect(boxTable(images).split("\n")).toEqual([
    "image  network   box          score  Student    Teacher",
    "a.png  Student   10,5 100x20  0.88   漢字 0.50  (nothing) 0.00",
    "a.png  Student2  (nothing)",
  ]);
});

test("a recogniser of one network, which has no name, and a box too thin to be read", () => {
  const readings = { "": { text: "12", confidence: 1 } };
  expect(boxTable([{ image: "a.png", boxes: { "": [box(0, 0, { readings }), box(0, 50, { readings: {} })] } }])).toBe(
    "image  box          score  text\na.png  0,0 100x20   0.88   12 1.00\na.png  0,50 100x20  0.88",
  );
});
