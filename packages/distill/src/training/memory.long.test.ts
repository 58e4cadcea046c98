import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Batch } from "@retort/ocr-models/data";
import { memory } from "@retort/tensor";
import { expect, test } from "vitest";
import { tinyRun, writeTinyData } from "../../testing/tiny-training.js";
import { trainStep } from "./step.js";

const mebibyte = 2 ** 20;

// Garbage that has not been collected yet is no leak.
setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function measure(): { tensors: number; bytes: number; resident: number } {
  collectGarbage();
  return { ...memory.stats(), resident: process.memoryUsage().rss };
}

test("live bytes, heap and resident memory are the same at step 100 and at step 1,000", async () => {
  const folder = mkdtempSync(join(tmpdir(), "retort-memory-"));
  try {
    await writeTinyData(folder, 8);
    const run = await tinyRun(folder, { "Train.loader.batch_size_per_card": 2 });
    const batches: Batch[] = [];
    for await (const batch of run.train.epoch()) batches.push(batch);
    const at: ReturnType<typeof measure>[] = [];
    for (let step = 1; step <= 1000; step++) {
      trainStep(run, batches[step % batches.length], step);
      if (step === 100 || step === 1000) at.push(measure());
    }
    await run.train.close();
    expect(at[1].tensors).toBe(at[0].tensors);
    expect(at[1].bytes).toBe(at[0].bytes);
    expect(at[1].resident - at[0].resident).toBeLessThan(32 * mebibyte);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 240_000);
