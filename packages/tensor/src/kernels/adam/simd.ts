import { addressOf, contiguousElements } from "../../cpu/buffer.js";
import { parallelFor } from "../../cpu/threads.js";
import { sizeOf } from "../../shape.js";
import { type F32x4, type FloatLike, f32, f32x4, type Kernel, kernel, type Local, ptr } from "../../wasm/index.js";
import { forVectors } from "../lanes.js";
import type { AdamCall } from "./call.js";
import { adamFactors } from "./plain.js";

/** Elements of a block. */
const grain = 16_384;

const adamKernel: Kernel = kernel(
  "adam",
  {
    w: ptr,
    g: ptr,
    m: ptr,
    v: ptr,
    scale: f32,
    l2: f32,
    beta1: f32,
    beta2: f32,
    rest1: f32,
    rest2: f32,
    rate: f32,
    epsilon: f32,
    shrink: f32,
  },
  (f, p, { start, end }) => {
    const splat = (value: FloatLike): Local<F32x4> => f.local(f32x4.splat(value));
    const [scale, l2, beta1, beta2] = [p.scale, p.l2, p.beta1, p.beta2].map(splat);
    const [rest1, rest2, rate, epsilon, shrink] = [p.rest1, p.rest2, p.rate, p.epsilon, p.shrink].map(splat);
    const arrays = [p.w, p.g, p.m, p.v].map((array) => array.at(start));
    forVectors(f, end.sub(start), arrays, ({ load, store }) => {
      const [w, grad, first, second] = [0, 1, 2, 3].map((k) => load(k));
      const gradient = f.local(f.mulAdd(l2, w, grad.mul(scale)));
      const mean = f.local(f.mulAdd(beta1, first, gradient.mul(rest1)));
      const square = f.local(f.mulAdd(beta2, second, gradient.mul(gradient).mul(rest2)));
      store(2, mean);
      store(3, square);
      store(0, w.mul(shrink).sub(rate.mul(mean).div(square.sqrt().add(epsilon))));
    });
  },
);

/** One step of Adam on contiguous float32. */
export function simdAdam({ parameter, grad, m, v, gradScale, options }: AdamCall): void {
  const { beta1, beta2, l2 } = options;
  const scale = gradScale ? contiguousElements(gradScale)[0] : 1;
  const { rate, epsilon, shrink } = adamFactors(options);
  const addresses = { w: addressOf(parameter), g: addressOf(grad), m: addressOf(m), v: addressOf(v) };
  const args = { scale, l2, beta1, beta2, rest1: 1 - beta1, rest2: 1 - beta2, rate, epsilon, shrink, ...addresses };
  parallelFor(adamKernel, args, sizeOf(parameter.shape), grain);
}
