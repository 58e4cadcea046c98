import { assign, memory, ReleasedError, ShapeError, scope, tensor, zeros } from "@retort/tensor";
import { describe, expect, it } from "vitest";
import { backward } from "./backward.js";
import { GraphError, OnceDifferentiableError } from "./errors.js";
import { Gradients } from "./gradients.js";
import { add, mul, square, sub, tanh } from "./ops/arithmetic.js";
import { batchNorm } from "./ops/batch-norm.js";
import { ctcLoss } from "./ops/ctc.js";
import { matmul } from "./ops/matmul.js";
import { mean, sum } from "./ops/sum.js";
import { slice } from "./ops/views.js";
import { grid, randomGrid, toTensor } from "./testing/index.js";
import { detach, Parameter, retain, Variable, variable } from "./variable.js";

const valuesOf = (x: Variable | undefined): number[] => [...(x?.value.dataSync() ?? [])];

describe("backward", () => {
  it("adds where paths meet, and reuses one variable on both sides", () => {
    const x = variable(3);
    const y = mul(x, x);
    const loss = add(mul(y, y), x);
    expect(valuesOf(backward(loss).get(x))).toEqual([4 * 27 + 1]);
  });

  it("tells of each leaf once, as soon as its gradient is whole", () => {
    const [a, b, unused] = [2, 3, 5].map((value) => new Parameter(tensor([value])));
    const told: [Variable, number[]][] = [];
    const early = mul(a, b);
    const loss = sum(mul(mul(early, b), tanh(a)));
    const gradients = backward(loss, { onGradient: (leaf, gradient) => told.push([leaf, valuesOf(gradient)]) });
    // b is read by a later operation than a, but both are whole only when the first product has been walked.
    expect(told).toHaveLength(2);
    for (const leaf of [a, b]) expect(told.some(([one]) => one === leaf)).toBe(true);
    expect(told).toEqual(told.map(([leaf]) => [leaf, valuesOf(gradients.get(leaf))]));
    expect(gradients.has(unused)).toBe(false);

    const order: Variable[] = [];
    const [first, last] = [new Parameter(tensor([1])), new Parameter(tensor([1]))];
    backward(sum(mul(tanh(mul(first, 2)), last)), { onGradient: (leaf) => order.push(leaf) });
    expect(order).toHaveLength(2);
    expect(order[0]).toBe(last);
  });

  it("walks a long chain without recursion", () => {
    const x = variable(1);
    let y: Variable = x;
    for (let i = 0; i < 12_000; i++) y = add(y, x);
    expect(valuesOf(backward(y).get(x))).toEqual([12_001]);
  });

  it("undoes broadcasting", () => {
    const row = variable([1, 2, 3]);
    const loss = sum(mul(row, tensor([1, 2, 3, 4, 5, 6], [2, 3])));
    expect(valuesOf(backward(loss).get(row))).toEqual([5, 7, 9]);
  });

  it("returns gradients for what is trained only", () => {
    const frozen = new Parameter(tensor([2]), { trainable: false });
    const weight = new Parameter(tensor([3]));
    const unused = new Parameter(tensor([4]));
    const constant = new Variable(tensor([5]));
    const gradients = backward(sum(mul(mul(frozen, weight), constant)));
    expect(valuesOf(gradients.get(weight))).toEqual([10]);
    expect([frozen, unused, constant].map((x) => gradients.has(x))).toEqual([false, false, false]);
    expect(gradients.size).toBe(1);
  });

  it("takes a gradient for a result that is no scalar, and asks for one", () => {
    const x = variable([1, 2]);
    expect(() => backward(square(x))).toThrow(ShapeError);
    expect(() => backward(square(x))).toThrow("backward() needs a scalar, found shape [2]");
    expect(valuesOf(backward(square(x), { gradient: tensor([1, 10]) }).get(x))).toEqual([2, 40]);
    expect(() => backward(square(x), { gradient: tensor([1]) })).toThrow(
      "backward() got a gradient of shape [1] for a result of shape [2]",
    );
  });

  it("gives gradients of variables inside the graph on request", () => {
    const x = variable([1, 2]);
    const inner = square(x);
    const gradients = backward(sum(square(inner)), { wrt: [inner] });
    expect(valuesOf(gradients.get(inner))).toEqual([2, 8]);
    expect(valuesOf(gradients.get(x))).toEqual([4, 32]);
  });

  it("says when nothing needs a gradient", () => {
    const loss = sum(new Variable(tensor([1])));
    expect(() => backward(loss)).toThrow(GraphError);
    expect(() => backward(loss)).toThrow("requires a gradient");
    expect(() => backward(sum(detach(variable([1]))))).toThrow(GraphError);
  });
});

