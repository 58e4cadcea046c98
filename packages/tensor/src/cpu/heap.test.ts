import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OutOfMemoryError } from "../errors.js";
import { Heap } from "./heap.js";

const sizes = fc.oneof(
  fc.integer({ min: 0, max: 300 }),
  fc.integer({ min: 0, max: 100_000 }),
  fc.integer({ min: (1 << 20) - 2, max: 4_000_000 }),
);

/** Allocates for each size above 0, frees a block for each below; gives the live blocks. */
function replay(
  heap: Heap,
  steps: readonly (number | "free")[],
  choose: (count: number) => number,
): [number, number][] {
  const live: [number, number][] = [];
  for (const step of steps) {
    if (step !== "free") live.push([heap.alloc(step), step]);
    else if (live.length > 0) heap.free(live.splice(choose(live.length), 1)[0][0]);
  }
  return live;
}

const steps = fc.array(fc.oneof({ weight: 3, arbitrary: sizes }, fc.constant<"free">("free")), { maxLength: 120 });

describe("Heap", () => {
  it("never hands out memory twice, and keeps to 64 bytes", () => {
    fc.assert(
      fc.property(steps, fc.nat(), (script, seed) => {
        const heap = new Heap();
        const live = replay(heap, script, (count) => (seed * 31 + count) % count);
        live.sort(([a], [b]) => a - b);
        live.forEach(([address, bytes], i) => {
          expect(address).toBeGreaterThan(0);
          expect(address % 64).toBe(0);
          const next = live[i + 1]?.[0] ?? heap.memory.buffer.byteLength;
          expect(address + Math.max(bytes, 1)).toBeLessThanOrEqual(next);
        });
        const { liveBytes, liveBlocks } = heap.stats();
        expect(liveBlocks).toBe(live.length);
        expect(liveBytes).toBe(live.reduce((sum, [, bytes]) => sum + bytes, 0));
      }),
      { numRuns: 50 },
    );
  });

  it("needs no more pages for the same cycle again", () => {
    fc.assert(
      fc.property(steps, (script) => {
        const heap = new Heap();
        const cycle = (): number => {
          for (const [address] of replay(heap, script, (count) => count >> 1)) heap.free(address);
          return heap.stats().pages;
        };
        cycle();
        const second = cycle();
        for (let i = 0; i < 3; i++) expect(cycle()).toBe(second);
        expect(heap.stats().liveBytes).toBe(0);
      }),
      { numRuns: 50 },
    );
  });

  it("merges neighbours, so that what is freed in parts can be had whole", () => {
    const heap = new Heap({ maximumPages: 200 });
    const blocks = [0, 1, 2, 3].map(() => heap.alloc(3_000_000));
    for (const i of [1, 3, 0, 2]) heap.free(blocks[i]);
    const { pages } = heap.stats();
    heap.alloc(11_900_000);
    expect(heap.stats().pages).toBe(pages);
  });

  it("shows the same bytes in all views after growth", () => {
    for (const shared of [true, false]) {
      const heap = new Heap({ shared });
      expect(heap.shared).toBe(shared);
      const address = heap.alloc(64);
      heap.f32[address / 4] = 1.5;
      heap.alloc(50 << 20);
      expect(heap.f32[address / 4]).toBe(1.5);
      expect(heap.i32[address / 4]).toBe(0x3fc00000);
      expect(heap.u8[address + 3]).toBe(0x3f);
      expect(heap.f64.byteLength).toBe(heap.memory.buffer.byteLength);
      expect(heap.u8.length).toBe(heap.stats().pages * 65_536);
    }
  });

  it("refuses to free twice, or what it never gave out", () => {
    const heap = new Heap();
    const address = heap.alloc(100);
    heap.free(address);
    expect(() => heap.free(address)).toThrow(/freed before, or never allocated/);
    expect(() => heap.free(4)).toThrow(/free\(4\)/);
  });

  it("says what was asked for and what is live when memory runs out, and goes on", () => {
    const heap = new Heap({ maximumPages: 100 });
    const address = heap.alloc(4 << 20);
    expect(() => heap.alloc(8 << 20)).toThrow(OutOfMemoryError);
    expect(() => heap.alloc(8 << 20)).toThrow(/asked for 8\.0 MiB; live are 4\.0 MiB in 1 blocks/);
    heap.free(address);
    heap.alloc(5 << 20);
    expect(() => heap.alloc(-1)).toThrow(RangeError);
    expect(() => heap.alloc(1.5)).toThrow(/1\.5/);
  });

  it("remembers the peak until it is reset", () => {
    const heap = new Heap();
    heap.free(heap.alloc(5000));
    heap.alloc(100);
    expect(heap.stats().peakBytes).toBe(5000);
    heap.resetPeak();
    expect(heap.stats().peakBytes).toBe(100);
  });

  it("reaches addresses above 2 GiB", () => {
    const heap = new Heap();
    const address = heap.alloc(2_400_000_000);
    const far = heap.alloc(2 << 20);
    expect(far).toBeGreaterThan(2 ** 31);
    heap.f32[far / 4] = 3;
    expect(heap.f32[far / 4]).toBe(3);
    heap.free(address);
  });
});
