import { expect, test } from "vitest";
import { table } from "./table.js";

test("columns stand below each other, also of wide characters", () => {
  expect(
    table([
      ["a", "head", "z"],
      ["漢字", "b", ""],
      ["c", "", "1"],
    ]).split("\n"),
  ).toEqual(["a     head  z", "漢字  b", "c           1"]);
});
