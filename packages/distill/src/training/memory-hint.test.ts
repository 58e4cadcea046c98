import { expect, test } from "vitest";
import { memoryHint } from "./memory-hint.js";

test("a batch can be split, a single sample cannot", () => {
  expect(memoryHint(8)).toContain("set Train.loader.micro_batch_size below 8");
  expect(memoryHint(1)).toBe("make the images or the networks smaller");
});
