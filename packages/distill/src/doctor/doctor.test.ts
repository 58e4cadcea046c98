import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeTinyDetection } from "../../testing/tiny-detection.js";
import { tinyConfig, writeTinyData } from "../../testing/tiny-training.js";
import { diagnoses } from "./diagnoses/index.js";
import { type DoctorReport, examine } from "./doctor.js";

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "retort-doctor-"));
  await writeTinyData(folder, 8);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function reportsOf(overrides: Record<string, unknown>, signal?: AbortSignal): Promise<DoctorReport[]> {
  const reports: DoctorReport[] = [];
  for await (const report of examine(...tinyConfig(folder, overrides), { seconds: 0.01, signal })) reports.push(report);
  return reports;
}

test("every diagnosis asks and answers, in the order of the list", async () => {
  const reports = await reportsOf({ "Architecture.Models.Student.freeze_params": true });
  const names = diagnoses.map(({ name }) => name);
  expect(reports.filter(({ kind }) => kind === "asks").map(({ name }) => name)).toEqual(names);
  expect(reports.filter(({ kind }) => kind === "found").map(({ name }) => name)).toEqual(names);
  expect(reports.filter(({ kind }) => kind === "asks")).toHaveLength(reports.length / 2);
});

test("a config that finds boxes is examined whole, and its Teacher without weights is found", async () => {
  const place = join(folder, "detection");
  mkdirSync(place);
  const found = [];
  for await (const report of examine(await writeTinyDetection(place), [], { seconds: 1 })) {
    if (report.kind === "found") found.push(report);
  }
  expect(found.map(({ name, seen }) => `${name}: ${seen}`).join("\n")).not.toContain("could not be examined");
  expect(found.find(({ name }) => name === "teacher")?.findings).toMatchObject([
    { severity: "fault", problem: expect.stringContaining("Teacher is frozen and has no weights") },
  ]);
  expect(found.find(({ name }) => name === "dictionary")?.seen).toBe("boxes are found, no text is read");
  expect(found.at(-1)?.seen).toMatch(/^2 samples: loss (down|only) from \S+ to \S+ after \d+ steps/);
}, 120_000);

test("a diagnosis that fails is a fault that says why", async () => {
  const reports = await reportsOf({ "Train.loader.batch_size_per_card": 9 });
  const failed = reports.find((report) => report.kind === "found" && report.name === "balance");
  expect(failed).toMatchObject({
    seen: "could not be examined",
    findings: [{ severity: "fault", problem: "Train: the label files hold less than one batch" }],
  });
});

test("weights that are missing are a problem of the config, and an abort ends it", async () => {
  const missing = { "Architecture.Models.Teacher.pretrained": "gone" };
  await expect(reportsOf(missing)).rejects.toThrow(/Models\.Teacher\.pretrained: there is no gone\.json/);
  await expect(reportsOf({}, AbortSignal.abort(new Error("stopped")))).rejects.toThrow("stopped");
});
