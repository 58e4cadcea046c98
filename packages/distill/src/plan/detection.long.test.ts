import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { pagesAsData, writePages } from "../../testing/tiny-detection.js";
import { upstreamPath } from "../../testing/upstream.js";
import { classCountsOf } from "../config/classes.js";
import { parseConfig } from "../config/index.js";
import { BlindRun } from "./blind-run.js";
import { plan } from "./plan.js";

// Counted by running the reference.
const [v2Student, v3Student, v4Student] = [595_794, 615_978, 3_570_810];
const [v2Teacher, v3Teacher] = [12_374_754, 32_949_730];

// Scales and biases behind activations that PPLCNetV3 leaves out where its stride is 2.
const unread = 8;

// Weights of some 70 million parameters are drawn.
const limit = { timeout: 300_000 };

const files: [name: string, parameters: Record<string, number>][] = [
  ["det-v2-distill", { Student: v2Student, Teacher: v2Teacher }],
  ["det-v2-dml", { Student: v2Student, Student2: v2Student }],
  ["det-v2-cml", { Teacher: v2Teacher, Student: v2Student, Student2: v2Student }],
  ["det-v2-student", { "": v2Student }],
  ["det-v3-dml", { Student: v3Teacher, Student2: v3Teacher }],
  ["det-v3-cml", { Student: v3Student, Student2: v3Student, Teacher: v3Teacher }],
  ["det-v3-student", { "": v3Student }],
  ["det-v4-cml", { Student: v4Student, Student2: v4Student, Teacher: v3Teacher }],
  ["det-v4-student", { "": v4Student }],
];

test.each(files)(
  "PaddleOCR's own %s takes a step, with networks of the reference's size",
  limit,
  (name, parameters) => {
    const { config } = parseConfig(readFileSync(upstreamPath(name), "utf8"));
    const run = new BlindRun(config, classCountsOf(37));
    const state = [...run.model.stateDict({ aliases: false })];
    for (const [network, count] of Object.entries(parameters)) {
      const entries = state.filter(([key]) => network === "" || key.startsWith(`${network}.`));
      expect(entries.reduce((sum, [, { size }]) => sum + size, 0)).toBe(count);
    }
    expect(run.step()).toBeGreaterThan(0);
    const idle = unread * Object.values(parameters).filter((count) => count === v4Student).length;
    const learning = run.model.parameters().filter(({ trainable }) => trainable);
    expect(run.device.runs.get("adam")).toBe(learning.length - idle);
  },
);

const ours = fileURLToPath(new URL("../../../../configs/det/pp-ocrv3-dml.yml", import.meta.url));

test.each([
  [upstreamPath("det-v3-cml"), ["Student", "Student2", "Teacher"]],
  [ours, ["Student", "Student2"]],
])("%s can be planned", limit, async (file, names) => {
  const folder = mkdtempSync(join(tmpdir(), "retort-large-"));
  try {
    await writePages(folder, 2);
    const { networks } = await plan(file, pagesAsData(folder, 8));
    expect(networks.map(({ name }) => name)).toEqual(names);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
