import { afterAll, describe, expect, it } from "vitest";
import { heap } from "../../cpu/heap.js";
import { setTileColumns, threads, tileColumns } from "../../cpu/threads.js";
import { chooseTileColumns } from "./choose-tiles.js";

const initial = tileColumns();
afterAll(() => setTileColumns(initial));

// What is chosen in fresh processes, with and without joined vectors, is looked at by engine-flags.test.ts of the command line.
describe("chooseTileColumns", () => {
  it("chooses for all that follows, and leaves nothing behind", () => {
    const before = { threads: threads(), heap: heap().stats() };
    const chosen = chooseTileColumns();
    expect([8, 16]).toContain(chosen);
    expect(tileColumns()).toBe(chosen);
    expect({ threads: threads(), heap: heap().stats() }).toEqual(before);
  });

  it("leaves what was chosen", () => {
    for (const columns of [16, 8] as const) {
      setTileColumns(columns);
      expect(chooseTileColumns()).toBe(columns);
    }
  });
});

describe("setTileColumns", () => {
  it("refuses what no tile has", () => {
    expect(() => setTileColumns(12 as 8)).toThrow('setTileColumns: expected 8 or 16, found "12"');
  });
});
