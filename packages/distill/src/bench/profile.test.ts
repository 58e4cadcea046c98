import type { ProfiledCall } from "@retort/tensor";
import { expect, test } from "vitest";
import { profileOf } from "./profile.js";

const call = (overrides: Partial<ProfiledCall>): ProfiledCall => ({
  kernel: "gemm",
  shapes: "a [1, 2, 2]",
  start: 0,
  milliseconds: 1,
  operations: undefined,
  bytes: 0,
  ...overrides,
});

test("calls are summed by kernel and by shapes, for one step, with what they did a second", () => {
  const calls = [
    call({ operations: 3e6, bytes: 1e6 }),
    call({ operations: 3e6, bytes: 1e6, milliseconds: 2 }),
    call({ operations: 3e6, bytes: 1e6, shapes: "a [1, 3, 3]", start: 7 }),
    call({ kernel: "fill", bytes: 8e6, milliseconds: 8 }),
  ];
  const { kernels, shapes, trace } = profileOf(calls, 2);
  expect(kernels).toEqual([
    { kernel: "fill", calls: 0.5, milliseconds: 4, gigabytes: 1 },
    { kernel: "gemm", calls: 1.5, milliseconds: 2, gigaflops: 2.25, gigabytes: 0.75 },
  ]);
  expect(shapes.map((row) => [row.kernel, row.shapes, row.milliseconds])).toEqual([
    ["fill", "a [1, 2, 2]", 4],
    ["gemm", "a [1, 2, 2]", 1.5],
    ["gemm", "a [1, 3, 3]", 0.5],
  ]);
  expect(trace[2]).toMatchObject({ name: "gemm", ph: "X", ts: 7000, dur: 1000, args: { shapes: "a [1, 3, 3]" } });
});
