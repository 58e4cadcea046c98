import { add, backward, Variable } from "@retort/autograd";
import { type Tensor, tensor } from "@retort/tensor";
import { expectRelative, expectWithinMax, golden, goldenSuite } from "../../../../fixtures/goldens.js";
import type { MainLoss } from "./balanced-loss.js";
import { dbLosses } from "./db-loss.js";

interface Case {
  readonly main_loss_type: MainLoss;
  readonly balance_loss?: boolean;
}

goldenSuite("DB loss", () => {
  for (const kind of ["dice", "bce", "unbalanced"]) {
    golden(`loss-db-${kind}.safetensors`, (g) => {
      const { main_loss_type: mainLoss, balance_loss: balance } = g.case as Case;
      const read = (name: string): Tensor => {
        const { data, shape } = g.floats(name);
        return tensor(data, shape);
      };
      const target = {
        shrinkMap: read("const.shrink_map"),
        shrinkMask: read("const.shrink_mask"),
        thresholdMap: read("const.threshold_map"),
        thresholdMask: read("const.threshold_mask"),
      };
      const maps = new Variable(read("in.maps"), { requiresGrad: true });
      const { shrink, threshold, binary } = dbLosses(maps, target, { mainLoss, balance });
      const loss = add(add(shrink, threshold), binary);
      for (const [name, part] of Object.entries({
        loss,
        loss_shrink_maps: shrink,
        loss_threshold_maps: threshold,
        loss_binary_maps: binary,
      })) {
        expectRelative(part.value.dataSync(), g.floats(`out.${name}`).data, 1e-5, name);
      }
      const found = backward(loss).get(maps)?.value.dataSync() ?? [];
      expectWithinMax(found, g.floats("grad.maps").data, 1e-5, "gradient");
    });
  }
});
