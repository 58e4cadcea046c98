import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { HostArray } from "./host-array.js";
import { readNpy, writeNpy } from "./npy.js";

const written = (name: string): Uint8Array =>
  readFileSync(fileURLToPath(new URL(`../../../../fixtures/formats/${name}.npy`, import.meta.url)));

describe("files that NumPy wrote", () => {
  const cases: Record<string, HostArray> = {
    float32: { dtype: "float32", shape: [2, 3], data: new Float32Array([0, 0.25, 0.5, 0.75, 1, 1.25]) },
    fortran: { dtype: "int32", shape: [2, 3, 4], data: Int32Array.from({ length: 24 }, (_, i) => i) },
    scalar: { dtype: "float64", shape: [], data: new Float64Array([3.25]) },
    bool: { dtype: "bool", shape: [2], data: new Uint8Array([1, 0]) },
    int64: { dtype: "int64", shape: [2], data: new BigInt64Array([2n ** 40n, -1n]) },
    version2: { dtype: "uint8", shape: [3], data: new Uint8Array([0, 1, 2]) },
  };
  for (const [name, expected] of Object.entries(cases)) {
    test(`reads ${name}`, () => expect(readNpy(written(name))).toEqual(expected));
  }
  for (const name of ["float32", "scalar", "bool", "int64", "fortran"]) {
    test(`writes the same bytes for ${name}`, () => {
      expect(writeNpy(cases[name], { fortranOrder: name === "fortran" })).toEqual(new Uint8Array(written(name)));
    });
  }
  test("refuses big endian", () => expect(() => readNpy(written("bigendian"))).toThrow('element type ">f4"'));
});

test("what is written is read back, in either order", () => {
  const array = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }).map((shape): HostArray => {
    const count = shape.reduce((a, b) => a * b, 1);
    return { dtype: "float32", shape, data: Float32Array.from({ length: count }, (_, i) => Math.sin(i)) };
  });
  fc.assert(
    fc.property(array, fc.boolean(), (value, fortranOrder) => {
      expect(readNpy(writeNpy(value, { fortranOrder }))).toEqual(value);
    }),
  );
});

test("bad files are refused", () => {
  const good = written("float32");
  expect(() => readNpy(new Uint8Array(20))).toThrow("no NumPy file");
  expect(() => readNpy(good.subarray(0, good.length - 1))).toThrow("needs 24 bytes, the file has 23");
  expect(() => readNpy(good.subarray(0, 40))).toThrow("the header ends at byte 128");
  const version3 = new Uint8Array(good);
  version3[6] = 3;
  expect(() => readNpy(version3)).toThrow("format version 3");
  expect(() => writeNpy({ dtype: "float32", shape: [3], data: new Float32Array(2) })).toThrow("needs 3 elements");
  expect(() => writeNpy({ dtype: "bfloat16", shape: [1], data: new Uint16Array(1) })).toThrow("no bfloat16");
});
