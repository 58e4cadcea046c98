import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tinyPatient } from "../../../testing/tiny-patient.js";
import { writeTinyData } from "../../../testing/tiny-training.js";
import { usableData } from "./usable-data.js";

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "retort-doctor-"));
  await writeTinyData(folder, 8);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("data that can be used", async () => {
  const { seen, findings } = await usableData.examine(await tinyPatient(folder));
  expect(findings).toEqual([]);
  expect(seen).toBe("Train 8 of 8 lines; Eval 4 of 4 lines");
});

test("images that are missing or damaged, and the wrong folder", async () => {
  const file = join(folder, "bad.txt");
  writeFileSync(join(folder, "images", "bad.png"), "no image");
  writeFileSync(file, "images/0.png\t12\nimages/bad.png\t12\nimages/gone.png\t12\nimages/1.png\t34\n");
  const { findings } = await usableData.examine(await tinyPatient(folder, { "Train.dataset.label_file_list": file }));
  expect(findings.map(({ severity }) => severity)).toEqual(["fault", "fault"]);
  expect(findings[0].problem).toContain("Train: 25 % of 4 lines cannot be used: image missing");
  expect(findings[1].problem).toContain("Train: 33 % of 3 images that were decoded cannot be used: unreadable image");
  const moved = await usableData.examine(await tinyPatient(folder, { "Eval.dataset.data_dir": tmpdir() }));
  expect(moved.findings[0].problem).toContain("Eval: 100 % of 4 lines cannot be used: image missing");
  expect(moved.findings[0].change).toContain("Eval.dataset.data_dir");
});
