import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tinyPatientAlone } from "../../../testing/tiny-patient.js";
import { writeTinyData } from "../../../testing/tiny-training.js";
import { inputs } from "./inputs.js";

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "retort-doctor-"));
  await writeTinyData(folder, 4);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const evaluated = (shape: readonly number[]) =>
  tinyPatientAlone(folder, { "Eval.dataset.transforms.2.RecResizeImg": { image_shape: shape } });

test("the same kind of images", async () => {
  const { seen, findings } = await inputs.examine(await tinyPatientAlone(folder));
  expect(findings).toEqual([]);
  expect(seen).toBe("Train 80x32, Eval 80x32");
});

test("images that are narrower are a doubt, wider ones are fine", async () => {
  expect((await inputs.examine(await evaluated([3, 32, 40]))).findings).toMatchObject([
    {
      severity: "doubt",
      problem: "Train makes images up to 80 pixels wide, Eval 40: texts are squeezed.",
      change: expect.stringContaining("transforms of Eval"),
    },
  ]);
  expect((await inputs.examine(await evaluated([3, 32, 160]))).findings).toEqual([]);
});

test("another order of colours", async () => {
  const patient = await tinyPatientAlone(folder, { "Eval.dataset.transforms.0.DecodeImage.img_mode": "RGB" });
  const { findings } = await inputs.examine(patient);
  expect(findings).toMatchObject([
    { severity: "fault", problem: "Train and Eval differ in the order of colours: BGR against RGB." },
  ]);
});
