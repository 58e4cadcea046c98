import { createHash } from "node:crypto";
import { withRandom } from "@retort/autograd";
import { BatchNorm, Linear, Sequential } from "@retort/autograd/nn";
import type { Batch } from "@retort/ocr-models/data";
import { assign, Random, tensor } from "@retort/tensor";
import { expect, test } from "vitest";
import type { NetworkConfig } from "../config/schema/architecture.js";
import { type Hash, sampleKeys, teacherIdentity } from "./identity.js";

const hash = (): Hash => createHash("sha256");
const parts = { backbone: { name: "MobileNetV3", scale: 0.5 }, head: { name: "DBHead", k: 50 } };
const config = parts as unknown as NetworkConfig;

test("a teacher's identity follows from its weights, statistics, config, the features and their form, and nothing else", () => {
  const fresh = (): Sequential => withRandom(new Random(3), () => new Sequential(new Linear(2, 3), new BatchNorm(3)));
  const network = fresh();
  const identity = (changed: Partial<typeof parts> = {}, features = ["maps"], topK?: number): string =>
    teacherIdentity(hash(), network, { ...config, ...changed } as NetworkConfig, features, {
      precision: "float16",
      topK,
    });
  const first = identity();
  expect(teacherIdentity(hash(), fresh(), config, ["maps"], { precision: "float16" })).toBe(first);
  const renamed = { ...config, name: "Other", pretrained: "elsewhere", returnAllFeats: true };
  expect(teacherIdentity(hash(), network, renamed, ["maps"], { precision: "float16" })).toBe(first);
  const others = [
    identity({ head: { name: "DBHead", k: 51 } }),
    identity({}, ["maps", "neck_out"]),
    identity({}, ["maps"], 5),
    teacherIdentity(hash(), network, config, ["maps"], { precision: "float32" }),
  ];
  const state = network.stateDict();
  const key = [...state.keys()].find((name) => name.endsWith("_mean")) ?? expect.fail("no statistics");
  const mean = state.get(key) ?? expect.fail("no statistics");
  assign(mean, tensor(Float32Array.of(0, 0, 2 ** -149)));
  others.push(identity());
  expect(new Set([first, ...others]).size).toBe(6);
});

const batch = (fields: Batch["fields"]): Batch => ({
  fields,
  size: 2,
  paths: ["a.png", "b.png"],
  texts: ["1", "2"],
  unusable: [],
  epoch: 0,
  index: 0,
});
const image = { data: Float32Array.of(0, 1, 0, 2), shape: [2, 1, 1, 2] };

test("samples have equal keys when the network sees the same of them, wherever they come from", () => {
  const [a, b] = sampleKeys(hash, batch({ image }), ["maps"], false);
  expect(a).not.toBe(b);
  const turned = batch({ image: { ...image, data: Float32Array.of(0, 2, 0, 1) } });
  expect(sampleKeys(hash, { ...turned, epoch: 7 }, ["maps"], false)).toEqual([b, a]);
  const upright = batch({ image: { ...image, shape: [2, 1, 2, 1] } });
  expect(sampleKeys(hash, upright, ["maps"], false)).not.toContain(a);
});

test("labels are part of the key where a head that writes by them is read, and only there", () => {
  const labelled = (last: number, ratio = 1): Batch =>
    batch({
      image,
      label_sar: { data: Int32Array.of(3, 1, 3, last), shape: [2, 2] },
      valid_ratio: { data: Float32Array.of(1, ratio), shape: [2] },
    });
  const keys = (features: string[], alone: boolean, ...what: Parameters<typeof labelled>): string[] =>
    sampleKeys(hash, labelled(...what), features, alone);
  expect(keys(["head_out.ctc"], false, 1)).toEqual(keys(["head_out.ctc"], false, 2));
  for (const [features, alone] of [
    [["head_out.ctc", "head_out.sar"], false],
    [["head_out"], true],
  ] as const) {
    const [first, second] = keys([...features], alone, 1);
    const others = [keys([...features], alone, 2), keys([...features], alone, 1, 0.5)];
    expect(others.map(([key]) => key)).toEqual([first, first]);
    expect(new Set([second, ...others.map(([, key]) => key)]).size).toBe(3);
  }
});

test("an NRTR head sees labels as far as the longest text of the batch", () => {
  const labelled = (longest: number): Batch =>
    batch({
      image,
      label_gtc: { data: Int32Array.of(2, 4, 3, 2, 5, 3), shape: [2, 3] },
      length: { data: Int32Array.of(1, longest), shape: [2] },
    });
  const keys = (features: string[], longest: number): string[] => sampleKeys(hash, labelled(longest), features, false);
  expect(keys(["head_out.nrtr"], 1)[0]).not.toBe(keys(["head_out.nrtr"], 2)[0]);
  expect(keys(["head_out.ctc"], 1)).toEqual(keys(["head_out.ctc"], 2));
});
