import { readFileSync } from "node:fs";
import type { HostArray } from "@retort/tensor";
import { describe, expect, test } from "vitest";
import { raw } from "../../../testing/pickled.js";
import { unpickle } from "./unpickle.js";

/** What `fixtures/formats/pickles.py` wrote. */
const wanted = new Map<string, unknown>([
  ["float32", { dtype: "float32", shape: [2, 3], data: Float32Array.of(0, 0.5, 1, 1.5, 2, 2.5) }],
  ["fortran", { dtype: "int32", shape: [2, 3], data: Int32Array.of(0, 1, 2, 3, 4, 5) }],
  ["big", { dtype: "float32", shape: [2], data: Float32Array.of(1.5, -2) }],
  ["float64", { dtype: "float64", shape: [2], data: Float64Array.of(0.1, 1e300) }],
  ["float16", { dtype: "float16", shape: [2], data: Uint16Array.of(0x3c00, 0xc000) }],
  ["int64", { dtype: "int64", shape: [2], data: BigInt64Array.of(2n ** 53n - 1n, -7n) }],
  ["uint8", { dtype: "uint8", shape: [2], data: Uint8Array.of(0, 255) }],
  ["bool", { dtype: "bool", shape: [2], data: Uint8Array.of(1, 0) }],
  ["empty", { dtype: "float32", shape: [0, 3], data: new Float32Array(0) }],
  ["point", { dtype: "float32", shape: [], data: Float32Array.of(1.5) }],
  ["scalar", 0.25],
  ["half", 1.5],
  ["flag", true],
  ["count", 7],
  ["text", "é☃"],
  ["bytes", Uint8Array.of(255, 0)],
  ["none", null],
  ["tuple", [1, 2.5, true]],
  ["list", [-1, "a", []]],
  [
    "dictionary",
    new Map<string | number, unknown>([
      ["a", 1],
      [2, new Uint8Array(0)],
    ]),
  ],
  [
    "ordered",
    new Map([
      ["b", 1],
      ["a", 2],
    ]),
  ],
]);

describe.each(["numpy1", "numpy2"])("%s", (version) => {
  test.each([2, 3, 4, 5])("protocol %i", (protocol) => {
    const name = `../../../../../fixtures/formats/${version}.p${protocol}.pickle`;
    const values = unpickle(readFileSync(new URL(name, import.meta.url)));
    expect(values).toEqual(wanted);
    expect([...(values as ReadonlyMap<string, unknown>).keys()]).toEqual([...wanted.keys()]);
  });
});

/** A dtype with its state. */
const dtype = (name: string, state = "(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00t"): string =>
  `cnumpy\ndtype\nU${String.fromCharCode(name.length)}${name}\x89\x88\x87R${state}b`;
/** A call of a global with arguments. */
const call = (module: string, name: string, ...args: string[]): string => `c${module}\n${name}\n(${args.join("")}tR`;
const frombuffer = (...args: string[]): string => call("numpy.core.numeric", "_frombuffer", ...args);
const scalar = (...args: string[]): string => call("numpy.core.multiarray", "scalar", ...args);
const eight = "C\x08\x00\x00\x80?\x00\x00\x00\xc0";

test("a buffer is an array in the order that it names", () => {
  const array = unpickle(raw(`${frombuffer(eight, dtype("f4"), "K\x01K\x02\x86", "U\x01F")}.`)) as HostArray;
  expect(array).toEqual({ dtype: "float32", shape: [1, 2], data: Float32Array.of(1, -2) });
});

test.each([
  ["an array of objects", dtype("O8"), 'the NumPy element type the text "O8" is not supported'],
  ["a type by number", call("numpy", "dtype", "K\x05"), "the NumPy element type 5 is not supported"],
  ["a structured type", dtype("f4", "(K\x03U\x01<NU\x01aNK\x00K\x00K\x00t"), "structured NumPy element types"],
  ["an unknown byte order", dtype("f4", "(K\x03U\x01=NNNt"), 'the byte order the text "="'],
  ["a state that is none", dtype("f4", "K\x05"), "expected the state of a NumPy dtype, found 5"],
  ["a type as a value", dtype("f4"), "the element type float32 stands where a value should be"],
  ["an unknown element order", frombuffer(eight, dtype("f4"), "K\x02\x85", "U\x01K"), "only C and F"],
  ["an array of another class", call("numpy.core.multiarray", "_reconstruct", "cnumpy\ndtype\n"), "not numpy.dtype"],
  ["an array without state", call("numpy.core.multiarray", "_reconstruct", "cnumpy\nndarray\n"), "no elements"],
  ["a scalar without a type", scalar("N", eight), "expected a NumPy dtype, found None"],
  ["a scalar of two", scalar(dtype("f4"), eight), "float32 of shape [] needs 4 bytes, its data has 8"],
  ["a large integer", scalar(dtype("i8"), "C\x08\x00\x00\x00\x00\x00\x00\x20\x00"), "the integer 9007199254740992"],
  ["elements that are no Latin-1", scalar(dtype("f4"), "X\x03\x00\x00\x00\xe2\x98\x83"), "is not Latin-1"],
])("%s is refused", (_, text, message) => expect(() => unpickle(raw(`${text}.`))).toThrow(message));
