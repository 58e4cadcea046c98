import { afterEach, describe, expect, it } from "vitest";
import { f32, i32, kernel, ptr } from "../wasm/index.js";
import { heap } from "./heap.js";
import { quotaCores } from "./thread-count.js";
import { kernelSet, parallelFor, setKernelSet, setThreads, threads } from "./threads.js";

const square = kernel("square", { x: ptr, y: ptr, bias: f32 }, (f, { x, y, bias }, { start, end }) => {
  f.forRange(start, end, (i) => {
    const value = f.local(x.at(i).load());
    f.store(y.at(i), value.mul(value).add(bias));
  });
});

/** Writes the scratch address of each block, and leaves a mark there. */
const where = kernel("where", { to: ptr, spin: i32 }, (f, { to, spin }, { start, scratch }) => {
  const total = f.local(i32.of(0));
  f.times(spin, () => total.set(total.mul(3).add(1)));
  f.store(scratch, total);
  f.store(to.at(start), scratch);
});

async function untilSecondThread(): Promise<Set<number>> {
  const blocks = 64;
  const to = heap().alloc(4 * blocks);
  for (let attempt = 0; attempt < 200; attempt++) {
    parallelFor(where, { to, spin: 200_000 }, blocks, 1, 256);
    const seen = new Set(heap().i32.subarray(to / 4, to / 4 + blocks));
    if (seen.size > 1) {
      heap().free(to);
      return seen;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error("no second thread took part");
}

const initial = threads();
const initialSet = kernelSet();
afterEach(() => {
  setThreads(initial);
  setKernelSet(initialSet);
});

describe("parallelFor", () => {
  it("covers the range once, whatever the grain and the threads, and nothing beside it", async () => {
    setThreads(2);
    await untilSecondThread();
    const n = 1000;
    const x = heap().alloc(4 * n);
    const y = heap().alloc(4 * n + 8);
    for (let i = 0; i < n; i++) heap().f32[x / 4 + i] = i;
    for (const count of [2, 3]) {
      setThreads(count);
      for (const grain of [1, 7, 64, 999, 1000, 5000]) {
        heap().f32.fill(-1, y / 4, y / 4 + n + 2);
        parallelFor(square, { x, y: y + 4, bias: 0.5 }, n, grain);
        const got = heap().f32.subarray(y / 4, y / 4 + n + 2);
        expect([got[0], got[n + 1]]).toEqual([-1, -1]);
        for (let i = 0; i < n; i++) expect(got[1 + i]).toBe(i * i + 0.5);
      }
    }
    heap().free(x);
    heap().free(y);
  });

  it("works alone while workers start, and is joined by them without a turn of the event loop", () => {
    setThreads(2);
    const to = heap().alloc(4 * 64);
    const end = performance.now() + 10_000;
    let seen = 0;
    while (seen < 2 && performance.now() < end) {
      parallelFor(where, { to, spin: 100_000 }, 64, 1, 64);
      seen = new Set(heap().i32.subarray(to / 4, to / 4 + 64)).size;
    }
    expect(seen).toBe(2);
    heap().free(to);
  });

  it("gives each thread its own scratch, at multiples of 64", async () => {
    setThreads(2);
    const scratches = [...(await untilSecondThread())].sort((a, b) => a - b);
    expect(scratches.length).toBe(2);
    expect(scratches[1] - scratches[0]).toBeGreaterThanOrEqual(256);
    for (const address of scratches) expect(address % 64).toBe(0);
  });

  it("delivers kernels that are made after the workers, also after the heap has grown", async () => {
    setThreads(2);
    await untilSecondThread();
    const filler = heap().alloc(80 << 20);
    const to = heap().alloc(4 * 4096);
    for (let k = 0; k < 20; k++) {
      const late = kernel(`late${k}`, { to: ptr }, (f, p, { start, end }) => {
        f.zeroBytes(p.to.at(start), end.sub(start).shl(2));
        f.forRange(start, end, (i) => f.store(p.to.at(i), i.add(k)));
      });
      parallelFor(late, { to }, 4096, 16);
      for (let i = 0; i < 4096; i++) if (heap().i32[to / 4 + i] !== i + k) throw new Error(`word ${i} of kernel ${k}`);
    }
    heap().free(to);
    heap().free(filler);
  });

  it("names the kernel that fails, in whichever thread, and goes on", async () => {
    setThreads(2);
    await untilSecondThread();
    const trap = kernel("dividesByZero", { worker: i32 }, (f, { worker }, { scratch, start }) => {
      const spin = f.local(i32.of(0));
      f.times(100_000, () => spin.advance(start));
      f.if(scratch.gt(worker), () => f.store(scratch, i32.of(1).div(start.sub(start))));
    });
    const [main] = [...(await untilSecondThread())].sort((a, b) => a - b);
    expect(() => parallelFor(trap, { worker: 0 }, 64, 1, 64)).toThrow(/divi|zero/i);
    // On a busy machine the worker may come too late for any block of a call.
    const failing = (): void => {
      for (let call = 0; call < 100; call++) parallelFor(trap, { worker: main }, 64, 1, 64);
    };
    expect(failing).toThrow(/kernel dividesByZero failed in a worker: divi/);
    expect((await untilSecondThread()).size).toBe(2);
  });

  it("does nothing for an empty range", () => {
    parallelFor(square, { x: 0, y: 0, bias: 0 }, 0, 16);
  });

  it("survives many small jobs that finish before a worker wakes", async () => {
    setThreads(2);
    await untilSecondThread();
    const x = heap().alloc(400);
    const y = heap().alloc(400);
    for (let turn = 0; turn < 20_000; turn++) {
      heap().f32[x / 4 + (turn % 100)] = turn;
      parallelFor(square, { x, y, bias: turn % 8 }, 100, 10 + (turn % 40));
      const at = turn % 100;
      if (heap().f32[y / 4 + at] !== Math.fround(turn * turn) + (turn % 8)) {
        expect(heap().f32[y / 4 + at]).toBe(Math.fround(Math.fround(turn * turn) + (turn % 8)));
      }
    }
    heap().free(x);
    heap().free(y);
  });
});

describe("settings", () => {
  it("reads container quotas", () => {
    expect(quotaCores("max 100000\n")).toBe(Number.POSITIVE_INFINITY);
    expect(quotaCores("250000 100000\n")).toBe(2);
    expect(quotaCores("50000 100000\n")).toBe(1);
  });

  it("refuses what makes no sense", () => {
    expect(() => setThreads(0)).toThrow(/setThreads: expected .* found "0"/);
    expect(() => setThreads(1.5)).toThrow(/1\.5/);
    expect(() => setKernelSet("fast" as "simd")).toThrow(/expected plain, simd or fma, found "fast"/);
  });
});
