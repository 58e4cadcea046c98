import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Random } from "@retort/tensor";
import { expect, test } from "vitest";
import { argumentsOf, tinyConfig, writeTinyData } from "../../distill/testing/tiny-training.js";

const bin = new URL("../dist/bin.js", import.meta.url).pathname;
const kills = 50;
const seed = 20;

/** Starts `retort train` on the tiny networks, going on from `latest` where there is one. It saves after every 2 steps. */
function startTraining(data: string, place: string): ChildProcess {
  const [config, overrides] = tinyConfig(data, {
    "Global.save_model_dir": place,
    "Global.epoch_num": 8,
    "Global.eval_batch_step": [0, 4],
    "Train.loader.num_workers": 0,
    "Eval.loader.num_workers": 0,
  });
  const latest = join(place, "latest");
  if (existsSync(`${latest}.json`)) overrides["Global.checkpoints"] = latest;
  return spawn(process.execPath, [bin, "train", "--json", ...argumentsOf(config, overrides)], {
    stdio: ["ignore", "ignore", "inherit"],
  });
}

/** The checkpoint `latest` of a folder: a digest of all bytes of its tensors, and where it stands. */
function latestOf(place: string): { tensors: string; progress: unknown } {
  const { tensors, progress } = JSON.parse(readFileSync(join(place, "latest.json"), "utf8"));
  const bytes = readFileSync(join(place, tensors));
  return { tensors: createHash("sha256").update(bytes).digest("hex"), progress };
}

test(`${kills} kills at random moments: every training ends with the bits of one that nobody disturbed`, async () => {
  const folder = mkdtempSync(join(tmpdir(), "retort-kills-"));
  try {
    await writeTinyData(folder, 8);
    const begun = performance.now();
    const whole = join(folder, "whole");
    expect(await once(startTraining(folder, whole), "exit")).toEqual([0, null]);
    const life = performance.now() - begun;
    const random = new Random(seed);
    let killed = 0;
    let trainings = 0;
    while (killed < kills) {
      const place = join(folder, `run-${trainings++}`);
      for (;;) {
        const child = startTraining(folder, place);
        const exit = once(child, "exit");
        // Mostly while it trains: the first part of a life is the start of the process.
        const patience = new AbortController();
        const kill = sleep((0.2 + 0.8 * random.uniform()) * life, undefined, { signal: patience.signal })
          .then(() => child.kill("SIGKILL"))
          .catch(() => false);
        const [code, signal] = await exit;
        patience.abort();
        await kill;
        if (signal === "SIGKILL") killed++;
        else expect(code).toBe(0);
        if (code === 0) break;
      }
      expect(latestOf(place)).toEqual(latestOf(whole));
    }
    console.log(`${killed} kills in ${trainings} trainings, seed ${seed}, a life ${life.toFixed(0)} ms`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 900_000);
