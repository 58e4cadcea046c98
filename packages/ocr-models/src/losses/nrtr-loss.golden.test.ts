import { backward, Variable } from "@retort/autograd";
import { tensor } from "@retort/tensor";
import { expect } from "vitest";
import { expectRelative, expectWithinMax, golden, goldenSuite } from "../../../../fixtures/goldens.js";
import { nrtrBatchLoss } from "./nrtr-loss.js";

goldenSuite("NRTR loss", () => {
  for (const file of ["loss-nrtr.safetensors", "loss-nrtr-smooth.safetensors"]) {
    golden(file, (g) => {
      const { smoothing } = g.case as { smoothing: boolean };
      const [x, label, length] = [g.floats("in.x"), g.ints("const.label"), g.ints("const.length")];
      expect(x.shape[1], "the reference writes as far as the longest text").toBe(1 + Math.max(...length.data));
      const logits = new Variable(tensor(x.data, x.shape), { requiresGrad: true });
      // The stored value without smoothing is that of DistillationNRTRLoss, which counts padding.
      const loss = nrtrBatchLoss(logits, tensor(label.data, label.shape), { smoothing, countPadding: !smoothing });
      expectRelative(loss.value.dataSync(), g.floats("out.loss").data, 1e-5, "loss");
      const found = backward(loss).get(logits)?.value.dataSync() ?? [];
      expectWithinMax(found, g.floats("grad.x").data, 1e-5, "gradient");
    });
  }
});
