import { expect, test } from "vitest";
import { alone } from "../parallel/communicator.js";
import { placedFor } from "./placed-progress.js";

const optimizer = { name: "Adam", step: 130, updates: { weight: 130 } };
const checkpoint = (together?: { ranks: number; stepsPerEpoch: number }) => ({
  progress: { step: 130, position: { epoch: 1, batch: 30 }, together },
  optimizer,
});
const run = (size: number, stepsPerEpoch: number) => ({ ranks: { ...alone, size }, stepsPerEpoch });

test("as many ranks, or as many samples a step, go on exactly where it stood", () => {
  for (const saved of [checkpoint(), checkpoint({ ranks: 2, stepsPerEpoch: 100 })]) {
    expect(placedFor(run(2, 50), saved)).toEqual(saved);
  }
  const saved = checkpoint({ ranks: 4, stepsPerEpoch: 100 });
  expect(placedFor(run(2, 100), saved)).toEqual(saved);
});

test("with other steps an epoch it is as far in its epoch, and so are schedule and steps", () => {
  const half = placedFor(run(1, 200), checkpoint({ ranks: 2, stepsPerEpoch: 100 }));
  expect(half.progress).toMatchObject({ step: 260, position: { epoch: 1, batch: 60 } });
  expect(half.optimizer).toMatchObject({ step: 260, updates: { weight: 130 } });
  const third = placedFor(run(3, 67), checkpoint({ ranks: 2, stepsPerEpoch: 100 }));
  expect(third.progress).toMatchObject({ step: 87, position: { epoch: 1, batch: 20 } });
  expect(third.optimizer.step).toBe(87);
});
