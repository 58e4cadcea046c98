import { readFileSync } from "node:fs";
import { featureOf } from "@retort/ocr-models";
import { blindDevice, withDevice, zeros } from "@retort/tensor";
import { expect, test } from "vitest";
import { classCountsOf } from "../config/classes.js";
import { parseModel } from "../config/model.js";
import { readYaml } from "../config/yaml.js";
import type { DistillationModel } from "./distillation-model.js";
import { modelFromConfig } from "./from-config.js";

/** The networks of a shipped config, with PaddleOCR's number of classes, on a device without data. */
function networksOf(name: string, loss: unknown): DistillationModel {
  const file = new URL(`../../../../configs/rec/${name}`, import.meta.url);
  const { value } = readYaml(readFileSync(file, "utf8"), name);
  const { architecture } = parseModel({ Architecture: (value as { Architecture: unknown }).Architecture, Loss: loss });
  return withDevice(blindDevice(), () => modelFromConfig(architecture, classCountsOf(6625)));
}

/** Numbers in parameters and running statistics, as Paddle counts them. */
function sizeOf(model: DistillationModel, prefix: string): number {
  return [...model.stateDict({ aliases: false })]
    .filter(([key]) => key.startsWith(prefix) && !key.endsWith(".pe"))
    .reduce((sum, [, { size }]) => sum + size, 0);
}

test("the network of PP-OCRv4 has as many numbers as the reference's", () => {
  const model = networksOf("pp-ocrv4.yml", { name: "CTCLoss" });
  expect(["backbone.", "head."].map((prefix) => sizeOf(model, prefix))).toEqual([4_960_164, 16_111_225]);
});

test("the two networks of PP-OCRv2 have as many numbers as the reference's", () => {
  const loss = { DistillationCTCLoss: { weight: 1, model_name_list: ["Student", "Teacher"] } };
  const model = networksOf("pp-ocrv2-distillation.yml", { name: "CombinedLoss", loss_config_list: [loss] });
  const parts = ["backbone.", "neck.", "head."];
  for (const name of ["Teacher", "Student"]) {
    expect(parts.map((part) => sizeOf(model, `${name}.${part}`))).toEqual([1_027_104, 395_264, 655_009]);
  }
});

test("the teacher of PP-OCRv4 is larger than its student, and frozen", () => {
  const loss = { DistillationCTCLoss: { weight: 1, model_name_list: ["Student"] } };
  const model = networksOf("pp-ocrv4-distillation.yml", { name: "CombinedLoss", loss_config_list: [loss] });
  expect([...model.networks].map(([name, { freeze }]) => [name, freeze])).toEqual([
    ["Teacher", "frozen"],
    ["Student", "learning"],
  ]);
  expect(sizeOf(model, "Student.")).toBe(4_960_164 + 16_111_225);
  expect(sizeOf(model, "Teacher.backbone.")).toBeGreaterThan(2 * 4_960_164);
});

test("the three networks of PP-OCRv3's detection have as many numbers as the reference's, and see the same picture", () => {
  const printed = (name: string): Record<string, unknown> => {
    const file = new URL(`../../../../fixtures/seed/${name}.yml`, import.meta.url);
    return readYaml(readFileSync(file, "utf8"), name).value as Record<string, unknown>;
  };
  const [{ Architecture }, { Loss }] = ["2.2.1-cml-networks", "2.2.2-loss"].map(printed);
  const { architecture } = parseModel({ Architecture, Loss });
  withDevice(blindDevice(), () => {
    const model = modelFromConfig(architecture, classCountsOf(0)).train();
    const names = ["Teacher.", "Student.", "Student2."];
    expect(names.map((name) => sizeOf(model, name))).toEqual([32_949_730, 615_978, 615_978]);
    const outputs = [...model.forward(zeros([2, 3, 64, 96]))];
    // The frozen teacher gives what heads give in training, without a graph.
    expect(outputs.map(([name, output]) => [name, featureOf(output, "maps").shape])).toEqual(
      ["Teacher", "Student", "Student2"].map((name) => [name, [2, 3, 64, 96]]),
    );
    expect(outputs.map(([, output]) => featureOf(output, "maps").requiresGrad)).toEqual([false, true, true]);
  });
});
