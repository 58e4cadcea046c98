import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HostArray } from "@retort/tensor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { uniform } from "../../../../fixtures/goldens.js";
import { readPdparams } from "./pdparams.js";
import { writePdparams } from "./write-pdparams.js";

const weight = { dtype: "float32", shape: [4, 3, 3, 3], data: uniform("backbone.0.weight", [4, 3, 3, 3]) } as const;
const tensors = new Map<string, HostArray>([
  ["backbone.0.weight", { ...weight, shape: [...weight.shape] }],
  ["backbone.1._mean", { dtype: "float32", shape: [2], data: Float32Array.of(-0, 1e-45) }],
  ["head.scale", { dtype: "float32", shape: [], data: Float32Array.of(1.5) }],
  ["head.none", { dtype: "float32", shape: [0, 3], data: new Float32Array(0) }],
  ["count", { dtype: "int64", shape: [2], data: BigInt64Array.of(2n ** 53n, -1n) }],
  ["half", { dtype: "float16", shape: [2], data: Uint16Array.of(0x3c00, 0xc000) }],
  ["é.mask", { dtype: "bool", shape: [2], data: Uint8Array.of(1, 0) }],
]);
const stored = new URL("../../../../fixtures/formats/written.pdparams", import.meta.url);

/** What paddle.load makes of a file: of each tensor its type, its shape and its bytes. */
const script = `
import json, sys, paddle
loaded = paddle.load(sys.argv[1])
assert all(isinstance(tensor, paddle.Tensor) for tensor in loaded.values())
arrays = {key: tensor.numpy() for key, tensor in loaded.items()}
print(json.dumps([[key, a.dtype.name, list(a.shape), a.tobytes().hex()] for key, a in arrays.items()]))
`;

const hex = ({ data }: HostArray): string => Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("hex");

test("the bytes are those of a file that paddle.load has read", () => {
  expect(Buffer.from(writePdparams(tensors)).equals(readFileSync(stored))).toBe(true);
});

test("what is written is read back", () => {
  expect(readPdparams(writePdparams(tensors))).toEqual({ tensors, parameterNames: new Map() });
});

test("a tensor that is none, or that NumPy does not have, is named", () => {
  const write = (array: HostArray): Uint8Array => writePdparams(new Map([["w", array]]));
  expect(() => write({ dtype: "float32", shape: [3], data: new Float32Array(2) })).toThrow(
    'pdparams: tensor "w": shape [3] needs 3 elements, the data has 2',
  );
  expect(() => write({ dtype: "bfloat16", shape: [1], data: new Uint16Array(1) })).toThrow(
    'pdparams: tensor "w": NumPy has no bfloat16',
  );
});

const python = process.env.RETORT_PYTHON;
describe.skipIf(python === undefined)("PaddlePaddle, where RETORT_PYTHON names a Python that has it", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "retort-pdparams-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("paddle.load reads what was written", () => {
    const file = join(folder, "written.pdparams");
    writeFileSync(file, writePdparams(tensors));
    const output = execFileSync(python as string, ["-c", script, file], { encoding: "utf8" });
    const loaded = JSON.parse(output.trimEnd().split("\n").at(-1) as string);
    expect(loaded).toEqual([...tensors].map(([key, array]) => [key, array.dtype, array.shape, hex(array)]));
  }, 120_000);
});
