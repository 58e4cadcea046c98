import { describe, expect, it } from "vitest";
import { DTypeError, ShapeError } from "../errors.js";
import { expectClose, numbers, strided } from "../testing/numbers.js";
import { type AdamOptions, adamStep } from "./adam.js";
import { contiguous, copy } from "./copy.js";
import { tensor, zeros } from "./create.js";

const options: AdamOptions = {
  learningRate: 0.01,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  step: 1,
  l2: 0,
  decoupledDecay: 0,
};

/** Adam as in the paper, with bias-corrected moments, one number at a time. */
function bruteForce(
  w: number,
  gradients: number[],
  { learningRate, beta1, beta2, epsilon, l2, decoupledDecay }: AdamOptions,
): number {
  let [value, m, v] = [w, 0, 0];
  for (const [i, gradient] of gradients.entries()) {
    const g = gradient + l2 * value;
    m = beta1 * m + (1 - beta1) * g;
    v = beta2 * v + (1 - beta2) * g * g;
    const step = (learningRate * (m / (1 - beta1 ** (i + 1)))) / (Math.sqrt(v / (1 - beta2 ** (i + 1))) + epsilon);
    value = value * (1 - learningRate * decoupledDecay) - step;
  }
  return value;
}

describe("adamStep", () => {
  it.each([
    { name: "plain", change: {} },
    { name: "with coupled L2", change: { l2: 0.1 } },
    { name: "with decoupled decay", change: { decoupledDecay: 0.05 } },
    { name: "with a large epsilon", change: { epsilon: 0.1 } },
  ])("follows the paper: $name", ({ change }) => {
    const all = { ...options, ...change };
    const start = numbers([3, 4], 1);
    const gradients = [2, 3, 4, 5].map((seed) => numbers([3, 4], seed));
    for (const [dtype, tolerance] of [
      ["float64", 1e-12],
      ["float32", 1e-6],
    ] as const) {
      const w = numbers([3, 4], 1, dtype);
      const [m, v] = [zeros([3, 4], dtype), zeros([3, 4], dtype)];
      for (const [i, seed] of [2, 3, 4, 5].entries())
        adamStep(w, strided(numbers([3, 4], seed, dtype)), m, v, { ...all, step: i + 1 });
      const expected = Array.from(start.dataSync(), (value, i) =>
        bruteForce(
          value,
          gradients.map((g) => g.dataSync()[i]),
          all,
        ),
      );
      expectClose(w, expected, tolerance);
    }
  });

  it("multiplies the gradient by gradScale before L2", () => {
    const all = { ...options, l2: 0.5, epsilon: 0.1 };
    const w = tensor([2], [1], "float64");
    adamStep(
      w,
      tensor([3], [1], "float64"),
      zeros([1], "float64"),
      zeros([1], "float64"),
      all,
      tensor(0.25, [], "float64"),
    );
    expectClose(w, [bruteForce(2, [0.75], all)], 1e-12);
  });

  it("raises the versions of what it writes", () => {
    const [w, g, m, v] = [1, 2, 3, 4].map(() => zeros([2]));
    const before = w.storage.version;
    adamStep(w, g, m, v, options);
    expect([w, m, v].map((x) => x.storage.version)).toEqual([before + 1, before + 1, before + 1]);
    expect(g.storage.version).toBe(before);
  });

  it("refuses shapes and dtypes that differ, and strided parameters", () => {
    const [w, m, v] = [1, 2, 3].map((seed) => numbers([2, 3], seed));
    expect(() => adamStep(w, numbers([3, 2], 1), m, v, options)).toThrow(/grad float64 \[3, 2\]/);
    expect(() => adamStep(w, numbers([2, 3], 1, "float32"), m, v, options)).toThrow(DTypeError);
    expect(() => adamStep(strided(w), copy(w), m, v, options)).toThrow(ShapeError);
    expect(() => adamStep(w, contiguous(w), m, v, options, numbers([2], 1))).toThrow(/gradScale of one element/);
  });
});
