import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fakeRun } from "../../testing/fake-engine.js";
import { type Scalar, scalarEvent, versionEvent } from "./event.js";
import { tfRecord } from "./record.js";
import { runScalars } from "./run-scalars.js";
import { writeEvents } from "./write-events.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "retort-tensorboard-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

// As TensorBoard 2.21.0 itself serializes them (event_pb2.Event): wall_time 1, step 300, one value "a" of 1.
test("events have the bytes of their protocol buffers", () => {
  expect(hex(scalarEvent({ tag: "a", step: 300, value: 1, time: 1 }))).toBe(
    "09000000000000f03f" + "10ac02" + "2a0a" + "0a08" + "0a0161" + "150000803f",
  );
  expect(hex(versionEvent(1))).toBe(`09000000000000f03f1a0d${hex(new TextEncoder().encode("brain.Event:2"))}`);
});

test("a record carries its length, its bytes and their checksums", () => {
  const record = tfRecord(new TextEncoder().encode("123456789"));
  expect(record).toHaveLength(9 + 16);
  const view = new DataView(record.buffer);
  expect(view.getBigUint64(0, true)).toBe(9n);
  // The mask of e3069283, the checksum of these bytes: turned right by 15 bits, plus a282ead8.
  expect(view.getUint32(21, true)).toBe((0x2507c60d + 0xa282ead8) % 2 ** 32);
});

test("a folder keeps one event file of ours, and whatever else is there", async () => {
  writeFileSync(join(folder, "events.out.tfevents.123.other"), "");
  await writeEvents(folder, [{ tag: "a", step: 1, value: 1, time: 1000 }]);
  const file = await writeEvents(folder, [{ tag: "a", step: 1, value: 1, time: 2000 }]);
  expect(readdirSync(folder).sort()).toEqual([
    "events.out.tfevents.0000002000.retort",
    "events.out.tfevents.123.other",
  ]);
  expect(file).toBe(join(folder, "events.out.tfevents.0000002000.retort"));
  expect(readFileSync(file)).toHaveLength(
    2 * 16 + versionEvent(1).length + scalarEvent({ tag: "a", step: 1, value: 1, time: 1 }).length,
  );
});

test("a run's history as scalars", () => {
  const scalars = runScalars(fakeRun("run"));
  expect(scalars.find(({ tag, step }) => tag === "loss/loss_ctc_Student_0" && step === 20)).toEqual({
    tag: "loss/loss_ctc_Student_0",
    step: 20,
    value: 2,
    time: 1.7e9,
  });
  expect([...new Set(scalars.map(({ tag }) => tag))]).toEqual([
    "training/learning rate",
    "loss/loss",
    "loss/loss_ctc_Student_0",
    "training/images a second",
    "training/seconds a step",
    "training/seconds waiting for data",
    "eval/Student acc",
    "eval/Student norm_edit_dis",
    "eval/Teacher acc",
    "eval/Teacher norm_edit_dis",
  ]);
});

const python = process.env.RETORT_PYTHON;

function hasTensorBoard(): boolean {
  try {
    execFileSync(python as string, ["-c", "import tensorboard"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

const script = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
events = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0})
events.Reload()
print(json.dumps([[tag, e.step, e.value, e.wall_time] for tag in events.Tags()["scalars"] for e in events.Scalars(tag)]))
`;

const present = python !== undefined && hasTensorBoard();
const name = `TensorBoard itself${present ? "" : " (skipped: RETORT_PYTHON names no Python that has it)"}`;

describe.skipIf(!present)(name, () => {
  test("reads back every scalar, its step and its time", async () => {
    const odd: Scalar[] = [
      { tag: "odd/ünïcode 字", step: 0, value: Number.NaN, time: 1.5 },
      { tag: "odd/ünïcode 字", step: 127, value: Number.NEGATIVE_INFINITY, time: 2.25 },
      { tag: "odd/ünïcode 字", step: 128, value: -0.1, time: 3 },
      { tag: "odd/large", step: 2 ** 40 + 1, value: 3e38, time: 1.7e9 + 0.123456 },
      ...Array.from({ length: 300 }, (_, i) => ({ tag: "many", step: 1000 * i, value: i / 7, time: 2e9 + i })),
    ];
    const scalars = [...odd, ...runScalars(fakeRun("run"))];
    const place = join(folder, "read");
    await writeEvents(place, scalars);
    const text = execFileSync(python as string, ["-c", script, place], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    const spelled = text.replaceAll("NaN", '"NaN"').replaceAll("-Infinity", '"-Infinity"');
    const read = JSON.parse(spelled) as [string, number, number | string, number][];
    const wanted = scalars.map(({ tag, step, value, time }) => [
      tag,
      step,
      Number.isFinite(value) ? Math.fround(value) : String(value),
      time,
    ]);
    const order = (rows: unknown[][]): string[] => rows.map((row) => JSON.stringify(row)).sort();
    expect(order(read)).toEqual(order(wanted));
  });
});
