import { describe, expect, it } from "vitest";
import { expectClose, integers, numbers, strided } from "../testing/numbers.js";
import { ones, tensor } from "./create.js";
import { dropout } from "./dropout.js";

const key = [123, 456] as const;

describe("dropout", () => {
  it("drops about the given share and scales what is left", () => {
    const y = dropout(ones([100, 100]), 0.25, key, 0).dataSync();
    const dropped = y.filter((value: number) => value === 0).length;
    expect(Math.abs(dropped / 10_000 - 0.25)).toBeLessThan(0.02);
    expect(new Set(y)).toEqual(new Set([0, Math.fround(1 / 0.75)]));
  });

  it("uses the same mask for the same key and counter, whatever the layout and dtype", () => {
    const x = numbers([5, 7], 1);
    const mask = dropout(ones([5, 7], "float32"), 0.5, key, 3);
    const expected = Array.from(x.dataSync(), (value, i) => value * mask.dataSync()[i]);
    expectClose(dropout(x, 0.5, key, 3), expected, 0);
    expectClose(dropout(strided(x), 0.5, key, 3), expected, 0);
  });

  it("uses another mask for another counter or key", () => {
    const masks = [
      dropout(ones([64]), 0.5, key, 0),
      dropout(ones([64]), 0.5, key, 1),
      dropout(ones([64]), 0.5, [1, 2], 0),
    ];
    expect(new Set(masks.map((mask) => mask.dataSync().join())).size).toBe(3);
  });

  it("keeps everything at 0 and nothing at 1, not even NaN", () => {
    const x = numbers([9], 1, "float32");
    expectClose(dropout(x, 0, key, 0), x, 0);
    expectClose(dropout(tensor([Number.NaN, 1]), 1, key, 0), [0, 0], 0);
  });

  it("refuses what is no probability, key or counter", () => {
    expect(() => dropout(ones([2]), 1.5, key, 0)).toThrow(/probability of 0 to 1, found 1.5/);
    expect(() => dropout(ones([2]), 0.5, [-1, 0], 0)).toThrow(RangeError);
    expect(() => dropout(ones([2]), 0.5, key, 0.5)).toThrow(/counter/);
    expect(() => dropout(integers([2], 2, 1), 0.5, key, 0)).toThrow(/floating/);
  });
});
