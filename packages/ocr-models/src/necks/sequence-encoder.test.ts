import { ShapeError, tensor } from "@retort/tensor";
import { expect, test } from "vitest";
import { mapToSequence, SequenceEncoder } from "./sequence-encoder.js";

const counted = (shape: number[]) =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i),
    shape,
  );

test("a map becomes a sequence of its columns", () => {
  const sequence = mapToSequence(counted([2, 3, 1, 2]));
  expect(sequence.shape).toEqual([2, 2, 3]);
  expect([...sequence.value.dataSync()]).toEqual([0, 2, 4, 1, 3, 5, 6, 8, 10, 7, 9, 11]);
});

test.each([[[2, 3, 2, 4]], [[2, 3, 4]]])("a map of shape %j is refused with its shape", (shape) => {
  const read = () => mapToSequence(counted(shape));
  expect(read).toThrow(ShapeError);
  expect(read).toThrow(`[${shape.join(", ")}]`);
  expect(read).toThrow("height 1");
});

test.each([
  ["rnn", new SequenceEncoder(6, { encoder: "rnn", hiddenSize: 4 }), 8],
  ["fc", new SequenceEncoder(6, { encoder: "fc", hiddenSize: 5 }), 5],
  ["reshape", new SequenceEncoder(6, { encoder: "reshape" }), 6],
] as const)("the width that %s announces is the width of its result", (_name, encoder, width) => {
  expect(encoder.outChannels).toBe(width);
  expect(encoder.forward(counted([2, 6, 1, 3])).shape).toEqual([2, 3, width]);
});
