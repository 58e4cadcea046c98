import { tensor } from "@retort/tensor";
import { expect, test } from "vitest";
import { constantInitializer, Embedding } from "./index.js";

test("vectors begin as the initializer says, that of the padding as 0", () => {
  const embedding = new Embedding(3, 2, { padding: 1, weightInit: constantInitializer(0.5) });
  expect([...embedding.weight.value.dataSync()]).toEqual([0.5, 0.5, 0, 0, 0.5, 0.5]);
  expect([...embedding.forward(tensor(Int32Array.of(2, 1))).value.dataSync()]).toEqual([0.5, 0.5, 0, 0]);
});
