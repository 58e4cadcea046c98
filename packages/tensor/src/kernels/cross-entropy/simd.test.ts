import { describe, expect, it } from "vitest";
import { tensor } from "../../ops/create.js";
import { misaligned, secondThread, simdSets, withKernels } from "../../testing/kernels.js";
import { expectClose, integers, numbers } from "../../testing/numbers.js";
import { outputs } from "../../testing/outputs.js";
import { plainCrossEntropy, plainCrossEntropyGrad } from "./plain.js";
import { simdCrossEntropy, simdCrossEntropyGrad } from "./simd.js";

const random = (shape: number[], seed: number) => misaligned(numbers(shape, seed, "float32"));
const ignoreIndex = 1;

describe.each(simdSets)("cross-entropy, %s", (set) => {
  it("gives what the plain twin gives", () => {
    for (const [rows, classes] of [...Array.from({ length: 33 }, (_, n) => [5, n + 1]), [3, 6625], [0, 4]]) {
      const [logits, labels] = [random([rows, classes], 1), misaligned(integers([rows], classes, 2))];
      const run = (kernel: typeof plainCrossEntropy) =>
        outputs([[rows], [rows]], (loss, logSumExp) => kernel({ logits, labels, ignoreIndex, loss, logSumExp }));
      const found = withKernels(set, 1, () => run(simdCrossEntropy));
      run(plainCrossEntropy).forEach((expected, i) => {
        expectClose(found[i], expected, 2e-6);
      });
      const [grad, logSumExp] = [random([rows], 3), tensor(found[1], [rows])];
      const back = (kernel: typeof plainCrossEntropyGrad) =>
        outputs([[rows, classes]], (output) => kernel({ grad, logits, labels, logSumExp, ignoreIndex, output }))[0];
      expectClose(
        withKernels(set, 1, () => back(simdCrossEntropyGrad)),
        back(plainCrossEntropyGrad),
        1e-6,
      );
    }
  });

  it("keeps rows of -Infinity as they are, and zeros for ignored ones", () => {
    const off = Number.NEGATIVE_INFINITY;
    const logits = tensor([off, off, off, 0, off, 1], [2, 3]);
    const labels = tensor(new Int32Array([1, 2]));
    const [loss, logSumExp] = withKernels(set, 1, () =>
      outputs([[2], [2]], (a, b) => simdCrossEntropy({ logits, labels, ignoreIndex, loss: a, logSumExp: b })),
    );
    const second = Math.log(1 + Math.E);
    expectClose(loss, [0, second - 1], 1e-6);
    expectClose(logSumExp, [off, second], 1e-6);
    const call = { grad: tensor([1, 1]), logits, labels, logSumExp: tensor(logSumExp), ignoreIndex };
    const [output] = withKernels(set, 1, () =>
      outputs([[2, 3]], (view) => simdCrossEntropyGrad({ ...call, output: view })),
    );
    expectClose(output, [0, 0, 0, 1 / (1 + Math.E), 0, -1 / (1 + Math.E)], 1e-6);
  });

  it("does not depend on the number of threads", async () => {
    await secondThread();
    const [logits, labels, grad] = [random([64, 999], 1), integers([64], 999, 2), random([64], 3)];
    const logSumExp = tensor(new Float32Array(64).fill(7));
    const run = () =>
      outputs([[64, 999]], (output) => simdCrossEntropyGrad({ grad, logits, labels, logSumExp, ignoreIndex, output }));
    expect(withKernels(set, 2, run)).toEqual(withKernels(set, 1, run));
  });
});