describe("the graph after backward", () => {
  it("is given back, except the loss and what was retained", () => {
    const x = variable([1, 2]);
    const lost = square(x);
    const kept = retain(tanh(lost));
    const loss = sum(kept);
    backward(loss);
    expect(loss.item()).toBeCloseTo(Math.tanh(1) + Math.tanh(4), 6);
    expect(valuesOf(kept)).toHaveLength(2);
    expect(valuesOf(x)).toEqual([1, 2]);
    expect(() => lost.value.dataSync()).toThrow(ReleasedError);
    expect(() => lost.value.dataSync()).toThrow(
      "tensor of shape [2] cannot be read: backward() consumed the graph that it belongs to; use retain() or retainGraph",
    );
  });

  it("cannot be walked or extended a second time", () => {
    const x = variable([1, 2]);
    const inner = square(x);
    const loss = sum(inner);
    backward(loss);
    expect(() => backward(loss)).toThrow(
      "the graph through sum was consumed by an earlier backward(): pass retainGraph: true there",
    );
    expect(() => sum(inner)).toThrow(ReleasedError);
  });

  it("stays with retainGraph", () => {
    const x = variable([1, 2]);
    const inner = square(x);
    const loss = sum(inner);
    const first = valuesOf(backward(loss, { retainGraph: true }).get(x));
    expect(valuesOf(inner)).toEqual([1, 4]);
    expect(valuesOf(backward(loss).get(x))).toEqual(first);
    expect(() => backward(loss)).toThrow(GraphError);
  });

  it("keeps a view of a released value readable", () => {
    const x = variable([1, 2]);
    const inner = square(x);
    const view = detach(inner);
    backward(sum(inner));
    expect(valuesOf(view)).toEqual([1, 4]);
  });

  it("is freed in a part that the loss reads through a view", () => {
    const x = variable([1, 2, 3]);
    const before = memory.stats().tensors;
    const gradients = backward(sum(slice(tanh(x), 0, 1, 2)));
    expect(memory.stats().tensors).toBe(before + 1);
    expect(valuesOf(gradients.get(x))[0]).toBe(0);
  });
});

describe("gradients", () => {
  it("accumulate with into", () => {
    const weight = new Parameter(tensor([2, 3]));
    const total = new Gradients();
    for (const factor of [1, 10]) backward(sum(mul(square(weight), factor)), { into: total });
    expect(valuesOf(total.get(weight))).toEqual([44, 66]);
  });

  it("of an earlier pass are replaced, and an old handle says so", () => {
    const weight = new Parameter(tensor([2, 3]));
    const old = backward(sum(square(weight))).get(weight) as Variable;
    backward(sum(square(weight)));
    expect(() => old.value.dataSync()).toThrow("cannot be read: a later backward() replaced this gradient");
  });

  it("of leaves that are no parameters stay", () => {
    const x = variable([2, 3]);
    const old = backward(sum(square(x))).get(x);
    backward(sum(square(x)));
    expect(valuesOf(old)).toEqual([4, 6]);
  });

  it("refuse a parameter that was updated after it was read", () => {
    const weight = new Parameter(tensor([2, 3]));
    const loss = sum(square(weight));
    assign(weight.value, zeros([2]));
    const before = memory.stats().tensors;
    expect(() => backward(loss)).toThrow(GraphError);
    expect(() => backward(loss)).toThrow("shape [2], was changed in place between forward and backward");
    expect(memory.stats().tensors).toBe(before);
  });
});

