import { add, crossEntropyRows, logSoftmax, mul, reshape, sum, type Variable } from "@retort/autograd";
import { ctcBatchLoss, featureOf, type NetworkOutput } from "@retort/ocr-models";
import { evaluate, expression, reshape as reshapeTensor, slice, sum as sumTensor, tensor } from "@retort/tensor";
import { type Golden, golden, goldenSuite } from "../../../../fixtures/goldens.js";
import { expectNetworks } from "../../../../fixtures/networks.js";
import type { CombinedLossOf } from "../../../../fixtures/trainings.js";

const counts = expression(({ label }) => label.ne(0));

/** Cross-entropy of NRTR logits [B, T, C] with a tenth of each label spread over the other classes, without padding. */
function nrtrLoss(logits: Variable, g: Golden): Variable {
  const [batch, steps, classes] = logits.shape;
  const { data, shape } = g.ints("in.2");
  const labels = reshapeTensor(slice(tensor(data, shape), 1, 1, 1 + steps), [-1]);
  const counted = evaluate(counts, [labels], [], "float32");
  const rows = reshape(logits, [batch * steps, classes]);
  const spread = 0.1 / (classes - 1);
  const all = mul(mul(sum(logSoftmax(rows), { axes: 1 }), -spread), counted);
  const total = add(mul(crossEntropyRows(rows, labels, 0), 0.9 - spread), all);
  return mul(sum(total), 1 / sumTensor(counted).item());
}

const ctcAndNrtr =
  (g: Golden): CombinedLossOf =>
  (outputs, { ctc }) => {
    const output = outputs.get("") as NetworkOutput;
    const parts = new Map([
      ["CTCLoss", ctcBatchLoss(featureOf(output, "head_out.ctc"), ctc as NonNullable<typeof ctc>)],
      ["NRTRLoss", nrtrLoss(featureOf(output, "head_out.nrtr"), g)],
    ]);
    return { loss: [...parts.values()].reduce((a, b) => add(a, b)), parts };
  };

goldenSuite("recognition networks", () => {
  golden("model-rec-v3-student.safetensors", (g) => expectNetworks(g), { timeout: 240_000 });
  golden("model-rec-v2-distillation.safetensors", (g) => expectNetworks(g), { timeout: 240_000 });
  golden("model-rec-v4-student.safetensors", (g) => expectNetworks(g, ctcAndNrtr), { timeout: 240_000 });
});
