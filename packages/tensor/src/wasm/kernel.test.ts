import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { capabilities, f32, f32x4, f64, i32, i32x4, type Kernel, kernel, type Params, ptr } from "./index.js";

const ARGS = 16;
const SCRATCH = 64;
const DATA = 1024;

/** Runs a kernel over [start, end) on a fresh memory whose words from DATA on are `words`; gives the memory. */
function run(k: Kernel, args: Record<string, number>, words: ArrayLike<number>, [start, end] = [0, 0], fma = false) {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const [floats, ints] = [new Float32Array(memory.buffer), new Int32Array(memory.buffer)];
  floats.set(Array.from(words), DATA / 4);
  Object.entries(k.params as Params).forEach(([name, { kind }], i) => {
    (kind === "f32" ? floats : ints)[ARGS / 4 + i] = args[name];
  });
  const bytes = k.assemble({ fma, tileColumns: 8, shared: false }) as Uint8Array<ArrayBuffer>;
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  (instance.exports.run as (...a: number[]) => void)(start, end, SCRATCH, ARGS);
  return { floats: floats.subarray(DATA / 4), ints: ints.subarray(DATA / 4), memory };
}

describe("kernel", () => {
  it("reads its parameters and works on its range, tails included", () => {
    const axpy = kernel("axpy", { x: ptr, y: ptr, alpha: f32 }, (f, { x, y, alpha }, { start, end }) => {
      const factor = f.local(f32x4.splat(alpha));
      f.forLanes(
        start,
        end,
        (i) => f.store(y.at(i), f.mulAdd(factor, x.at(i).load4(), y.at(i).load4())),
        (i) => f.store(y.at(i), alpha.mul(x.at(i).load()).add(y.at(i).load())),
      );
    });
    for (let n = 0; n <= 33; n++) {
      const words = Array.from({ length: 80 }, (_, i) => i + 1);
      const { floats } = run(axpy, { x: DATA, y: DATA + 160, alpha: 0.5 }, words, [1, n]);
      for (let i = 0; i < 40; i++) {
        const y = 41 + i;
        expect(floats[40 + i]).toBe(i >= 1 && i < n ? y + 0.5 * (i + 1) : y);
      }
    }
  });

  it("assembles once for each target, and only when it is asked to", () => {
    let built = 0;
    const k = kernel("counted", {}, () => {
      built++;
    });
    expect(built).toBe(0);
    const target = { fma: false, tileColumns: 8, shared: true } as const;
    expect(k.assemble(target)).toBe(k.assemble({ ...target }));
    expect(built).toBe(1);
    expect(k.assemble({ ...target, fma: true })).not.toBe(k.assemble(target));
    expect(k.assemble({ ...target, tileColumns: 16 })).not.toBe(k.assemble(target));
  });

  it("accepts a shared memory when it is assembled for one", () => {
    const k = kernel("store", { to: ptr }, (f, { to }) => f.store(to, i32.of(7)));
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 65_535, shared: true });
    const bytes = k.assemble({ fma: false, tileColumns: 8, shared: true }) as Uint8Array<ArrayBuffer>;
    const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
    const words = new Int32Array(memory.buffer);
    words[4] = 256;
    (instance.exports.run as (...a: number[]) => void)(0, 0, 0, 16);
    expect(words[64]).toBe(7);
  });

  it("names its functions for profilers", () => {
    const k = kernel("outerName", {}, (f) =>
      f.call(
        f.subroutine("innerName", {}, () => {}),
        {},
      ),
    );
    const text = new TextDecoder("latin1").decode(k.assemble({ fma: false, tileColumns: 8, shared: false }));
    expect(text).toContain("outerName");
    expect(text).toContain("innerName");
  });
});

const out = (words: number[], body: Parameters<typeof kernel<{ to: typeof ptr }>>[2], scratch = 0) =>
  run(kernel("test", { to: ptr }, body, { scratchBytes: scratch }), { to: DATA }, words);

