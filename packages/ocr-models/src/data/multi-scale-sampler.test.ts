import { Random } from "@retort/tensor/random";
import { describe, expect, test } from "vitest";
import { MultiScaleSampler, type SamplerConfig, scalesOf, widthsFor } from "./multi-scale-sampler.js";
import type { BatchPlan } from "./sampler.js";

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const config = (more: Partial<SamplerConfig> = {}): SamplerConfig => ({
  name: "MultiScaleSampler",
  scales: [
    [320, 32],
    [320, 48],
    [320, 64],
  ],
  first_bs: 12,
  fix_bs: false,
  ...more,
});
const shown = ({ lines, size }: BatchPlan): string => `${lines.length} of ${size?.height}x${size?.width}`;

describe("MultiScaleSampler", () => {
  test("every line comes, and only first ones again when they run out", () => {
    const batches = new MultiScaleSampler(config()).batches(numbers(100), new Random(2));
    const all = batches.flatMap(({ lines }) => lines);
    expect(new Set(all)).toEqual(new Set(numbers(100)));
    expect(all).toHaveLength(4 * (12 + 8 + 6));
  });

  test("lines, scales and batches depend on the random numbers only", () => {
    const sampler = new MultiScaleSampler(config());
    const [a, again, b] = [3, 3, 4].map((seed) => sampler.batches(numbers(100), new Random(seed)));
    expect(again).toEqual(a);
    expect(b).not.toEqual(a);
    expect(b.map(shown)).not.toEqual(a.map(shown));
  });

  test("without training lines come in order, at the first scale", () => {
    const batches = new MultiScaleSampler(config({ is_training: false })).batches(numbers(30), new Random(1));
    expect(batches.map(({ lines }) => lines[0])).toEqual([0, 12, 24]);
    expect(batches[2].lines).toEqual([24, 25, 26, 27, 28, 29, 0, 1, 2, 3, 4, 5]);
  });

  test("widths follow the images: a multiple of the height near their mean proportion, up to max_w", () => {
    const proportions = numbers(100).map((i) => 0.2 + 0.15 * i);
    const sampler = new MultiScaleSampler(config({ max_w: 320 }), (line) => proportions[line]);
    for (const { lines, size } of sampler.batches(numbers(100), new Random(5))) {
      const { height, width } = size as { height: number; width: number };
      const mean = lines.reduce((sum, line) => sum + proportions[line], 0) / lines.length;
      expect(width % height).toBe(0);
      expect(widthsFor(config({ max_w: 320 }), height)).toContain(width);
      if (mean < 320 / height - 1) expect(Math.abs(width / height - Math.max(1, mean))).toBeLessThanOrEqual(0.5);
      const own = lines.map((line) => proportions[line]);
      if (Math.min(...own) > 0.2) expect(Math.max(...own) - Math.min(...own)).toBeLessThan(0.15 * lines.length);
    }
    expect(widthsFor(config({ max_w: 320 }), 48)).toEqual([48, 96, 144, 192, 240, 288, 336]);
  });

  test.each<[string, Partial<SamplerConfig>, string]>([
    ["no scales", { scales: [] }, "sampler.scales: expected at least one scale"],
    ["a scale of three numbers", { scales: [[3, 32, 320]] }, "expected [width, height] of whole numbers from 1 on"],
    ["a broken scale", { scales: [[32.5, 320]] }, "found [32.5,320]"],
    ["a batch of none", { first_bs: 0 }, "sampler.first_bs: expected a whole number from 1 on, found 0"],
    ["a scale below the factor", { scales: [[320, 8]] }, "[320, 8] is smaller than divided_factor [8, 16]"],
    ["a text", { fix_bs: "no" as unknown as boolean }, 'sampler.fix_bs: expected true or false, found "no"'],
  ])("%s is an error", (_, more, message) => expect(() => scalesOf(config(more))).toThrow(message));
});
