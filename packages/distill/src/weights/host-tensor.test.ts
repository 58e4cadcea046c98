import { expect, test } from "vitest";
import { hostTensor } from "./host-tensor.js";

test("arrays of files become tensors with the same values", () => {
  const cases = [
    [{ dtype: "float32", data: Float32Array.of(1.5, -2) }, "float32", Float32Array.of(1.5, -2)],
    [{ dtype: "float64", data: Float64Array.of(0.1, 1e300) }, "float64", Float64Array.of(0.1, 1e300)],
    [{ dtype: "float16", data: Uint16Array.of(0x3c00, 0xc000) }, "float32", Float32Array.of(1, -2)],
    [{ dtype: "bfloat16", data: Uint16Array.of(0x3fc0, 0xc000) }, "float32", Float32Array.of(1.5, -2)],
    [{ dtype: "int64", data: BigInt64Array.of(-(2n ** 53n) + 1n, 7n) }, "float64", Float64Array.of(1 - 2 ** 53, 7)],
    [{ dtype: "int32", data: Int32Array.of(-1, 2 ** 31 - 1) }, "int32", Int32Array.of(-1, 2 ** 31 - 1)],
    [{ dtype: "uint8", data: Uint8Array.of(0, 255) }, "uint8", Uint8Array.of(0, 255)],
    [{ dtype: "bool", data: Uint8Array.of(0, 1) }, "bool", Uint8Array.of(0, 1)],
  ] as const;
  for (const [array, dtype, values] of cases) {
    const tensor = hostTensor("w", { ...array, shape: [2, 1] });
    expect([tensor.dtype, tensor.shape], array.dtype).toEqual([dtype, [2, 1]]);
    expect(tensor.dataSync(), array.dtype).toEqual(values);
  }
});

test("what a tensor cannot hold exactly is refused by name", () => {
  const big = { dtype: "int64", shape: [2], data: BigInt64Array.of(1n, 2n ** 53n) } as const;
  expect(() => hostTensor("w", { ...big, shape: [2] })).toThrow("w holds 9007199254740992, beyond 2^53");
  expect(() => hostTensor("w", { dtype: "uint16", shape: [1], data: new Uint16Array(1) })).toThrow(
    "w is uint16, which no tensor can hold",
  );
});
