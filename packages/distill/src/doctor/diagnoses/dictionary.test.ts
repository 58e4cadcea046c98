import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tinyPatient } from "../../../testing/tiny-patient.js";
import { writeTinyData } from "../../../testing/tiny-training.js";
import { dictionary } from "./dictionary.js";

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "retort-doctor-"));
  await writeTinyData(folder, 8);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A patient with these labels in place of those of Train. */
function labelled(labels: readonly string[], overrides: Record<string, unknown> = {}) {
  const file = join(folder, "labels.txt");
  writeFileSync(file, labels.map((label, i) => `images/${i % 8}.png\t${label}\n`).join(""));
  return tinyPatient(folder, { "Train.dataset.label_file_list": file, ...overrides });
}

test("a dictionary with every character of the labels", async () => {
  const { seen, findings } = await dictionary.examine(await tinyPatient(folder));
  expect(findings).toEqual([]);
  expect(seen).toContain("10 characters");
});

test("characters that it lacks are named with their share, most of them as a fault", async () => {
  const { findings } = await dictionary.examine(await labelled(["12é", "ab9", "12", "34"]));
  expect(findings).toHaveLength(1);
  expect(findings[0].severity).toBe("fault");
  expect(findings[0].problem).toContain(
    'Train: 30 % of the characters of the labels are not in the dictionary ("é" 1x, "a" 1x, "b" 1x)',
  );
  expect(findings[0].change).toContain(`Add them to ${join(folder, "dict.txt")}`);
});

test("a rare one is a doubt", async () => {
  const { findings } = await dictionary.examine(await labelled([...Array(15).fill("12"), "3x"]));
  expect(findings).toMatchObject([{ severity: "doubt", problem: expect.stringContaining("3 % of the characters") }]);
});

test("spaces and capitals have a remedy of their own", async () => {
  const spaces = await dictionary.examine(await labelled(["1 2", "3 4"]));
  expect(spaces.findings[0].change).toBe("Set Global.use_space_char: true.");
  const file = join(folder, "letters.txt");
  writeFileSync(file, [..."0123456789abc"].join("\n"));
  const capitals = await dictionary.examine(await labelled(["AB", "c1"], { "Global.character_dict_path": file }));
  expect(capitals.findings[0].change).toContain("these letters only small");
});
