import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Batch } from "@retort/ocr-models/data";
import { type MemoryStats, memory } from "@retort/tensor";
import { expect, test } from "vitest";
import { tinyRun, writeTinyData } from "../../testing/tiny-training.js";
import { trainStep } from "./step.js";

const mebibyte = 2 ** 20;
const mebibytes = (bytes: number): string => `${(bytes / mebibyte).toFixed(1)} MiB`;

// Garbage that has not been collected yet is no leak.
setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function residentMemory(): number {
  collectGarbage();
  return process.memoryUsage().rss;
}

/** What is live after a step, and the least resident memory of the ten steps before it. */
interface Measured extends MemoryStats {
  readonly resident: number;
}

test("live bytes, heap and resident memory are the same at step 100 and at step 1,000", async () => {
  const folder = mkdtempSync(join(tmpdir(), "retort-memory-"));
  try {
    await writeTinyData(folder, 8);
    const run = await tinyRun(folder, { "Train.loader.batch_size_per_card": 2 });
    const batches: Batch[] = [];
    for await (const batch of run.train.epoch()) batches.push(batch);
    const at: Measured[] = [];
    let least = Number.POSITIVE_INFINITY;
    for (let step = 1; step <= 1000; step++) {
      await trainStep(run, batches[step % batches.length], step);
      // As between the batches of a loader: what waits for its turn gets it.
      await new Promise<void>((resolve) => setImmediate(resolve));
      // The engine takes and gives back pages in bursts: the least of ten steps is without them.
      const end = [100, 1000].find((last) => step > last - 10 && step <= last);
      if (end === undefined) continue;
      least = Math.min(least, residentMemory());
      if (step < end) continue;
      at.push({ ...memory.stats(), resident: least });
      least = Number.POSITIVE_INFINITY;
    }
    await run.train.close();
    const [{ resident: before, ...first }, { resident: after, ...last }] = at;
    console.log(`resident memory: ${mebibytes(before)} at step 100, ${mebibytes(after)} at step 1,000`);
    expect(last).toEqual(first);
    expect(after - before).toBeLessThan(16 * mebibyte);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 240_000);
