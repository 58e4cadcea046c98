import { Random } from "@retort/tensor/random";
import fc from "fast-check";
import { expect, test } from "vitest";
import { makeSampler } from "./loader.js";

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

test("processes together load the batches of one with so many times the batch, filled up with first lines", () => {
  fc.assert(
    fc.property(
      fc.record({ lines: fc.integer({ min: 1, max: 60 }), each: fc.integer({ min: 1, max: 7 }) }),
      fc.integer({ min: 1, max: 5 }),
      fc.boolean(),
      fc.boolean(),
      fc.nat(1000),
      ({ lines, each }, size, shuffle, drop_last, seed) => {
        const whole = makeSampler({ batch_size_per_card: each * size, shuffle, drop_last });
        const one = whole.batches(numbers(lines), new Random(seed));
        const parts = numbers(size).map((rank) => {
          const share = { rank, size };
          const part = makeSampler({ batch_size_per_card: each, shuffle, drop_last }, undefined, undefined, share);
          expect(part.batchesPerEpoch(lines)).toBe(one.length);
          return part.batches(numbers(lines), new Random(seed));
        });
        const order = one.flatMap((batch) => batch.lines);
        for (const [i, batch] of one.entries()) {
          const lengths = new Set(parts.map((part) => part[i].lines.length));
          expect(lengths.size).toBe(1);
          const together = parts.flatMap((part) => part[i].lines);
          expect(together.slice(0, batch.lines.length)).toEqual(batch.lines);
          const more = together.slice(batch.lines.length);
          expect(more.length).toBeLessThan(size);
          expect(more).toEqual(more.map((_, k) => order[k % order.length]));
        }
      },
    ),
  );
});

test("batches of several sizes have the same size in all processes", () => {
  const sampler = {
    name: "MultiScaleSampler",
    scales: [
      [320, 32],
      [320, 48],
      [320, 64],
    ],
    fix_bs: false,
    first_bs: 12,
  };
  const plans = [0, 1].map((rank) =>
    makeSampler({ batch_size_per_card: 1 }, sampler, undefined, { rank, size: 2 }).batches(numbers(100), new Random(3)),
  );
  expect(plans[0].map(({ size }) => size)).toEqual(plans[1].map(({ size }) => size));
  expect(plans[0].map(({ lines }) => lines.length)).toEqual(plans[1].map(({ lines }) => lines.length));
  expect(new Set(plans.flat().flatMap(({ lines }) => lines))).toEqual(new Set(numbers(100)));
  expect(Math.max(...plans[0].map(({ lines }) => lines.length))).toBe(12);
});
