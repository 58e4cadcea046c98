import { DeviceError, memory, scope, tensor } from "@retort/tensor";
import { describe, expect, it } from "vitest";
import { backward } from "./backward.js";
import { add, mul, square } from "./ops/arithmetic.js";
import { sum } from "./ops/sum.js";
import { reshape } from "./ops/views.js";
import { apply, defineOp, isRecording, noGrad, transient } from "./tape.js";
import { detach, needsGrad, Parameter, type Variable, variable } from "./variable.js";

describe("recording", () => {
  it("happens only where a gradient may be asked for", () => {
    const constant = mul(tensor([1]), tensor([2]));
    expect([constant.node, needsGrad(constant)]).toEqual([undefined, false]);
    const recorded = mul(variable([1]), tensor([2]));
    expect([recorded.node?.op.name, needsGrad(recorded)]).toEqual(["elementwise", true]);
  });

  it("stops at a frozen parameter", () => {
    const weight = new Parameter(tensor([1]), { trainable: false });
    expect(mul(weight, 2).node).toBeUndefined();
    weight.setTrainable(true);
    expect(mul(weight, 2).node).toBeDefined();
  });

  it("gives numbers the dtype of the variables beside them", () => {
    expect(mul(variable(tensor(Float64Array.of(1))), 2).dtype).toBe("float64");
    expect(mul(2, tensor([1])).dtype).toBe("float32");
    expect(add(1, 2).item()).toBe(3);
  });

  it("leaves nothing behind but results", () => {
    const before = memory.stats().tensors;
    mul(add(tensor([1]), 1), 2);
    expect(memory.stats().tensors).toBe(before + 3);
  });
});

describe("noGrad", () => {
  it("records nothing and frees all but the result", () => {
    const x = variable([1, 2]);
    const before = memory.stats().tensors;
    const result = noGrad(() => {
      expect(isRecording()).toBe(false);
      return square(mul(x, 3));
    });
    expect(isRecording()).toBe(true);
    expect(memory.stats().tensors).toBe(before + 1);
    expect(needsGrad(result)).toBe(false);
    expect([...result.value.dataSync()]).toEqual([9, 36]);
  });

  it("records again after an error", () => {
    expect(() =>
      noGrad(() => {
        throw new Error("inside");
      }),
    ).toThrow("inside");
    expect(isRecording()).toBe(true);
  });

  it("refuses a Promise", () => {
    expect(() => noGrad(async () => 1)).toThrow(DeviceError);
    expect(() => scope(async () => 1)).toThrow("synchronous, but fn returned a Promise");
  });
});

describe("transient", () => {
  it("frees all but the result, only where nothing is recorded", () => {
    const x = variable([1, 2]);
    const part = (): Variable => square(mul(x, 3));
    const made = noGrad(() => {
      const before = memory.stats().tensors;
      const result = transient(part);
      expect([...result.value.dataSync()]).toEqual([9, 36]);
      return memory.stats().tensors - before;
    });
    expect(made).toBe(1);
    const loss = sum(transient(part));
    expect([...(backward(loss).get(x)?.value.dataSync() ?? [])]).toEqual([18, 36]);
  });
});

describe("scope", () => {
  it("keeps the graph of a variable that it returns", () => {
    const weight = new Parameter(tensor([1, 2]));
    const loss = scope(() => {
      square(weight);
      return sum(square(mul(weight, 3)));
    });
    expect([...(backward(loss).get(weight)?.value.dataSync() ?? [])]).toEqual([18, 36]);
  });

  it("keeps gradients that it returns, and parameters made inside", () => {
    const { weight, gradients } = scope(() => {
      const weight = new Parameter(tensor([1, 2]));
      return { weight, gradients: backward(sum(square(weight))) };
    });
    expect([...weight.value.dataSync()]).toEqual([1, 2]);
    expect([...(gradients.get(weight)?.value.dataSync() ?? [])]).toEqual([2, 4]);
  });
});

describe("detach", () => {
  it("shares the value and stops the gradient", () => {
    const x = variable([1, 2]);
    const loss = sum(mul(detach(square(x)), x));
    expect([...(backward(loss).get(x)?.value.dataSync() ?? [])]).toEqual([1, 4]);
  });
});

describe("apply", () => {
  it("hands out several outputs, of which some may stay unused", () => {
    const op = defineOp({
      name: "both",
      forward: ([x]) => ({ outputs: [square(x).value, mul(x, 3).value] }),
      vjp: ({ grads: [a, b], inputs: [x] }) => [
        a === undefined ? b && mul(b, 3) : b === undefined ? mul(a, mul(x, 2)) : add(mul(a, mul(x, 2)), mul(b, 3)),
      ],
    });
    const gradientOf = (pick: (results: Variable[]) => Variable): number[] => {
      const x = variable([1, 2]);
      return [
        ...(backward(sum(pick(apply(op, [x], undefined))))
          .get(x)
          ?.value.dataSync() ?? []),
      ];
    };
    expect(gradientOf(([a]) => a)).toEqual([2, 4]);
    expect(gradientOf(([, b]) => b)).toEqual([3, 3]);
    expect(gradientOf(([a, b]) => add(a, b))).toEqual([5, 7]);
  });

  it("makes an output that is an input a handle of its own", () => {
    const same = defineOp({ name: "same", forward: ([x]) => x, vjp: ({ grads }) => [...grads] });
    const x = variable([1, 2]);
    const loss = sum(reshape(apply(same, [x], undefined)[0], [2, 1]));
    expect([...(backward(loss).get(x)?.value.dataSync() ?? [])]).toEqual([1, 1]);
    expect([...x.value.dataSync()]).toEqual([1, 2]);
  });
});
