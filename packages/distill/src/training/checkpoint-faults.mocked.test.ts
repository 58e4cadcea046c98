import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tensor } from "@retort/tensor";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { FailingDisk, Fault } from "../../testing/failing-disk.js";
import { digestOf, tinyRun, writeTinyData } from "../../testing/tiny-training.js";
import { NonFiniteWeightsError, readCheckpoint, restore, saveCheckpoint } from "./checkpoint.js";
import type { Run } from "./run.js";
import { trainStep } from "./step.js";

const disk: FailingDisk = await vi.hoisted(async () => {
  const { FailingDisk } = await import("../../testing/failing-disk.js");
  return new FailingDisk();
});
vi.mock("node:fs/promises", async (original) => disk.wrap(await original()));

let folder: string;
/** A run after its second step. */
let run: Run;
/** Takes what is read back. */
let other: Run;
const digests: string[] = [];

const save = (place: string, step: number): Promise<string> =>
  saveCheckpoint(place, "latest", run, { step, position: { epoch: 0, batch: step } }, {});

/** A folder of its own with the checkpoint of step 1, and beside it what a killed save leaves. */
function placeWithOld(): string {
  const place = mkdtempSync(join(folder, "run-"));
  cpSync(join(folder, "old"), place, { recursive: true });
  return place;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "retort-faults-"));
  await writeTinyData(folder, 8);
  [run, other] = [await tinyRun(folder), await tinyRun(folder)];
  let step = 0;
  for await (const batch of run.train.epoch()) {
    await trainStep(run, batch, step++);
    digests.push(digestOf(run));
    if (step === 1) await save(join(folder, "old"), step);
  }
});

afterAll(async () => {
  for (const { train, evaluation } of [run, other]) await Promise.all([train.close(), evaluation.close()]);
  rmSync(folder, { recursive: true, force: true });
});

/** Reads the checkpoint, which must be one of the two, whole. Returns its step. */
async function stepOnDisk(place: string): Promise<number> {
  const checkpoint = await readCheckpoint(join(place, "latest"));
  restore(checkpoint, other);
  const { step, position } = checkpoint.progress;
  expect(position).toEqual({ epoch: 0, batch: step });
  expect(digestOf(other)).toBe(digests[step - 1]);
  return step;
}

async function changesOfASave(): Promise<readonly string[]> {
  const place = placeWithOld();
  disk.heal();
  await save(place, 2);
  return [...disk.done];
}

test("a save writes, flushes and renames two files, then removes the old tensors", async () => {
  const file = ["open", "write", "flush", "rename", "open", "flush"];
  expect(await changesOfASave()).toEqual([...file, ...file, "remove"]);
});

describe.each<Fault>(["error", "full", "death"])("a disk with the fault %s, at any moment of a save", (fault) => {
  test("leaves the old checkpoint or the new one, and the next save mends all", async () => {
    const changes = await changesOfASave();
    const steps: number[] = [];
    for (let at = 0; at < changes.length; at++) {
      const place = placeWithOld();
      disk.arm(fault, at);
      await expect(save(place, 2), `${changes[at]}, change ${at}`).rejects.toThrow("no space left on device");
      expect(disk.failed).toBe(true);
      disk.heal();
      steps.push(await stepOnDisk(place));
      await save(place, 2);
      expect(await stepOnDisk(place)).toBe(2);
      expect(readdirSync(place)).toHaveLength(2);
    }
    const renamed = changes.lastIndexOf("rename");
    expect(steps).toEqual(changes.map((_, at) => (at > renamed ? 2 : 1)));
  });
});

test("saving the same step again never touches the tensors of the checkpoint before", async () => {
  const place = placeWithOld();
  await save(place, 2);
  const before = readdirSync(place);
  disk.arm("death", 9);
  await expect(save(place, 2)).rejects.toThrow("no space left on device");
  disk.heal();
  expect(readdirSync(place)).toEqual(expect.arrayContaining(before));
  expect(await stepOnDisk(place)).toBe(2);
});

test("weights that are not finite are not saved, and the checkpoint before stays", async () => {
  const place = placeWithOld();
  restore(await readCheckpoint(join(place, "latest")), other);
  const state = new Map(other.model.stateDict());
  const [[key, { shape, size }]] = state;
  other.model.loadStateDict(state.set(key, tensor(new Float32Array(size).fill(Number.NaN), shape)));
  const progress = { step: 2, position: { epoch: 0, batch: 2 } };
  const saved = saveCheckpoint(place, "latest", other, progress, {});
  await expect(saved).rejects.toThrow(new NonFiniteWeightsError(`${key} holds NaN: it is not saved`));
  expect(await stepOnDisk(place)).toBe(1);
});
