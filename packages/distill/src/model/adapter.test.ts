import { matmul, permute } from "@retort/autograd";
import { ShapeError, tensor } from "@retort/tensor";
import { expect, test } from "vitest";
import { Adapter } from "./adapter.js";

const wave = (shape: number[]) =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i)),
    shape,
  );

test("conv1x1 brings a map to other channels, the same weights at every position", () => {
  const adapter = new Adapter("conv1x1", [2, 3, 1, 4], [2, 5, 1, 4]);
  const found = adapter.forward(wave([2, 3, 1, 4]));
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
  const adapter = new Adapter("linear", [2, 4, 3], [2, 4, 7]);
  expect(adapter.forward(wave([2, 4, 3])).shape).toEqual([2, 4, 7]);
  expect([...adapter.stateDict().keys()]).toEqual(["linear.weight", "linear.bias"]);
});

test.each([
  ["conv1x1", [2, 3, 1, 4], [2, 5, 1, 8], "axis 1"],
  ["conv1x1", [2, 4, 3], [2, 5, 3], "axis 1"],
  ["linear", [2, 4, 3], [2, 5, 7], "axis 2"],
  ["linear", [2, 4, 3], [2, 4], "axis 2"],
] as const)("%s cannot bring %j to %j", (type, from, to, axis) => {
  const make = () => new Adapter(type, from, to);
  expect(make).toThrow(ShapeError);
  expect(make).toThrow(
    `a ${type} adapter cannot bring [${from.join(", ")}] to [${to.join(", ")}]: only ${axis} may differ`,
  );
});
