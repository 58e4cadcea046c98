import { describe, expect, test } from "vitest";
import { applyOverrides, type Overrides, readOverrides } from "./overrides.js";

const base = () => ({
  Global: { epoch_num: 1, use_gpu: false },
  Loss: { list: [{ A: { weight: 1 } }, { B: { weight: 2 } }] },
  Empty: null,
});

function apply(overrides: Overrides): unknown {
  const config = base();
  applyOverrides(config, readOverrides(overrides));
  return config;
}

test("dotted paths set values that are read as YAML", () => {
  const expected = { ...base(), Global: { epoch_num: 5, use_gpu: true, seed: [1, 2], path: "a=b" } };
  const items = ["Global.epoch_num=5", "Global.use_gpu=yes", "Global.seed=[1, 2]", "Global.path=a=b"];
  expect(apply(items)).toEqual(expected);
});

test("the last of several overrides of one key counts", () => {
  expect(apply(["Global.epoch_num=5", "Global.epoch_num=6"])).toMatchObject({ Global: { epoch_num: 6 } });
});

test("nothing after the equals sign is null", () => {
  expect(apply(["Global.epoch_num="])).toMatchObject({ Global: { epoch_num: null } });
});

test("list indices", () => {
  expect(apply(["Loss.list.1.B.weight=0.5"])).toMatchObject({
    Loss: { list: [{ A: { weight: 1 } }, { B: { weight: 0.5 } }] },
  });
});

test("an undotted mapping is merged, another undotted value replaces", () => {
  expect(apply(["Global={epoch_num: 3, new: 1}"])).toMatchObject({ Global: { epoch_num: 3, use_gpu: false, new: 1 } });
  expect(apply(["Empty=1"])).toMatchObject({ Empty: 1 });
});

test("a script gives them as an object", () => {
  expect(apply({ "Global.epoch_num": 2 })).toMatchObject({ Global: { epoch_num: 2 } });
});

test("it says which paths were set", () => {
  const set = applyOverrides(base(), readOverrides(["Loss.list.0.A.weight=1", "Global={a: 1, b: 2}"]));
  expect(set.map(({ path, override }) => [path, override.text])).toEqual([
    [["Loss", "list", 0, "A", "weight"], "-o Loss.list.0.A.weight=1"],
    [["Global", "a"], "-o Global={a: 1, b: 2}"],
    [["Global", "b"], "-o Global={a: 1, b: 2}"],
  ]);
});

describe("errors name the item and the nearest name", () => {
  const cases: [string, RegExp][] = [
    ["Globl.epoch_num=1", /^-o Globl\.epoch_num=1: the config has no "Globl"; did you mean "Global"\?$/],
    ["Globall=1", /did you mean "Global"/],
    ["Loss.lst.0=1", /Loss has no "lst"; did you mean "list"\?/],
    ["Loss.list.2=1", /Loss\.list is a list of 2; "2" is no index/],
    ["Loss.list.A=1", /"A" is no index/],
    ["Global.epoch_num.x=1", /Global\.epoch_num has no keys/],
    ["Empty.x=1", /Empty has no keys/],
    ["Global.__proto__=1", /has no "__proto__"/],
    ["Global.__proto__.x=1", /has no "__proto__"/],
    ["Global", /expected KEY\.PATH=VALUE/],
    ["=1", /expected KEY\.PATH=VALUE/],
    ["Global.path=*.jpg", /no YAML.*quotes/],
  ];
  test.each(cases)("%s", (item, message) => {
    expect(() => apply([item])).toThrow(message);
  });
});
