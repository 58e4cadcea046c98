import { Random, scope, type Tensor, tensor, withDevice } from "@retort/tensor";
import { gpuDevice } from "@retort/tensor/gpu";
import { describe, expect, it } from "vitest";
import { installWebGpu } from "../../../fixtures/swiftshader.js";
import { backward } from "./backward.js";
import { BatchNorm, Conv2d, Linear } from "./nn/index.js";
import { hardSwish } from "./ops/arithmetic.js";
import { crossEntropyRows } from "./ops/cross-entropy.js";
import { maxPool2d } from "./ops/pool2d.js";
import { mean } from "./ops/sum.js";
import { reshape } from "./ops/views.js";
import { Adam } from "./optim/index.js";
import { withRandom } from "./randomness.js";
import type { Parameter } from "./variable.js";

const missing = await installWebGpu();
if (missing !== undefined) console.log(`skipped: training under WebGPU in Node: ${missing}`);

const classes = 3;

/** A convolution, batch norm, pooling and a linear layer, and what they learn: ten operations a step. */
function makeNetwork(): { step: () => Tensor } {
  const random = new Random(5);
  return withRandom(random, () => {
    const [conv, norm, linear] = [
      new Conv2d(1, 4, { kernel: 3, padding: 1 }),
      new BatchNorm(4),
      new Linear(36, classes),
    ];
    const parameters: Parameter[] = [conv, norm, linear].flatMap((layer) => [...layer.parameters()]);
    const optimizer = new Adam(parameters, { learningRate: 0.01, l2: 1e-4 });
    const images = tensor(
      Float32Array.from({ length: 8 * 36 }, () => random.uniform() - 0.5),
      [8, 1, 6, 6],
    );
    const labels = tensor(Int32Array.from({ length: 8 }, (_, i) => i % classes));
    const step = (): Tensor => {
      const features = maxPool2d(hardSwish(norm.forward(conv.forward(images))), { kernel: 2 });
      const loss = mean(crossEntropyRows(linear.forward(reshape(features, [8, 36])), labels));
      optimizer.step(backward(loss));
      return loss.value;
    };
    return { step };
  });
}

describe("training on the GPU device", () => {
  it.skipIf(missing !== undefined)("under WebGPU follows the CPU's losses for 50 steps", async () => {
    const gpu = await gpuDevice("webgpu");
    const onCpu = makeNetwork();
    const onGpu = withDevice(gpu, makeNetwork);
    let [first, last] = [0, 0];
    for (let i = 0; i < 50; i++) {
      const expected = scope(onCpu.step).item();
      const loss = scope(() => withDevice(gpu, onGpu.step));
      last = (await loss.data())[0];
      loss.release();
      if (i === 0) first = last;
      expect(Math.abs(last - expected)).toBeLessThan(1e-3);
    }
    expect(last).toBeLessThan(first / 2);
    expect([...gpu.fallbacks]).toEqual([]);
  });

  it("keeps as many arrays after 1,000 steps as after 10", async () => {
    const gpu = await gpuDevice("webasm");
    const network = withDevice(gpu, makeNetwork);
    const step = (): void => scope(() => void withDevice(gpu, network.step));
    for (let i = 0; i < 10; i++) step();
    const live = gpu.liveArrays;
    expect(live).toBeGreaterThan(0);
    for (let i = 0; i < 990; i++) step();
    expect(gpu.liveArrays).toBe(live);
    expect([...gpu.fallbacks]).toEqual([]);
  });
});
