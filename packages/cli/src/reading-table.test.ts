import { expect, test } from "vitest";
import { readingTable } from "./reading-table.js";

test("targets and readings stand side by side", () => {
  const table = readingTable([
    { image: "a.png", target: "123", readings: { Student: { text: "123", confidence: 0.987 } } },
    { image: "long.png", target: "漢字", readings: { Student: { text: "", confidence: 0 } } },
    {
      image: "c.png",
      target: "7",
      readings: { Student: { text: "1", confidence: 0.5 }, Teacher: { text: "7", confidence: 1 } },
    },
  ]);
  expect(table.split("\n")).toEqual([
    "image     target  Student           Teacher",
    "a.png     123     ✓ 123 0.99",
    "long.png  漢字    ✗ (nothing) 0.00",
    "c.png     7       ✗ 1 0.50          ✓ 7 1.00",
  ]);
});

test("without targets there is no verdict", () => {
  expect(readingTable([{ image: "x", readings: { reading: { text: "a", confidence: 1 } } }])).toBe(
    "image  reading\nx      a 1.00",
  );
});
