import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Random } from "./random.js";

const draw = (random: Random, count: number): number[] => Array.from({ length: count }, () => random.uint32());

test("draws the words of consecutive counters", () => {
  expect(draw(new Random(0), 4)).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
});

test("two words are the next two that it draws", () => {
  expect(new Random(0).words()).toEqual(draw(new Random(0), 2));
});

test("continues from a state that went through JSON", () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.nat(20), (seed, skipped) => {
      const random = new Random(seed);
      draw(random, skipped);
      const copy = new Random(JSON.parse(JSON.stringify(random.state)));
      expect(draw(copy, 9)).toEqual(draw(random, 9));
    }),
  );
});

describe("split", () => {
  test("depends on the keys only, and leaves the parent alone", () => {
    const parent = new Random(7);
    const before = draw(parent.split("epoch", 3), 4);
    draw(parent, 5);
    const { drawn } = parent.state;
    expect(draw(parent.split("epoch", 3), 4)).toEqual(before);
    expect(parent.state.drawn).toBe(drawn);
    expect(draw(parent.split("epoch").split(3), 4)).toEqual(before);
  });

  test("gives different streams for different keys and seeds", () => {
    const keys: (string | number)[][] = [
      [],
      [0],
      [1],
      ["0"],
      ["a"],
      ["b"],
      [""],
      [0, 0],
      ["a", 0],
      [0, "a"],
      [2 ** 32],
    ];
    const streams = [1, 2].flatMap((seed) => keys.map((list) => draw(new Random(seed).split(...list), 2).join()));
    expect(new Set(streams).size).toBe(streams.length);
  });
});

test("fillUniform gives the same numbers in one piece and in parts", () => {
  const random = new Random(5);
  const whole = new Float32Array(101);
  random.fillUniform(whole);
  const parts = new Float32Array(101);
  for (const [start, end] of [
    [50, 101],
    [0, 3],
    [3, 50],
  ])
    random.fillUniform(parts.subarray(start, end), start);
  expect(parts).toEqual(whole);
  expect(whole).toEqual(Float32Array.from(draw(new Random(5), 101), (word) => (word >>> 8) / 2 ** 24));
  expect(random.state.drawn).toBe(0);
});

describe("distributions", () => {
  const count = 100_000;
  const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

  test("uniform has the moments of [0, 1)", () => {
    const random = new Random(1);
    const values = Array.from({ length: count }, () => random.uniform());
    expect(values.every((v) => v >= 0 && v < 1)).toBe(true);
    expect(mean(values)).toBeCloseTo(0.5, 2);
    expect(mean(values.map((v) => (v - 0.5) ** 2))).toBeCloseTo(1 / 12, 2);
  });

  test("normal has mean 0, variance 1, kurtosis 3", () => {
    const random = new Random(2);
    const values = Array.from({ length: count }, () => random.normal());
    expect(Math.abs(mean(values))).toBeLessThan(0.02);
    expect(Math.abs(mean(values.map((v) => v * v)) - 1)).toBeLessThan(0.03);
    expect(Math.abs(mean(values.map((v) => v ** 4)) - 3)).toBeLessThan(0.2);
  });

  test("integer hits every value about equally often", () => {
    const random = new Random(3);
    const hits = [0, 0, 0, 0, 0, 0, 0];
    for (let i = 0; i < count; i++) hits[random.integer(7)]++;
    const expected = count / 7;
    const chiSquare = hits.reduce((sum, h) => sum + (h - expected) ** 2 / expected, 0);
    expect(chiSquare).toBeLessThan(22.5); // 6 degrees of freedom, p = 0.001
  });

  test("shuffle is a permutation, and all orders of three are about equally likely", () => {
    const random = new Random(4);
    const seen = new Map<string, number>();
    for (let i = 0; i < 12_000; i++) {
      const order = random.shuffle([1, 2, 3]).join("");
      seen.set(order, (seen.get(order) ?? 0) + 1);
    }
    expect([...seen.keys()].sort()).toEqual(["123", "132", "213", "231", "312", "321"]);
    for (const hits of seen.values()) expect(Math.abs(hits - 2000)).toBeLessThan(180);
  });
});

test("bad arguments are errors", () => {
  expect(() => new Random(-1)).toThrow("a seed is a non-negative integer");
  expect(() => new Random(1.5)).toThrow("not 1.5");
  expect(() => new Random({ key: [1, 2 ** 33], drawn: 0 })).toThrow("not a saved state");
  expect(() => new Random(1).integer(0)).toThrow("n is from 1 to 2^32");
  expect(() => new Random(1).split(-1)).toThrow("a key is a string or a non-negative integer");
});
