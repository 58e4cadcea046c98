import { backward, ctcLoss, Variable } from "@retort/autograd";
import { tensor } from "@retort/tensor";
import { expectRelative, expectWithinMax, type Golden, golden, goldenSuite } from "../../../../fixtures/goldens.js";
import { type CtcTarget, ctcBatchLoss } from "./ctc-loss.js";

function inputsOf(g: Golden): { logits: Variable; target: CtcTarget } {
  const [x, labels, lengths] = [g.floats("in.x"), g.ints("const.label"), g.ints("const.length")];
  return {
    logits: new Variable(tensor(x.data, x.shape), { requiresGrad: true }),
    target: { labels: tensor(labels.data, labels.shape), lengths: tensor(lengths.data, lengths.shape) },
  };
}

goldenSuite("CTC loss", () => {
  for (const file of ["loss-ctc.safetensors", "loss-ctc-focal.safetensors"]) {
    golden(file, (g) => {
      const { logits, target } = inputsOf(g);
      const loss = ctcBatchLoss(logits, target, g.case as { focal: boolean });
      expectRelative(loss.value.dataSync(), g.floats("out.loss").data, 1e-5, "loss");
      const found = backward(loss).get(logits)?.value.dataSync() ?? [];
      expectWithinMax(found, g.floats("grad.x").data, 1e-5, "gradient");
    });
  }

  golden("loss-ctc-impossible.safetensors", (g) => {
    const { logits, target } = inputsOf(g);
    const loss = ctcLoss(logits, target.labels, target.lengths);
    expectRelative(loss.value.dataSync(), g.floats("out.none").data, 1e-5, "loss of each sample");
  });
});
