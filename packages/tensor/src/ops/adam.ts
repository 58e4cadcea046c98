import { commonDevice } from "../devices.js";
import type { AdamOptions } from "../kernels/adam/call.js";
import { scope } from "../memory.js";
import type { Tensor } from "../tensor.js";
import { needShape, needShapes, oneFloatingDtype } from "./check.js";
import { contiguous } from "./copy.js";

export type { AdamOptions };

/**
 * One step of Adam (Kingma and Ba, 2015) in place, in one pass, with the bias corrections folded in as Paddle does:
 * g = gradScale grad + l2 w; m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g g;
 * w = (1 - learningRate decoupledDecay) w - learningRate s / (1 - beta1^step) m / (sqrt(v) + epsilon s), where
 * s = sqrt(1 - beta2^step). Writes `parameter`, `m` and `v` and raises their versions. `gradScale` has one element.
 * @throws ShapeError when shapes differ or a written tensor is not contiguous @throws DTypeError
 */
export function adamStep(
  parameter: Tensor,
  grad: Tensor,
  m: Tensor,
  v: Tensor,
  options: AdamOptions,
  gradScale?: Tensor,
): void {
  const written = { parameter, m, v };
  oneFloatingDtype("adamStep", { parameter, grad, m, v, gradScale });
  needShape("adamStep", parameter.shape, { grad, m, v });
  needShapes("adamStep", gradScale === undefined || gradScale.size === 1, "a gradScale of one element", { gradScale });
  needShapes("adamStep", parameter.contiguous && m.contiguous && v.contiguous, "contiguous tensors to write", written);
  const device = commonDevice(gradScale ? [parameter, grad, m, v, gradScale] : [parameter, grad, m, v]);
  for (const x of Object.values(written)) x.storage.version++;
  scope(() => {
    device.run("adam", {
      parameter,
      grad: contiguous(grad),
      m,
      v,
      gradScale: gradScale && contiguous(gradScale),
      options,
    });
  });
}
