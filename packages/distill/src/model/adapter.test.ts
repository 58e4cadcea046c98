import { matmul, permute } from "@retort/autograd";
import { ShapeError, tensor } from "@retort/tensor";
import { expect, test } from "vitest";
import { Adapter } from "./adapter.js";

const wave = (shape: readonly number[]) =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i)),
    shape,
  );

test("conv1x1 brings a map to other channels, the same weights at every position", () => {
  const adapter = new Adapter("conv1x1", 3, 5);
  const found = adapter.forward(wave([2, 3, 1, 4]), [2, 5, 1, 4]);
  expect(found.shape).toEqual([2, 5, 1, 4]);
  const { weight } = adapter.conv as NonNullable<Adapter["conv"]>;
  const rows = permute(wave([2, 3, 1, 4]), [0, 2, 3, 1]);
  const wanted = permute(matmul(rows, tensor(transposed(weight.value.dataSync(), 5, 3), [3, 5])), [0, 3, 1, 2]);
  const values = wanted.value.dataSync();
  for (const [i, value] of found.value.dataSync().entries()) expect(value).toBeCloseTo(values[i], 5);
  expect(adapter.parameters()).toHaveLength(2);
});

function transposed(values: ArrayLike<number>, rows: number, columns: number): Float32Array {
  return Float32Array.from({ length: rows * columns }, (_, i) => values[(i % rows) * columns + Math.floor(i / rows)]);
}

test("linear brings a sequence to another width", () => {
  const adapter = new Adapter("linear", 3, 7);
  expect(adapter.forward(wave([2, 4, 3]), [2, 4, 7]).shape).toEqual([2, 4, 7]);
  expect([...adapter.stateDict().keys()]).toEqual(["linear.weight", "linear.bias"]);
});

test("resize changes a map's size or a sequence's steps and has no weights", () => {
  const adapter = new Adapter("resize", 3, 3);
  expect(adapter.forward(wave([2, 3, 4, 6]), [2, 3, 2, 9]).shape).toEqual([2, 3, 2, 9]);
  expect(adapter.forward(wave([2, 4, 3]), [2, 7, 3]).shape).toEqual([2, 7, 3]);
  expect(adapter.parameters()).toEqual([]);
});

test.each([
  ["conv1x1", [2, 3, 1, 4], [2, 5, 1, 8], "only axis 1 may differ"],
  ["conv1x1", [2, 4, 3], [2, 5, 3], "it takes no such feature"],
  ["linear", [2, 4, 3], [2, 5, 7], "only axis 2 may differ"],
  ["linear", [2, 4, 3], [2, 4], "only axis 2 may differ"],
  ["linear", [2, 3, 1, 4], [2, 3, 1, 7], "it takes no such feature"],
  ["resize", [2, 3, 1, 4], [2, 5, 1, 8], "only axis 2 and 3 may differ"],
  ["resize", [2, 4, 3], [2, 5, 7], "only axis 1 may differ"],
] as const)("%s cannot bring %j to %j", (type, from, to, why) => {
  const adapt = () => new Adapter(type, from[1], to[1]).forward(wave(from), to);
  expect(adapt).toThrow(ShapeError);
  expect(adapt).toThrow(`a ${type} adapter cannot bring [${from.join(", ")}] to [${to.join(", ")}]: ${why}`);
});
