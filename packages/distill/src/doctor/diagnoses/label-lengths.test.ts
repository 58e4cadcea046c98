import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tinyPatientAlone } from "../../../testing/tiny-patient.js";
import { writeTinyData } from "../../../testing/tiny-training.js";
import { labelLengths } from "./label-lengths.js";

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "retort-doctor-"));
  await writeTinyData(folder, 8);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function labelled(labels: readonly string[], width: number) {
  const file = join(folder, "labels.txt");
  writeFileSync(file, labels.map((label, i) => `images/${i}.png\t${label}\n`).join(""));
  return tinyPatientAlone(folder, {
    "Train.dataset.label_file_list": file,
    "Train.dataset.transforms.2.RecResizeImg": { image_shape: [3, 32, width] },
  });
}

test("labels that fit", async () => {
  const { seen, findings } = await labelLengths.examine(await labelled(["123456", "1"], 80));
  expect(findings).toEqual([]);
  expect(seen).toBe("labels of up to 6 characters, 20 time steps, at most 8 characters");
});

test("labels that need more time steps than there are, blanks between equal characters among them", async () => {
  // 24 pixels make 6 steps: enough for 6 different characters, not for 4 equal ones, which need 7.
  const { findings } = await labelLengths.examine(await labelled(["123456", "1111", "12"], 24));
  expect(findings).toHaveLength(1);
  expect(findings[0].severity).toBe("fault");
  expect(findings[0].problem).toMatch(
    /33 % of the training labels need more time steps.*4 characters need 7 time steps/,
  );
  expect(findings[0].change).toContain("now 24 pixels");
});

test("labels longer than Global.max_text_length", async () => {
  const { findings } = await labelLengths.examine(await labelled(["123456789012", "12"], 80));
  expect(findings).toHaveLength(1);
  expect(findings[0].problem).toContain(
    "50 % of the training labels are longer than Global.max_text_length (8) allows",
  );
  expect(findings[0].change).toContain("the longest label has 12 characters");
});
