import { expression } from "../../expr/expression.js";
import { mul } from "../../expr/library.js";
import type { AdamCall } from "../../kernels/adam/call.js";
import { adamFactors } from "../../kernels/adam/plain.js";
import type { Kernel } from "../scratch.js";

const mean = expression(({ m, g, w }, { beta, rest, l2 }) => m.mul(beta).add(g.add(w.mul(l2)).mul(rest)));
const meanSquare = expression(({ v, g, w }, { beta, rest, l2 }) => {
  const gradient = g.add(w.mul(l2));
  return v.mul(beta).add(gradient.mul(gradient).mul(rest));
});
const moved = expression(({ w, m, v }, { rate, epsilon, shrink }) =>
  w.mul(shrink).sub(m.mul(rate).div(v.sqrt().add(epsilon))),
);

/** One step of Adam: a kernel writes one array, so there are three. */
export const adam: Kernel<AdamCall> = (scratch, call) => {
  const { beta1, beta2, l2 } = call.options;
  const { rate, epsilon, shrink } = adamFactors(call.options);
  const [w, grad, m, v] = [call.parameter, call.grad, call.m, call.v].map((view) => scratch.input(view));
  const g = call.gradScale ? scratch.map(mul, [grad, scratch.input(call.gradScale)], [], grad.shape) : grad;
  const newM = scratch.map(mean, [m, g, w], [beta1, 1 - beta1, l2]);
  const newV = scratch.map(meanSquare, [v, g, w], [beta2, 1 - beta2, l2]);
  const newW = scratch.map(moved, [w, newM, newV], [rate, epsilon, shrink]);
  scratch.output(call.m, newM);
  scratch.output(call.v, newV);
  return scratch.output(call.parameter, newW);
};