describe("gradients of gradients", () => {
  it("of a polynomial, up to the third order", () => {
    const x = variable(2);
    let derivative: Variable = mul(mul(x, x), mul(x, x));
    const found: number[] = [];
    for (let order = 0; order < 3; order++) {
      derivative = backward(derivative, { createGraph: true }).get(x) as Variable;
      found.push(derivative.item());
    }
    expect(found).toEqual([32, 48, 48]);
  });

  it("train through a gradient step", () => {
    // loss(w - rate · g(w)) of loss = w², so its derivative is 2 w (1 - 2 rate)².
    const weight = variable(3);
    const gradient = backward(square(weight), { createGraph: true }).get(weight) as Variable;
    const stepped = square(sub(weight, mul(gradient, 0.1)));
    expect(backward(stepped).get(weight)?.item()).toBeCloseTo(6 * 0.64, 5);
  });

  it("go through the twin of a fused operation and through parameters shared with others", () => {
    const x = new Parameter(toTensor(randomGrid([4, 2])));
    const one = () => tensor(Float64Array.of(1, 1));
    const zero = () => tensor(Float64Array.of(0, 0));
    const loss = (): Variable => sum(mul(square(batchNorm(x, one(), zero(), 1e-3).output), x));
    const plain = valuesOf(backward(loss()).get(x));
    const recorded = backward(loss(), { createGraph: true }).get(x) as Variable;
    for (const [i, value] of valuesOf(recorded).entries()) expect(value).toBeCloseTo(plain[i], 12);
    expect(backward(sum(square(recorded))).has(x)).toBe(true);
  });

  it("are refused before any work where an operation can be differentiated only once", () => {
    const x = variable(zeros([1, 3, 2]));
    const loss = sum(square(ctcLoss(x, tensor(Int32Array.of(1), [1, 1]), tensor(Int32Array.of(1)))));
    expect(() => backward(loss, { createGraph: true })).toThrow(OnceDifferentiableError);
    expect(() => backward(loss, { createGraph: true })).toThrow(
      "the gradient of ctcLoss cannot be differentiated again",
    );
    expect(backward(loss).has(x)).toBe(true);
  });
});

describe("memory", () => {
  const weights = [
    [2, 8],
    [8, 8],
    [8, 1],
  ].map((shape, i) => new Parameter(toTensor(randomGrid(shape, { seed: i, low: -0.5, high: 0.5 }), "float32")));
  const points = randomGrid([16, 2]);
  const x = toTensor(points, "float32");
  const y = toTensor(
    grid([16, 1], (i) => points.at(i, 0) - points.at(i, 1)),
    "float32",
  );

  function step(): number {
    let hidden: Variable = new Variable(x);
    for (const [i, weight] of weights.entries()) {
      hidden = i === 0 ? matmul(hidden, weight) : matmul(mul(tanh(hidden), 1.5), weight);
    }
    const loss = mean(square(sub(hidden, y)));
    const gradients = backward(loss);
    for (const weight of weights) {
      const gradient = gradients.get(weight) as Variable;
      scope(() => assign(weight.value, sub(weight.value, mul(gradient.value, 0.1)).value));
    }
    return loss.item();
  }

  it("stays the same over a training without any scope", () => {
    const first = step();
    const { tensors, bytes } = memory.stats();
    let last = first;
    for (let i = 0; i < 100; i++) {
      last = step();
      expect(memory.stats()).toMatchObject({ tensors, bytes });
    }
    expect(last).toBeLessThan(first / 10);
  });

  it("holds only the gradients after a pass", () => {
    const before = memory.stats().tensors;
    const weight = new Parameter(tensor([1, 2]));
    backward(mean(square(tanh(mul(add(weight, 1), weight)))));
    expect(memory.stats().tensors).toBe(before + 2);
  });
});
