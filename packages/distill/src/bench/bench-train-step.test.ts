import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Random, type Tensor } from "@retort/tensor";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeTinyDetection } from "../../testing/tiny-detection.js";
import { classCountsOf } from "../config/classes.js";
import { benchTrainStep } from "./bench-train-step.js";
import { randomBatch } from "./random-batch.js";

const shipped = (name: string): string => new URL(`../../../../configs/rec/${name}`, import.meta.url).pathname;
const small = { batch: 2, width: 40, classes: 11, steps: 2 };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "retort-bench-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each(["quickstart.yml", "pp-ocrv3-small.yml"])(
  "a step of %s is timed without its dictionary and data",
  async (name) => {
    const { seconds, imagesPerSecond, peakMemoryBytes, share } = await benchTrainStep({
      config: shipped(name),
      ...small,
    });
    expect(seconds).toBeGreaterThan(0);
    expect(imagesPerSecond).toBeCloseTo(2 / seconds);
    expect(peakMemoryBytes).toBeGreaterThan(2 ** 20);
    expect(Object.keys(share)).toEqual(
      expect.arrayContaining(["conv2d", "conv2dWeightGrad", "gemm", "lstmGrad", "ctcGrad", "adam", "other"]),
    );
    expect(Object.values(share).reduce((a, b) => a + b)).toBeCloseTo(1);
  },
);

test("a step of a detector is timed on maps, of the size that the config crops to or another", async () => {
  const config = await writeTinyDetection(folder);
  const steps = { batch: 2, classes: 11, steps: 1, profile: true };
  const convolved = async (size: { width?: number; height?: number }): Promise<string[]> => {
    const { profile, seconds } = await benchTrainStep({ config, ...steps, ...size });
    expect(seconds).toBeGreaterThan(0);
    return (profile?.shapes ?? []).filter(({ kernel }) => kernel === "conv2d").map(({ shapes }) => `${shapes}`);
  };
  expect((await convolved({})).join()).toContain("[2, 3, 64, 64]");
  expect((await convolved({ width: 96, height: 32 })).join()).toContain("[2, 3, 32, 96]");
});

test("a tenth of random maps is text, and every pixel counts", () => {
  const shape = { batch: 2, height: 64, width: 96, maxTextLength: 25, classes: classCountsOf(7), maps: true };
  const { shrinkMap, shrinkMask, thresholdMap, thresholdMask } =
    randomBatch(shape, new Random(3)).targets.db ?? expect.fail("no maps");
  const text = [...shrinkMap.dataSync()];
  expect([...new Set(text)].sort()).toEqual([0, 1]);
  expect(text.reduce((a, b) => a + b) / text.length).toBeCloseTo(0.1, 1);
  expect([shrinkMask, thresholdMask].flatMap((mask) => [...mask.dataSync()]).every((value) => value === 1)).toBe(true);
  const levels = [...thresholdMap.dataSync()];
  expect([Math.min(...levels), Math.max(...levels)].map((level) => level.toFixed(2))).toEqual(["0.30", "0.70"]);
});

test("numbers that cannot be are errors, as is a file that is not there", async () => {
  await expect(benchTrainStep({ config: shipped("quickstart.yml"), ...small, batch: 0 })).rejects.toThrow(
    "batch: expected a whole number from 1 on, found 0",
  );
  await expect(benchTrainStep({ config: "absent.yml", ...small })).rejects.toThrow(
    'the config "absent.yml" cannot be read: ENOENT',
  );
});

test("random texts have 5 to 23 characters, encoded for all heads", () => {
  const classes = classCountsOf(7);
  const { targets, heads } = randomBatch(
    { batch: 200, height: 8, width: 8, maxTextLength: 25, classes },
    new Random(3),
  );
  const lengths = [...(targets.ctc?.lengths.dataSync() ?? [])];
  expect([Math.min(...lengths), Math.max(...lengths)]).toEqual([5, 23]);
  const rowOf = (labels: Tensor | undefined, b: number) => [...(labels?.dataSync().slice(25 * b, 25 * (b + 1)) ?? [])];
  for (const [b, length] of lengths.entries()) {
    const text = rowOf(targets.ctc?.labels, b).slice(0, length);
    expect(Math.min(...text)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...text)).toBeLessThan(7);
    const padding = (value: number): number[] => Array<number>(25 - length - 2).fill(value);
    expect(rowOf(targets.ctc?.labels, b)).toEqual([...text, 0, 0, ...padding(0)]);
    expect(rowOf(heads.labels, b)).toEqual([7, ...text.map((c) => c - 1), 7, ...padding(8)]);
    expect(rowOf(heads.nrtr, b)).toEqual([2, ...text.map((c) => c + 3), 3, ...padding(0)]);
  }
});
