import { withRandom } from "@retort/autograd";
import { blindDevice, Random, withDevice } from "@retort/tensor";
import { expect, test } from "vitest";
import { classCountsOf } from "../config/classes.js";
import { parseModel } from "../config/model.js";
import { type Adapters, adaptersFromConfig } from "./adapters.js";
import { modelFromConfig } from "./from-config.js";

const network = (outChannels: number) => ({
  model_type: "det",
  return_all_feats: true,
  Backbone: { name: "MobileNetV3", scale: 0.35, disable_se: true },
  Neck: { name: "RSEFPN", out_channels: outChannels },
  Head: { name: "DBHead" },
});

/** The adapters of one distance between two detection networks. */
function adaptersOf(key: string): Adapters {
  const term = { weight: 1, model_name_pairs: ["Student", "Teacher"], key, adapter: { type: "conv1x1" } };
  const { architecture, loss } = parseModel({
    Architecture: { name: "DistillationModel", Models: { Student: network(16), Teacher: network(24) } },
    Loss: { name: "CombinedLoss", loss_config_list: [{ DistillationDistanceLoss: term }] },
  });
  const classes = classCountsOf(0);
  return withDevice(blindDevice(), () =>
    withRandom(new Random(1), () => adaptersFromConfig(loss, modelFromConfig(architecture, classes), classes)),
  );
}

test("an adapter is as wide as what it reads of a detection network", () => {
  const weights = (adapters: Adapters) => [...adapters.stateDict().values()].map(({ shape }) => [...shape]);
  expect(weights(adaptersOf("neck_out"))).toEqual([[24, 16, 1, 1], [24]]);
  expect(weights(adaptersOf("maps"))).toEqual([[3, 3, 1, 1], [3]]);
});
