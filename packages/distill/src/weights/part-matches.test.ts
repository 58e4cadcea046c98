import { Linear, Lstm, Module } from "@retort/autograd/nn";
import { expect, test } from "vitest";
import { partMatches } from "./part-matches.js";

class Branch extends Module {
  readonly fc: Linear = new Linear(2, 3);
}

class Head extends Module {
  readonly ctc_head: Branch = new Branch();
}

class Network extends Module {
  readonly backbone: Linear = new Linear(2, 2);
  readonly neck: Lstm = new Lstm(2, 2);
  readonly head: Head = new Head();
}

test("tensors are counted by part, each once, and what only the file has comes last", () => {
  const counts = partMatches(new Network(), [
    { key: "backbone.bias", problem: "shape", expected: [2], found: [3] },
    { key: "neck.weight_ih_l0", problem: "missing", expected: [8, 2] },
    { key: "neck.0.cell.weight_ih", problem: "missing", expected: [8, 2] },
    { key: "head.ctc_head.fc.more", problem: "unexpected", found: [1] },
    { key: "student.weight", problem: "unexpected", found: [1] },
  ]);
  const none = { missing: 0, misshaped: 0, unexpected: 0 };
  expect(counts).toEqual([
    { part: "backbone", tensors: 2, matched: 1, ...none, misshaped: 1 },
    { part: "neck", tensors: 4, matched: 3, ...none, missing: 1 },
    { part: "head.ctc_head", tensors: 2, matched: 2, ...none, unexpected: 1 },
    { part: "student", tensors: 0, matched: 0, ...none, unexpected: 1 },
  ]);
});