describe("integers", () => {
  it("compute as JavaScript's 32-bit integers", () => {
    const k = kernel("int", { to: ptr, a: i32, b: i32 }, (f, { to, a, b }) => {
      const results = [a.add(b), a.sub(b), a.mul(b), a.and(b), a.or(b), a.xor(b), a.shl(b), a.shr(b)];
      const tests = [a.eq(b), a.ne(b), a.lt(b), a.le(b), a.gt(b), a.ge(b), a.not(), a.min(b), a.max(b)];
      [...results, ...tests, a.div(b.or(1)), a.rem(b.or(1))].forEach((value, i) => {
        f.store(to, value, i);
      });
    });
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (a, b) => {
        const { ints } = run(k, { to: DATA, a, b }, []);
        const bits = [a & b, a | b, a ^ b, a << b, a >> b];
        const order = [a === b, a !== b, a < b, a <= b, a > b, a >= b, a === 0].map(Number);
        const odd = b | 1;
        const division = [(a / odd) | 0, (a % odd) | 0];
        const sums = [(a + b) | 0, (a - b) | 0, Math.imul(a, b)];
        const expected = [...sums, ...bits, ...order, Math.min(a, b), Math.max(a, b), ...division];
        expect([...ints.subarray(0, expected.length)]).toEqual(expected);
      }),
    );
  });

  it("compares addresses without sign", () => {
    const k = kernel("unsigned", { to: ptr, high: ptr }, (f, { to, high }) => {
      f.store(to, high.gt(16), 0);
      f.store(to, high.lt(to), 1);
    });
    const { ints } = run(k, { to: DATA, high: 0xf000_0000 }, []);
    expect([ints[0], ints[1]]).toEqual([1, 0]);
  });
});

describe("floats", () => {
  it("computes scalars", () => {
    const { floats } = out([2, -3.5], (f, { to }) => {
      const [a, b] = [f.local(to.load(0)), f.local(to.load(1))];
      const values = [
        a.add(b),
        a.sub(b),
        a.mul(b),
        a.div(b),
        a.min(b),
        a.max(b),
        b.abs(),
        b.neg(),
        b.floor(),
        b.ceil(),
      ];
      [...values, b.round(), a.sqrt(), a.gt(b).select(a, 9), b.toInt().toFloat()].forEach((value, i) => {
        f.store(to, value, i);
      });
    });
    const r = Math.fround;
    const expected = [-1.5, 5.5, -7, r(2 / -3.5), -3.5, 2, 3.5, 3.5, -4, -3, -4, r(Math.SQRT2), 2, -3];
    expect([...floats.subarray(0, 14)]).toEqual(expected);
  });

  it("adds in float64 where that is wanted", () => {
    const { floats } = out([16_777_216, 1, 1], (f, { to }) => {
      const total = f.local(f64.of(0));
      f.forRange(0, 3, (i) => total.set(total.add(to.at(i).load().toDouble())));
      f.store(to, total.toFloat(), 3);
    });
    expect(floats[3]).toBe(16_777_218);
  });

  it("computes vectors lane by lane", () => {
    const words = [1, -2, 3, -4, 0.5, 0.25, -8, 4];
    const { floats } = out(words, (f, { to }) => {
      const [a, b] = [f.local(to.load4()), f.local(to.load4(4))];
      const values = [
        a.add(b),
        a.sub(b),
        a.mul(b),
        a.div(b),
        a.min(b),
        a.max(b),
        a.pmin(b),
        a.pmax(b),
        a.abs(),
        a.neg(),
      ];
      const more = [a.lt(b).select(a, b), f32x4.shuffle(a, b, [3, 4, 0, 7]), a.toInts().add(i32x4.splat(1)).toFloats()];
      [...values, ...more].forEach((value, i) => {
        f.store(to, value, 8 + 4 * i);
      });
      f.store(to, f.sum(a), 60);
      f.store(to, f.largest(b), 61);
      f.store(to, a.lane(2), 62);
    });
    const [a, b] = [words.slice(0, 4), words.slice(4)];
    const zip = (fn: (x: number, y: number) => number) => a.map((x, i) => fn(x, b[i]));
    const arithmetic = [zip((x, y) => x + y), zip((x, y) => x - y), zip((x, y) => x * y), zip((x, y) => x / y)];
    const orders = [zip(Math.min), zip(Math.max), zip(Math.min), zip(Math.max)];
    const rest = [a.map(Math.abs), a.map((x) => -x), zip(Math.min), [-4, 0.5, 1, 4], [2, -1, 4, -3]];
    const expected = [...arithmetic, ...orders, ...rest].flat();
    expect([...floats.subarray(8, 8 + expected.length)]).toEqual(expected);
    expect([...floats.subarray(60, 63)]).toEqual([-2, 4, 3]);
  });

  it("computes all vectors before it stores the first", () => {
    const swap = kernel("swap", { to: ptr }, (f, { to }) => f.storeAll(to, [to.load4(8), to.load4(4)], 4));
    const { floats } = run(swap, { to: DATA }, [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]);
    expect([...floats.subarray(0, 12)]).toEqual([0, 0, 0, 0, 2, 2, 2, 2, 1, 1, 1, 1]);
  });

  it("has constants from where a function begins, each once", () => {
    const k = kernel("constants", { to: ptr }, (f, { to }) =>
      f.times(2, () => {
        f.store(to, to.load4().add(f.constant(1.5)).add(f.constant(1.5)));
        f.store(to, f.constantInt(7), 4);
        f.store(to, f.constant(Number.NaN), 8);
      }),
    );
    const { floats, ints } = run(k, { to: DATA }, [0, 1, 2, 3]);
    expect([...floats.subarray(0, 4)]).toEqual([6, 7, 8, 9]);
    expect([...ints.subarray(4, 8)]).toEqual([7, 7, 7, 7]);
    expect(floats[8]).toBeNaN();
    const bytes = k.assemble({ fma: false, tileColumns: 8, shared: false });
    const constant = [0xfd, 0x0c, 0, 0, 0xc0, 0x3f];
    const places = [...bytes.keys()].filter((at) => constant.every((byte, i) => bytes[at + i] === byte));
    expect(places).toHaveLength(1);
  });

  it.skipIf(!capabilities().fma)("rounds once in a relaxed multiply-add", () => {
    const k = kernel("fma", { to: ptr }, (f, { to }) => f.store(to, f.mulAdd(to.load4(), to.load4(), to.load4(4)), 8));
    const x = 1 + 2 ** -12;
    const words = [x, x, x, x, -1, -1, -1, -1];
    const separate = run(k, { to: DATA }, words).floats[8];
    const once = run(k, { to: DATA }, words, [0, 0], true).floats[8];
    expect(separate).toBe(Math.fround(Math.fround(x * x) - 1));
    expect([separate, Math.fround(x * x - 1)]).toContain(once);
  });
});

