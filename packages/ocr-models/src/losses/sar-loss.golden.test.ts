import { backward, Variable } from "@retort/autograd";
import { tensor } from "@retort/tensor";
import { expectRelative, expectWithinMax, golden, goldenSuite } from "../../../../fixtures/goldens.js";
import { sarBatchLoss } from "./sar-loss.js";

goldenSuite("SAR loss", () => {
  golden("loss-sar.safetensors", (g) => {
    const { ignore_index: ignoreIndex } = g.case as { ignore_index: number };
    const [x, label] = [g.floats("in.x"), g.ints("const.label")];
    const logits = new Variable(tensor(x.data, x.shape), { requiresGrad: true });
    const loss = sarBatchLoss(logits, tensor(label.data, label.shape), ignoreIndex);
    expectRelative(loss.value.dataSync(), g.floats("out.loss").data, 1e-5, "loss");
    const found = backward(loss).get(logits)?.value.dataSync() ?? [];
    expectWithinMax(found, g.floats("grad.x").data, 1e-5, "gradient");
  });
});
