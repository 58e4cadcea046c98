import { readFileSync } from "node:fs";
import { blindDevice, withDevice } from "@retort/tensor";
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
