import { readdirSync, readFileSync } from "node:fs";
import { FormatError } from "@retort/tensor";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fuzzSeed } from "../../../../../fixtures/fuzz-seed.js";
import { readPdparams } from "../pdparams.js";
import { PickleError } from "./error.js";
import { operations } from "./operations.js";
import { unpickle } from "./unpickle.js";
import { PickledArray, type PickleValue } from "./values.js";

const fixtures = new URL("../../../../../fixtures/", import.meta.url);
/** Pickles of NumPy, PaddlePaddle and our own writer. */
const real = ["formats", "goldens"].flatMap((folder) =>
  readdirSync(new URL(`${folder}/`, fixtures))
    .filter((name) => /\.(pickle|pdparams|pdopt|states)$/.test(name))
    .map((name): Uint8Array => new Uint8Array(readFileSync(new URL(`${folder}/${name}`, fixtures)))),
);

const numRuns = 1000;

const stop = 0x2e;
const opcode = fc.constantFrom(...operations.keys(), stop);
const byte = fc.oneof(opcode, fc.nat({ max: 255 }), fc.constantFrom(0, 1, 2, 3, 0x7f, 0x80, 0xff));
const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const length = fc.nat({ max: 40 });

type Edit = (bytes: number[]) => void;

/** Puts other bytes in the place of some. */
const replacing =
  (place: number, count: number, change: (old: number[]) => number[]): Edit =>
  (bytes) => {
    const start = Math.floor(place * bytes.length);
    bytes.splice(start, count, ...change(bytes.slice(start, start + count)));
  };

/** What may happen to a file: bytes change, go, come, come twice or from another pickle, or are extreme; or it ends. */
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({ p: place, value: byte }).map(({ p, value }) => replacing(p, 1, () => [value])),
  fc
    .record({ p: place, bit: fc.nat({ max: 7 }) })
    .map(({ p, bit }) => replacing(p, 1, ([old = 0]) => [old ^ (1 << bit)])),
  fc.record({ p: place, count: length }).map(({ p, count }) => replacing(p, count, () => [])),
  fc
    .record({ p: place, values: fc.array(byte, { maxLength: 12 }) })
    .map(({ p, values }) => replacing(p, 0, () => values)),
  fc.record({ p: place, count: length }).map(({ p, count }) => replacing(p, count, (old) => [...old, ...old])),
  fc
    .record({ p: place, from: place, other: fc.constantFrom(...real), count: length })
    .map(({ p, from, other, count }) =>
      replacing(p, 0, () => [...other.subarray(from * other.length).subarray(0, count)]),
    ),
  fc
    .record({ p: place, width: fc.constantFrom(4, 8), value: fc.constantFrom(0x00, 0x7f, 0xff) })
    .map(({ p, width, value }) => replacing(p, width, (old) => old.map(() => value))),
  place.map((p) => replacing(p, Number.POSITIVE_INFINITY, () => [])),
);

const mutated = fc
  .tuple(fc.constantFrom(...real), fc.array(edit, { minLength: 1, maxLength: 4 }))
  .map(([file, edits]) => {
    const bytes = [...file];
    for (const change of edits) change(bytes);
    return Uint8Array.from(bytes);
  });

/** Bytes without sense, with a head that has some, and sequences of opcodes. */
const random = fc.oneof(
  fc.uint8Array({ maxLength: 4096 }),
  fc.uint8Array({ maxLength: 4096 }).map((bytes) => Uint8Array.from([0x80, 4, ...bytes])),
  fc.array(byte, { maxLength: 400 }).map((bytes) => Uint8Array.from([0x80, 2, ...bytes, stop])),
);

/** Bytes of all arrays in a value, each counted once. */
function arrayBytes(value: PickleValue, seen: Set<unknown> = new Set()): number {
  if (typeof value !== "object" || value === null || seen.has(value)) return 0;
  seen.add(value);
  if (value instanceof PickledArray) return value.data.byteLength;
  const inner = value instanceof Map ? [...value.values()] : Array.isArray(value) ? value : [];
  return inner.reduce((sum: number, each) => sum + arrayBytes(each, seen), 0);
}

/** Reads bytes, which must succeed or be refused by an error of ours that says something. */
function readOrRefused<T>(read: () => T, kinds: readonly unknown[]): T | undefined {
  try {
    return read();
  } catch (error) {
    expect(kinds).toContain((error as Error).constructor);
    expect((error as Error).message.length).toBeGreaterThan(10);
    return undefined;
  }
}

test.each([
  ["random bytes", random],
  ["real pickles with random changes", mutated],
])(
  "%s are read or refused with a clear error, at once and in little memory, 1,000 times",
  (what, bytes) => {
    const seen = { read: 0, refused: 0 };
    let slowest = 0;
    fc.assert(
      fc.property(bytes, (file) => {
        const start = performance.now();
        const value = readOrRefused(() => unpickle(file), [PickleError]);
        readOrRefused(() => readPdparams(file), [PickleError, FormatError]);
        slowest = Math.max(slowest, performance.now() - start);
        seen[value === undefined ? "refused" : "read"]++;
        if (value !== undefined) expect(arrayBytes(value)).toBeLessThanOrEqual(2 * file.length);
      }),
      { numRuns, seed: fuzzSeed },
    );
    console.log(
      `${what}: ${seen.read} read, ${seen.refused} refused, slowest ${slowest.toFixed(1)} ms, seed ${fuzzSeed}`,
    );
    expect(seen.read + seen.refused).toBe(numRuns);
    expect(slowest).toBeLessThan(1000);
  },
  120_000,
);
