import { blindDevice, memory, scope, type Tensor, tensor, withDevice } from "@retort/tensor";
import { describe, expect, test } from "vitest";
import { backward } from "../backward.js";
import { Gradients } from "../gradients.js";
import { mul, square, sub } from "../ops/arithmetic.js";
import { sum } from "../ops/sum.js";
import { Parameter, type ParameterOptions, Variable } from "../variable.js";
import {
  Adadelta,
  Adam,
  AdamW,
  type Clip,
  clipByGlobalNorm,
  clipByNorm,
  clipByValue,
  decayFilter,
  Momentum,
  type Optimizer,
  type OptimizerState,
  RMSProp,
  SGD,
  stepDecay,
} from "./index.js";

const kinds: Record<string, (parameters: Iterable<Parameter>, clip?: Clip) => Optimizer> = {
  SGD: (parameters, clip) => new SGD(parameters, { learningRate: 0.1, l2: 0.01, clip }),
  Momentum: (parameters, clip) => new Momentum(parameters, { learningRate: 0.05, l2: 0.01, clip }),
  Adam: (parameters, clip) => new Adam(parameters, { learningRate: 0.1, l2: 0.01, clip }),
  AdamW: (parameters, clip) => new AdamW(parameters, { learningRate: 0.1, weightDecay: 0.01, clip }),
  RMSProp: (parameters, clip) => new RMSProp(parameters, { learningRate: 0.05, momentum: 0.5, l2: 0.01, clip }),
  Adadelta: (parameters, clip) => new Adadelta(parameters, { learningRate: 20, l2: 0.01, clip }),
};
const clips: Record<string, Clip | undefined> = {
  none: undefined,
  value: clipByValue(0.5),
  norm: clipByNorm(0.5),
  globalNorm: clipByGlobalNorm(0.5),
};

const parameter = (values: readonly number[], options?: ParameterOptions): Parameter =>
  new Parameter(tensor(values), options);

function gradientsOf(...pairs: readonly [Parameter, readonly number[]][]): Gradients {
  const gradients = new Gradients();
  for (const [target, values] of pairs) gradients.set(target, new Variable(tensor(values)));
  return gradients;
}

const read = (target: Parameter): number[] => Array.from(target.value.dataSync());

/** The gradients of a bowl around (1, -2) for two parameters. */
function bowl(a: Parameter, b: Parameter): Gradients {
  const target = tensor([1, -2]);
  return backward(sum(square(sub(mul(a, b), target))));
}

describe.each(Object.entries(kinds))("%s", (name, make) => {
  test("descends into a bowl", () => {
    const w = parameter([5, -5]);
    const optimizer = make([w]);
    const start = sum(square(sub(w, tensor([1, -2])))).item();
    for (let step = 0; step < 100; step++) optimizer.step(backward(sum(square(sub(w, tensor([1, -2]))))));
    expect(sum(square(sub(w, tensor([1, -2])))).item()).toBeLessThan(0.05 * start);
    expect(optimizer.steps).toBe(100);
    expect(optimizer.name).toBe(name);
  });

  test.each(Object.entries(clips))("keeps as many tensors alive at every step, clip: %s", (_, clip) => {
    const [a, b] = [parameter([2, 1]), parameter([0.5, 0.7])];
    const optimizer = make([a, b], clip);
    const live: unknown[] = [];
    for (let step = 0; step < 8; step++) {
      optimizer.step(scope(() => bowl(a, b)));
      live.push(memory.stats());
    }
    expect(live.slice(1)).toEqual(live.slice(1).fill(live[1]));
  });

  test.each(Object.entries(clips))("runs where data cannot be read, clip: %s", (_, clip) => {
    withDevice(blindDevice(), () => {
      const [a, b] = [parameter([2, 1]), parameter([0.5, 0.7])];
      const optimizer = make([a, b], clip);
      for (let step = 0; step < 2; step++) optimizer.step(bowl(a, b));
      expect(optimizer.steps).toBe(2);
    });
  });

  test("goes on from a stored state with the same bits", async () => {
    const run = (optimizer: Optimizer, [a, b]: readonly Parameter[], steps: number): void => {
      for (let step = 0; step < steps; step++) optimizer.step(bowl(a, b));
    };
    const whole = [parameter([2, 1]), parameter([0.5, 0.7])];
    const optimizer = make(whole);
    const named = (list: readonly Parameter[]): Map<string, Parameter> =>
      new Map(list.map((p, i) => [`layer.${i}.weight`, p]));
    run(optimizer, whole, 3);
    const stored = await store(optimizer.state(named(whole)));
    const resumed = whole.map((p) => parameter(read(p)));
    run(optimizer, whole, 4);
    const second = make(resumed);
    second.loadState(named(resumed), stored);
    expect(second.steps).toBe(3);
    run(second, resumed, 4);
    expect(resumed.map(read)).toEqual(whole.map(read));
    run(second, resumed, 1);
    expect(resumed.map(read)).not.toEqual(whole.map(read));
  });
});

/** A state as a checkpoint keeps it: through JSON and host arrays. */
async function store(state: OptimizerState): Promise<OptimizerState> {
  const tensors = new Map<string, Tensor>();
  for (const [name, x] of state.tensors) tensors.set(name, tensor(await x.data(), x.shape));
  const { optimizer, step, updates } = state;
  return { ...(JSON.parse(JSON.stringify({ optimizer, step, updates })) as OptimizerState), tensors };
}

