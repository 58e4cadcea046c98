import { tensor, zeros } from "@retort/tensor";
import { expect, test } from "vitest";
import { NrtrInput } from "./nrtr-input.js";

const counted = tensor(
  Float32Array.from({ length: 2 * 3 * 2 * 4 }, (_, i) => i),
  [2, 3, 2, 4],
);

test("the places of a map come row by row, each through one linear layer", () => {
  const input = new NrtrInput(3, 5, { usePos: false });
  const weight = input.stateDict().get("1.fc.weight")?.dataSync() ?? [];
  const found = input.forward(counted);
  expect(found.shape).toEqual([2, 8, 5]);
  for (const [i, value] of found.value.dataSync().entries()) {
    const [sample, place, out] = [Math.floor(i / 40), Math.floor(i / 5) % 8, i % 5];
    const wanted = [0, 1, 2].reduce((sum, c) => sum + (24 * sample + 8 * c + place) * weight[5 * c + out], 0);
    expect(value).toBeCloseTo(wanted, 4);
  }
});

test("use_pos adds a vector for each place", () => {
  const input = new NrtrInput(3, 5, { usePos: true });
  const vectors = input.stateDict().get("2.dec_pos_embed")?.dataSync() ?? [];
  expect(vectors.length).toBe(80 * 5);
  expect([...input.forward(zeros([1, 3, 2, 4])).value.dataSync()]).toEqual([...vectors.slice(0, 8 * 5)]);
  expect(() => input.forward(zeros([1, 3, 1, 81]))).toThrow(
    "use_pos has vectors for 80 places, found a map [1, 3, 1, 81]",
  );
});
