import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DTypeError, ShapeError } from "../errors.js";
import { broadcastShapes } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { broadcastModel, indicesOf, modelOfTensor } from "../testing/model.js";
import { expectClose, numbers, strided } from "../testing/numbers.js";
import { ones } from "./create.js";
import { matmul } from "./matmul.js";
import { transpose } from "./views.js";

/** The product by three loops in float64. */
function naive(a: Tensor, b: Tensor, bias?: Tensor): number[] {
  const lead = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const [m, k] = a.shape.slice(-2);
  const n = b.shape[b.rank - 1];
  const [x, y] = [broadcastModel(modelOfTensor(a), [...lead, m, k]), broadcastModel(modelOfTensor(b), [...lead, k, n])];
  const added = bias?.dataSync();
  return indicesOf([...lead, m, n]).map((index) => {
    const [row, column] = index.slice(-2);
    const outer = index.slice(0, -2);
    let total = added?.[column] ?? 0;
    for (let i = 0; i < k; i++) total += x.at([...outer, row, i]) * y.at([...outer, i, column]);
    return total;
  });
}

const lengths = fc.integer({ min: 0, max: 9 });
const leads = fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 });
const masks = fc.record({ a: fc.boolean(), b: fc.boolean(), drop: fc.nat(2), turned: fc.nat(7), bias: fc.boolean() });

describe.each(["float64", "float32"] as const)("matmul of %s", (dtype) => {
  const tolerance = dtype === "float64" ? 1e-12 : 1e-5;

  it("is the sum over the inner axis, for any batch, stride and transposition", () => {
    fc.assert(
      fc.property(leads, lengths, lengths, lengths, masks, (lead, m, k, n, mask) => {
        const once = (keep: boolean): number[] => lead.map((length) => (keep ? length : 1)).slice(keep ? 0 : mask.drop);
        const arrange = (shape: number[], seed: number, turned: number): Tensor => {
          if (turned) return transpose(numbers([...shape.slice(0, -2), ...shape.slice(-2).reverse()], seed, dtype));
          return numbers(shape, seed, dtype);
        };
        const a = arrange([...once(mask.a), m, k], 1, mask.turned & 1);
        const b = arrange([...once(mask.b), k, n], 2, mask.turned & 2);
        const bias = mask.bias ? numbers([n], 3, dtype) : undefined;
        const found = matmul(mask.turned & 4 ? strided(a) : a, b, bias && strided(bias));
        expect(found.shape).toEqual([...broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2)), m, n]);
        expect(found.contiguous).toBe(true);
        expectClose(found, naive(a, b, bias), tolerance);
      }),
      { numRuns: 150 },
    );
  });

  it.each([
    [
      [70, 130],
      [130, 90],
    ],
    [
      [1, 513],
      [513, 1],
    ],
    [
      [3, 33, 65],
      [65, 17],
    ],
    [
      [2, 1, 40, 7],
      [5, 7, 12],
    ],
  ])("is right for %j times %j", (left, right) => {
    const [a, b] = [numbers(left, 1, dtype), numbers(right, 2, dtype)];
    expectClose(matmul(a, b), naive(a, b), tolerance);
  });
});

it("adds nothing but the bias when there is nothing to sum", () => {
  expect(Array.from(matmul(ones([2, 0]), ones([0, 2]), ones([2])).dataSync())).toEqual([1, 1, 1, 1]);
});

it("refuses shapes and dtypes that do not fit", () => {
  expect(() => matmul(ones([2, 3]), ones([4, 2]))).toThrow("matmul of [2, 3] and [4, 2]: needs [..., m, k]");
  expect(() => matmul(ones([3]), ones([3, 2]))).toThrow(ShapeError);
  expect(() => matmul(ones([2, 2, 3]), ones([3, 3, 2]))).toThrow("do not broadcast");
  expect(() => matmul(ones([2, 3]), ones([3, 2]), ones([3]))).toThrow("bias of shape [2], found [3]");
  expect(() => matmul(ones([2, 3]), ones([3, 2], "float64"))).toThrow(DTypeError);
  expect(() => matmul(ones([2, 3], "int32"), ones([3, 2], "int32"))).toThrow("found int32, int32");
});
