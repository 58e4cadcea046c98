import { tensor } from "@retort/tensor";
import { expectWithinMax, golden, goldenSuite } from "../../../../fixtures/goldens.js";
import { Gradients } from "../gradients.js";
import { Parameter, Variable } from "../variable.js";
import { Adadelta, Adam, AdamW, clipByNorm, Momentum, type Optimizer, RMSProp } from "./index.js";

interface Case {
  readonly optimizer: string;
  readonly l2: number | null;
  readonly clip_norm: number | null;
  readonly lr: number;
  readonly w0: readonly number[];
  readonly grads: readonly (readonly number[])[];
  readonly w: readonly (readonly number[])[];
}

// The reference was run with AdamW's decay at 0.05; its coupled L2 setting does not reach AdamW.
function make({ optimizer, l2, clip_norm, lr }: Case, parameter: Parameter): Optimizer {
  const clip = clip_norm === null ? undefined : clipByNorm(clip_norm);
  const options = { learningRate: lr, l2: l2 ?? 0, clip };
  switch (optimizer) {
    case "Adam":
      return new Adam([parameter], options);
    case "AdamW":
      return new AdamW([parameter], { learningRate: lr, clip, weightDecay: 0.05 });
    case "Momentum":
      return new Momentum([parameter], options);
    case "RMSProp":
      return new RMSProp([parameter], options);
    case "Adadelta":
      return new Adadelta([parameter], options);
    default:
      throw new Error(`the golden file has an optimizer that this test does not know: ${optimizer}`);
  }
}

goldenSuite("optimizers", () => {
  golden("optimizers.json", (g) => {
    for (const stored of g.case as readonly Case[]) {
      const parameter = new Parameter(tensor(stored.w0));
      const optimizer = make(stored, parameter);
      for (const [step, values] of stored.grads.entries()) {
        const gradients = new Gradients();
        gradients.set(parameter, new Variable(tensor(values)));
        optimizer.step(gradients);
        const what = `${stored.optimizer}, L2 ${stored.l2}, clip ${stored.clip_norm}, step ${step}`;
        expectWithinMax(parameter.value.dataSync(), stored.w[step], 1e-6, what);
      }
      g.compared(1);
    }
  });
});
