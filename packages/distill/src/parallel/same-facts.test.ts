import { expect, test } from "vitest";
import { alone, type Communicator } from "./communicator.js";
import { checkSameFacts, type Facts } from "./same-facts.js";

const withOthers = (...others: Facts[]): Communicator => ({
  ...alone,
  size: 1 + others.length,
  gather: (text) => [text, ...others.map((facts) => JSON.stringify(facts))],
});

test("equal facts pass", () => {
  const facts = { "Train data": "8 lines", "Global.seed": "3" };
  expect(() => checkSameFacts(withOthers(facts, facts), facts)).not.toThrow();
  expect(() => checkSameFacts(alone, facts)).not.toThrow();
});

test("who differs, and in what, is named", () => {
  const facts = { "Train data": "8 lines", "Global.seed": "3", extra: "1" };
  const other = { "Train data": "9 lines", "Global.seed": "3" };
  expect(() => checkSameFacts(withOthers(facts, other), facts)).toThrow(
    "the ranks do not do the same:\nrank 2: Train data is 9 lines, on rank 0 8 lines; extra is missing, on rank 0 1",
  );
});

test("many differences are counted", () => {
  const facts = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`key ${i}`, "1"]));
  expect(() => checkSameFacts(withOthers({}), facts)).toThrow(/key 4 is missing, on rank 0 1; and 4 more$/);
});
