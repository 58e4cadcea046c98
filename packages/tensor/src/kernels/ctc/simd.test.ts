import { describe, expect, it } from "vitest";
import { tensor } from "../../ops/create.js";
import { guarded, misaligned, secondThread, simdSets, withKernels } from "../../testing/kernels.js";
import { expectClose, numbers } from "../../testing/numbers.js";
import type { CtcCall, CtcGradCall } from "./call.js";
import { plainCtc, plainCtcGrad } from "./plain.js";
import { simdCtc, simdCtcGrad } from "./simd.js";

const labels = tensor(new Int32Array([1, 2, 2, 3, 1, 0, 2, 2, 2]), [3, 3]);
const lengths = tensor(new Int32Array([3, 1, 3]));

/** Loss, log-sum-exp and gradient of three samples, the last of which fits into no fewer than five steps. */
function run(
  steps: number,
  classes: number,
  forward: (c: CtcCall) => void,
  backward: (c: CtcGradCall) => void,
): number[][] {
  const logits = misaligned(numbers([3, steps, classes], 1, "float32"));
  const [loss, logSumExp, output] = [[3], [3, steps], [3, steps, classes]].map((shape) => guarded(shape));
  const alpha = guarded([3, steps, 7], "float64");
  const shared = { logits, labels, lengths, blank: 0, logSumExp: logSumExp.view, alpha: alpha.view };
  forward({ ...shared, loss: loss.view });
  backward({ ...shared, grad: tensor([1, -2, 0.5]), output: output.view });
  for (const each of [loss, logSumExp, output, alpha]) each.check();
  return [loss, logSumExp, output].map((each) => Array.from(each.view.dataSync()));
}

describe.each(simdSets)("ctc, %s", (set) => {
  it("gives what the plain twin gives", () => {
    for (const steps of [1, 4, 5, 9]) {
      for (const classes of [4, 5, 7, 8, 33, 6625]) {
        const found = withKernels(set, 1, () => run(steps, classes, simdCtc, simdCtcGrad));
        run(steps, classes, plainCtc, plainCtcGrad).forEach((expected, i) => {
          expectClose(found[i], expected, 2e-6);
        });
        if (steps < 5) expectClose(found[2].slice(2 * steps * classes), new Array(steps * classes).fill(0), 0);
      }
    }
  });

  it("does not depend on the number of threads", async () => {
    await secondThread();
    const both = [1, 2].map((count) => withKernels(set, count, () => run(20, 2000, simdCtc, simdCtcGrad)));
    expect(both[0]).toEqual(both[1]);
  });
});
