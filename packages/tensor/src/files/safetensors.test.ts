import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type HostArray, type HostDtype, hostConstructors, hostDataFrom } from "./host-array.js";
import { readSafetensors, writeSafetensors } from "./safetensors.js";

test("reads a file of the Python library", () => {
  const bytes = readFileSync(
    fileURLToPath(new URL("../../../../fixtures/formats/python.safetensors", import.meta.url)),
  );
  const { tensors, metadata } = readSafetensors(bytes);
  expect(metadata).toEqual({ writer: "safetensors 0.8.0", case: '{"a": [1]}' });
  expect(Object.fromEntries(tensors)).toEqual({
    floats: { dtype: "float32", shape: [2, 3], data: new Float32Array([1.5, -2, Infinity, NaN, 0, -0]) },
    doubles: { dtype: "float64", shape: [1], data: new Float64Array([Math.PI]) },
    ids: { dtype: "int64", shape: [3], data: new BigInt64Array([1n, -2n, 2n ** 40n]) },
    mask: { dtype: "bool", shape: [3], data: new Uint8Array([1, 0, 1]) },
    scalar: { dtype: "int32", shape: [], data: new Int32Array([7]) },
    empty: { dtype: "float32", shape: [0, 3], data: new Float32Array(0) },
    bytes: { dtype: "uint8", shape: [5], data: new Uint8Array([0, 1, 2, 3, 4]) },
    half: { dtype: "float16", shape: [2], data: new Uint16Array([0x3c00, 0xc000]) },
  });
});

const hostArray = fc
  .tuple(fc.constantFrom(...(Object.keys(hostConstructors) as HostDtype[])), fc.array(fc.nat(4), { maxLength: 4 }))
  .chain(([dtype, shape]) => {
    const size = shape.reduce((a, b) => a * b, hostConstructors[dtype].BYTES_PER_ELEMENT);
    const bytes = fc.uint8Array({ minLength: size, maxLength: size });
    return bytes.map((raw): HostArray => ({ dtype, shape, data: hostDataFrom(dtype, raw) }));
  });

test("what is written is read back, bit by bit", () => {
  const names = fc.string().filter((name) => name !== "__metadata__");
  const entries = fc.uniqueArray(fc.tuple(names, hostArray), { selector: ([name]) => name, maxLength: 6 });
  const metadata = fc.dictionary(fc.string(), fc.string(), { noNullPrototype: true });
  fc.assert(
    fc.property(entries, metadata, (list, meta) => {
      const file = writeSafetensors(new Map(list), meta);
      const back = readSafetensors(file);
      expect(back.metadata).toEqual(meta);
      expect(back.tensors.size).toBe(list.length);
      for (const [name, array] of list) {
        const found = back.tensors.get(name);
        expect(found?.dtype).toBe(array.dtype);
        expect(found?.shape).toEqual(array.shape);
        expect(new Uint8Array(found!.data.buffer)).toEqual(new Uint8Array(array.data.buffer));
      }
      expect(new DataView(file.buffer).getUint32(0, true) % 8).toBe(0);
    }),
  );
});

test("reads from the middle of a larger buffer", () => {
  const file = writeSafetensors(new Map([["a", { dtype: "float32", shape: [2], data: new Float32Array([1, 2]) }]]));
  const larger = new Uint8Array(file.length + 3);
  larger.set(file, 3);
  expect(readSafetensors(larger.subarray(3)).tensors.get("a")?.data).toEqual(new Float32Array([1, 2]));
});

describe("bad files are refused by name", () => {
  const file = (header: unknown, dataBytes: number): Uint8Array => {
    const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
    const bytes = new Uint8Array(8 + text.length + dataBytes);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
    bytes.set(text, 8);
    return bytes;
  };
  const entry = (start: number, end: number, more: object = {}): object => ({
    dtype: "F32",
    shape: [(end - start) / 4],
    data_offsets: [start, end],
    ...more,
  });
  const cases: [string, Uint8Array, string][] = [
    ["too short", new Uint8Array(5), "has 5 bytes"],
    ["huge header", new Uint8Array(8).fill(255), "a header of 18446744073709551615 bytes"],
    ["truncated header", file({}, 0).subarray(0, 9), "should have 2 bytes, the file has only 1"],
    ["no JSON", file("{not", 0), "not JSON"],
    ["no object", file("[]", 0), "not a JSON object"],
    ["metadata", file({ __metadata__: { n: 1 } }, 0), '__metadata__ "n"'],
    ["dtype", file({ w: entry(0, 4, { dtype: "F99" }) }, 4), 'tensor "w": unknown dtype "F99"'],
    ["inherited dtype", file({ w: entry(0, 4, { dtype: "toString" }) }, 4), "unknown dtype"],
    ["field", file({ w: entry(0, 4, { extra: 1 }) }, 4), 'tensor "w": unknown header field "extra"'],
    ["shape", file({ w: entry(0, 4, { shape: [-1] }) }, 4), 'tensor "w": shape [-1]'],
    ["offsets", file({ w: entry(0, 4, { data_offsets: [4, 0] }) }, 4), 'tensor "w": data_offsets [4,0]'],
    ["size", file({ w: entry(0, 4, { shape: [2] }) }, 4), 'tensor "w": float32 of shape [2] needs 8 bytes'],
    ["truncated data", file({ w: entry(0, 8) }, 4), 'tensor "w" ends at byte 8, the data has 4'],
    ["overlap", file({ v: entry(0, 8), w: entry(4, 12) }, 12), 'tensors "v" and "w" overlap'],
    ["hole", file({ v: entry(0, 4), w: entry(8, 12) }, 12), 'bytes 4 to 8, before tensor "w"'],
    ["tail", file({ w: entry(0, 4) }, 6), "last 2 bytes belong to no tensor"],
    [
      "the same name twice",
      file(
        '{"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"w":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}',
        2,
      ),
      'before tensor "w"',
    ],
  ];
  for (const [name, bytes, message] of cases) test(name, () => expect(() => readSafetensors(bytes)).toThrow(message));

  test("arrays that do not fit themselves are not written", () => {
    const write = (array: HostArray) => () => writeSafetensors(new Map([["w", array]]));
    expect(write({ dtype: "float32", shape: [3], data: new Float32Array(2) })).toThrow('tensor "w": shape [3] needs 3');
    expect(write({ dtype: "int64", shape: [2], data: new Float32Array(2) })).toThrow(
      "a Float32Array cannot hold int64",
    );
  });
});
