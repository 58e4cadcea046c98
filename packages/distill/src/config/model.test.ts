import { expect, test } from "vitest";
import { parseModel } from "./model.js";

const network = {
  model_type: "rec",
  Backbone: { name: "MobileNetV1Enhance" },
  Neck: { name: "SequenceEncoder", encoder_type: "rnn", hidden_size: 64 },
  Head: { name: "CTCHead", mid_channels: 96, fc_decay: 0.00002 },
};

test("a model by itself", () => {
  const { architecture, loss } = parseModel({ Architecture: network, Loss: { name: "CTCLoss" } });
  expect(architecture).toMatchObject({
    kind: "single",
    network: { neck: { encoder: "rnn", hiddenSize: 64 }, head: { name: "CTCHead", midChannels: 96, fcDecay: 0.00002 } },
  });
  expect(loss.terms).toMatchObject([{ kind: "CTCLoss", feature: "head_out" }]);
});

test("problems of both sections come at once", () => {
  const read = () => parseModel({ Architecture: { ...network, Bakcbone: 1 }, Loss: { name: "CTCLos" } });
  expect(read).toThrow(/2 problems:\n.*Architecture\.Bakcbone: unknown key; did you mean "Backbone"\?\n.*Loss\.name/);
});

test("keys that have no effect here are passed over, and stay where they were", () => {
  const Architecture = { ...network, Backbone: { name: "MobileNetV1Enhance", pretrained: true } };
  expect(parseModel({ Architecture, Loss: { name: "CTCLoss" } }).architecture).toMatchObject({ kind: "single" });
  expect(Architecture.Backbone.pretrained).toBe(true);
});