describe("control flow", () => {
  it("repeats, chooses, returns and calls", () => {
    const { ints } = out([], (f, { to }) => {
      const count = f.local(i32.of(0));
      f.times(5, () => count.advance(2));
      f.times(-1, () => count.set(99));
      f.store(to, count, 0);
      f.forRange(
        3,
        20,
        (i) =>
          f.if(
            i.gt(10),
            () => count.advance(100),
            () => count.advance(1),
          ),
        4,
      );
      f.store(to, count, 1);
      const write = f.subroutine("write", { target: ptr, value: i32 }, (g, { target, value }) => {
        g.if(value.lt(0), () => g.return());
        g.store(target, value);
      });
      f.call(write, { target: to.at(2), value: 5 });
      f.call(write, { target: to.at(3), value: -5 });
      const p = f.local(to.at(4));
      f.while(p.lt(to.at(8)), () => {
        f.store(p, i32.of(1));
        p.advance(2);
      });
    });
    expect([...ints.subarray(0, 9)]).toEqual([10, 10 + 2 * 1 + 3 * 100, 5, 0, 1, 0, 1, 0, 0]);
  });

  it("copies, clears and stores bytes", () => {
    const { floats, ints } = out([1, 2, 3, 4], (f, { to }) => {
      f.copyBytes(to.at(4), to, 12);
      f.zeroBytes(to, 8);
      f.storeByte(to.at(9), i32.of(0x1ff), 1);
      f.store(to, to.at(9).loadByte(1), 10);
    });
    expect([...floats.subarray(0, 8)]).toEqual([0, 0, 3, 4, 1, 2, 3, 0]);
    expect([ints[9], ints[10]]).toEqual([0xff00, 0xff]);
  });
});