describe("which parameters move, and how far", () => {
  test("SGD subtracts the rate times the gradient", () => {
    const w = parameter([1, 2]);
    new SGD([w], { learningRate: 0.5 }).step(gradientsOf([w, [2, -4]]));
    expect(read(w)).toEqual([0, 4]);
  });

  test("a parameter's own L2 factor replaces the common one, also with 0", () => {
    const [common, own, none] = [parameter([8]), parameter([8], { l2: 0.5 }), parameter([8], { l2: 0 })];
    const optimizer = new SGD([common, own, none], { learningRate: 1, l2: 0.25 });
    optimizer.step(gradientsOf([common, [1]], [own, [1]], [none, [1]]));
    expect([common, own, none].map(read)).toEqual([[5], [3], [7]]);
  });

  test("the L2 term is added after clipping", () => {
    const w = parameter([3, 4]);
    new SGD([w], { learningRate: 1, l2: 0.5, clip: clipByNorm(5) }).step(gradientsOf([w, [30, 40]]));
    expect(read(w)[0]).toBeCloseTo(3 - 3 - 1.5, 5);
    expect(read(w)[1]).toBeCloseTo(4 - 4 - 2, 5);
  });

  test("a parameter's factor scales its learning rate", () => {
    const [a, b] = [parameter([1]), parameter([1], { learningRateScale: 0.5 })];
    new SGD([a, b], { learningRate: 0.5 }).step(gradientsOf([a, [1]], [b, [1]]));
    expect([read(a), read(b)]).toEqual([[0.5], [0.75]]);
  });

  test("frozen parameters and those without a gradient stay, and a shared one moves once", () => {
    const [moved, frozen, idle] = [parameter([1]), parameter([1], { trainable: false }), parameter([1])];
    const optimizer = new Momentum([moved, frozen, idle, moved], { learningRate: 0.5, l2: 0.1 });
    optimizer.step(gradientsOf([moved, [1]], [frozen, [1]]));
    expect(read(moved)[0]).toBeCloseTo(0.45, 6);
    expect([read(frozen), read(idle)]).toEqual([[1], [1]]);
    const named = new Map(Object.entries({ moved, frozen, idle }));
    expect([...optimizer.state(named).tensors.keys()]).toEqual(["moved.velocity"]);
  });

  test("Adam corrects its means by the updates that a parameter had, not by the steps of the optimizer", () => {
    const [early, late] = [parameter([1]), parameter([1])];
    const optimizer = new Adam([early, late], { learningRate: 0.1 });
    for (let step = 0; step < 5; step++) optimizer.step(gradientsOf([early, [2]]));
    optimizer.step(gradientsOf([late, [2]]));
    expect(read(late)[0]).toBeCloseTo(0.9, 6);
  });

  test("AdamW decays what its filter lets through, beside the gradient", () => {
    const named = new Map([
      ["blocks.0.weight", new Parameter(tensor([1], [1, 1]))],
      ["norm.weight", new Parameter(tensor([1], [1, 1]))],
      ["blocks.0.bias", parameter([1])],
    ]);
    const decays = decayFilter(named, { names: ["norm"], oneDimensional: true });
    const optimizer = new AdamW(named.values(), { learningRate: 0.1, weightDecay: 0.5, decays });
    optimizer.step(gradientsOf());
    const zero = new Gradients();
    for (const p of named.values()) zero.set(p, new Variable(tensor([0], p.shape)));
    optimizer.step(zero);
    expect([...named.values()].map((p) => p.value.item())).toEqual([Math.fround(0.95), 1, 1]);
  });

  test("the learning rate is that of the next step", () => {
    const w = parameter([10]);
    const optimizer = new SGD([w], { learningRate: stepDecay({ learningRate: 1, interval: 1, gamma: 0.5 }) });
    const used: number[] = [];
    for (let step = 0; step < 3; step++) {
      used.push(optimizer.learningRate);
      optimizer.step(gradientsOf([w, [1]]));
    }
    expect(used).toEqual([1, 0.5, 0.25]);
    expect(read(w)).toEqual([8.25]);
  });

  test("float64 parameters are updated in float64", () => {
    const w = new Parameter(tensor(Float64Array.of(1)));
    const gradients = new Gradients();
    gradients.set(w, new Variable(tensor(Float64Array.of(1))));
    new SGD([w], { learningRate: 1e-12 }).step(gradients);
    expect(w.value.item()).toBe(1 - 1e-12);
  });
});

describe("a state that does not fit", () => {
  const w = parameter([1, 2]);
  const optimizer = new Adam([w], { learningRate: 0.1 });
  optimizer.step(gradientsOf([w, [1, 1]]));
  const named = new Map([["w", w]]);

  test("names a parameter that has no name", () => {
    expect(() => optimizer.state(new Map())).toThrow("parameter 0 of Adam, shape [2], has no name");
  });

  test("is refused with every difference, and nothing is changed", () => {
    const stored = optimizer.state(named);
    const other = parameter([1, 2, 3]);
    const target = new Adam([other], { learningRate: 0.1 });
    const tensors = new Map([...stored.tensors, ["w.other", tensor([1])]]);
    tensors.delete("w.moment2");
    const load = () => target.loadState(new Map([["w", other]]), { ...stored, tensors });
    expect(load).toThrow('"w.moment1" should be float32 [3], found float32 [2]');
    expect(load).toThrow('"w.moment2" is missing');
    expect(load).toThrow('"w.other" is not expected');
    expect(target.steps).toBe(0);
    expect(() => target.loadState(new Map([["x", other]]), stored)).toThrow('"w" is no parameter of it');
  });

  test("of another optimizer is refused", () => {
    const load = () => new AdamW([w], { learningRate: 0.1 }).loadState(named, optimizer.state(named));
    expect(load).toThrow("expected that of AdamW, found that of Adam");
  });
});
