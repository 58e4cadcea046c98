import { copy, type Tensor, tensor } from "@retort/tensor";
import { expect, test } from "vitest";
import { Parameter } from "../variable.js";
import { BatchNorm, Linear, Lstm, Module, StateDictError } from "./index.js";

class Net extends Module {
  readonly linear = new Linear(2, 3);
  readonly norm = new BatchNorm(3);
}

const filled = (state: ReadonlyMap<string, Tensor>, value: number): Map<string, Tensor> =>
  new Map([...state].map(([key, { shape, size }]) => [key, tensor(new Float32Array(size).fill(value), shape)]));

const valuesOf = (module: Module): [string, number[]][] =>
  [...module.stateDict()].map(([key, value]) => [key, [...value.dataSync()]]);

const copied = (module: Module): Map<string, Tensor> =>
  new Map([...module.stateDict()].map(([key, value]) => [key, copy(value)]));

test("parameters and buffers are listed under their fields and take what a state holds", () => {
  const net = new Net();
  const keys = ["linear.weight", "linear.bias", "norm.weight", "norm.bias", "norm._mean", "norm._variance"];
  expect([...net.stateDict().keys()].sort()).toEqual(keys.sort());
  net.loadStateDict(filled(net.stateDict(), 7));
  for (const [key, values] of valuesOf(net)) expect(new Set(values), key).toEqual(new Set([7]));
});

test("what is missing, unexpected or of another shape is a table, and nothing is written", () => {
  const net = new Net();
  const before = valuesOf(net);
  const state = filled(net.stateDict(), 7);
  state.delete("linear.bias");
  state.set("linear.scale", tensor([1]));
  state.set("norm.weight", tensor([1, 2]));
  expect(() => net.loadStateDict(state)).toThrow(
    [
      "the state dict does not fit the network, 3 differences:",
      "  missing    linear.bias  expected [3]  found -",
      "  shape      norm.weight  expected [3]  found [2]",
      "  unexpected linear.scale  expected -  found [1]",
    ].join("\n"),
  );
  expect(() => net.loadStateDict(state, { strict: false })).toThrow(StateDictError);
  expect(valuesOf(net)).toEqual(before);
  state.delete("norm.weight");
  const differences = net.loadStateDict(state, { strict: false });
  expect(differences.map(({ key, problem }) => `${problem} ${key}`)).toEqual([
    "missing linear.bias",
    "missing norm.weight",
    "unexpected linear.scale",
  ]);
  expect(new Set(net.linear.weight.value.dataSync())).toEqual(new Set([7]));
});

const pairs = [
  ["weight_ih_l0", "0.cell_fw.weight_ih"],
  ["bias_hh_l0_reverse", "0.cell_bw.bias_hh"],
] as const;

test("an LSTM has both of the reference's keys for each parameter, once in the same order without aliases", () => {
  const lstm = new Lstm(2, 3, { bidirectional: true });
  expect(lstm.stateDict().size).toBe(16);
  for (const [a, b] of pairs) expect(lstm.stateDict().get(a)).toBe(lstm.stateDict().get(b));
  const once = lstm.stateDict({ aliases: false });
  expect([...once.keys()]).toEqual([...lstm.namedParameters().keys()]);
  expect(new Set(once.values())).toEqual(new Set(lstm.stateDict().values()));
  expect(once.size).toBe(8);
});

test.each([
  ["the first", (key: string) => key.includes("_l0")],
  ["the second", (key: string) => !key.includes("_l0")],
  ["both", () => true],
])("a state with %s of two keys is enough", (_, has) => {
  const [from, to] = [0, 1].map(() => new Lstm(2, 3, { bidirectional: true }));
  const state = new Map([...copied(from)].filter(([key]) => has(key)));
  expect(to.loadStateDict(state)).toEqual([]);
  expect(valuesOf(to)).toEqual(valuesOf(from));
});

test.each(pairs)("neither %s nor %s is an error, as are two that differ", (a, b) => {
  const lstm = new Lstm(2, 3, { bidirectional: true });
  const before = valuesOf(lstm);
  const state = copied(lstm);
  const shape = state.get(a)?.shape as number[];
  state.delete(a);
  state.delete(b);
  expect(() => lstm.loadStateDict(state)).toThrow(new RegExp(`missing +${a} .*\\n.*missing +${b}`));
  state.set(a, tensor(new Float32Array(lstm.stateDict().get(a)?.size ?? 0), shape));
  state.set(b, tensor(new Float32Array(lstm.stateDict().get(a)?.size ?? 0).fill(1), shape));
  for (const strict of [true, false]) {
    expect(() => lstm.loadStateDict(state, { strict })).toThrow(
      `conflict   ${b}  holds other values than ${a}, one tensor under two keys`,
    );
  }
  expect(valuesOf(lstm)).toEqual(before);
});

test("keys that share a parameter by a user's own module load from either too", () => {
  class Tied extends Module {
    readonly embedding = new Parameter(tensor([1, 2]));
    readonly output = this.embedding;
  }
  const tied = new Tied();
  tied.loadStateDict(new Map([["output", tensor([5, Number.NaN])]]));
  expect([...tied.embedding.value.dataSync()]).toEqual([5, Number.NaN]);
  tied.loadStateDict(copied(tied));
});
