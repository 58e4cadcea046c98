import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { DeviceError, ReleasedError } from "./errors.js";
import { keep, memory, type Owner, type Releasable, scope } from "./memory.js";
import { ones, tensor } from "./ops/create.js";
import { matmul } from "./ops/matmul.js";
import { transpose } from "./ops/views.js";
import type { Tensor } from "./tensor.js";

/** How many storages `fn` leaves behind. */
function leaves(fn: () => unknown): number {
  const before = memory.stats().tensors;
  fn();
  return memory.stats().tensors - before;
}

describe("scope", () => {
  it("frees what was made inside, but not the result", () => {
    let result: Tensor | undefined;
    let inner: Tensor | undefined;
    const left = leaves(() => {
      result = scope(() => {
        inner = ones([4, 4]);
        return matmul(inner, inner);
      });
    });
    expect(left).toBe(1);
    expect(Array.from((result as Tensor).dataSync())).toEqual(new Array(16).fill(4));
    expect(() => (inner as Tensor).dataSync()).toThrow(ReleasedError);
    (result as Tensor).release();
  });

  it("keeps the memory of a view in the result, though the handle that it was made from is gone", () => {
    const view = scope(() => transpose(tensor([1, 2, 3, 4], [2, 2])));
    expect(Array.from(view.dataSync())).toEqual([1, 3, 2, 4]);
    expect(leaves(() => view.release())).toBe(-1);
  });

  it("gives its result to the scope around", () => {
    const left = leaves(() =>
      scope(() => {
        const x = scope(() => ones([2]));
        expect(x.released).toBe(false);
        return undefined;
      }),
    );
    expect(left).toBe(0);
  });

  it("finds results in arrays, maps, sets, plain objects and owners, also in each other", () => {
    class Pair implements Owner {
      readonly first = ones([1]);
      ownedTensors(): Iterable<Releasable> {
        return [this.first];
      }
    }
    const result = scope(() => {
      const cycle: { list: unknown[] } = { list: [ones([1])] };
      cycle.list.push(cycle, new Map([["a", ones([1])]]), new Set([ones([1])]), new Pair(), 3, null, "text");
      ones([1]);
      return cycle;
    });
    const [first, , map, set, pair] = result.list as [Tensor, unknown, Map<string, Tensor>, Set<Tensor>, Pair];
    const found = [first, map.get("a") as Tensor, ...set, pair.first];
    expect(found.map((x) => x.released)).toEqual([false, false, false, false]);
    for (const x of found) x.release();
  });

  it("leaves alone what was kept or made outside", () => {
    const outside = ones([1]);
    let kept: Tensor | undefined;
    scope(() => {
      scope(() => {
        kept = keep(ones([1]));
        outside.view([1, 1], [1, 1], 0);
      });
    });
    expect([outside.released, kept?.released]).toEqual([false, false]);
    for (const x of [outside, kept as Tensor]) x.release();
  });

  it("frees everything when it throws", () => {
    const left = leaves(() => {
      expect(() =>
        scope(() => {
          ones([100]);
          throw new RangeError("stop");
        }),
      ).toThrow("stop");
    });
    expect(left).toBe(0);
    expect(leaves(() => scope(() => void ones([1])))).toBe(0);
  });

  it("refuses a promise, and has freed what the function made", () => {
    const left = leaves(() => {
      expect(() => scope(async () => ones([1]))).toThrow(DeviceError);
    });
    expect(left).toBe(0);
  });
});

it("counts storages and their bytes, not views", () => {
  const before = memory.stats();
  const x = ones([3, 5]);
  const y = transpose(x);
  expect(memory.stats()).toMatchObject({ tensors: before.tensors + 1, bytes: before.bytes + 60 });
  x.release();
  expect(memory.stats().tensors).toBe(before.tensors + 1);
  y.release();
  expect(memory.stats()).toEqual(before);
});

it("gets loose tensors back from the garbage collector", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const before = memory.stats().tensors;
  (() => {
    for (let i = 0; i < 100; i++) ones([10]);
  })();
  expect(memory.stats().tensors).toBe(before + 100);
  for (let i = 0; i < 50 && memory.stats().tensors > before + 5; i++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(memory.stats().tensors).toBeLessThanOrEqual(before + 5);
});
