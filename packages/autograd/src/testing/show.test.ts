import { tensor } from "@retort/tensor";
import { expect, test } from "vitest";
import { toStridedTensor } from "./grid.js";
import { gridOf } from "./index.js";
import { shown } from "./show.js";

test("dtype, shape and nested values, of any strides", () => {
  expect(shown(tensor(2.5))).toBe("float32 [] 2.5");
  expect(shown(tensor(Int32Array.of(1, -2)))).toBe("int32 [2] [1, -2]");
  expect(shown(toStridedTensor(gridOf([1, 2, 3, 4, 5, 6], [1, 3, 2])))).toBe(
    "float64 [1, 3, 2] [[[1, 2], [3, 4], [5, 6]]]",
  );
  expect(shown(tensor([0.1, -0, Number.NaN, -Infinity]))).toBe("float32 [4] [0.1, -0, NaN, -Infinity]");
  expect(shown(tensor([], [2, 0]))).toBe("float32 [2, 0] [[], []]");
  expect(shown(tensor([], [0, 2]))).toBe("float32 [0, 2] []");
});

test("the first 64 values of many", () => {
  const text = shown(tensor(Float32Array.from({ length: 70 }, (_, i) => i)));
  expect(text).toMatch(/^float32 \[70\] 0 1 .* 63 \.\.\. \(70 values\)$/);
});
