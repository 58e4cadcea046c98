import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { noGrad } from "@retort/autograd";
import { featureOf } from "@retort/ocr-models";
import { onnxOf, writeOnnx } from "@retort/ocr-models/onnx";
import { type Tensor, tensor } from "@retort/tensor";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { tinyAloneConfig, writeTinyData } from "../../testing/tiny-training.js";
import { type LoadedConfig, loadConfig } from "../config/load.js";
import { onlyNetwork } from "../losses/from-config.js";
import { type FeatureValues, readerFromConfig } from "../training/reader.js";
import { makeLoader, seededModel } from "../training/run.js";
import { networkOf } from "../weights/alone.js";
import { type Compared, checkExport } from "./check.js";
import { openSession } from "./runtime.js";

let folder: string;
let loaded: LoadedConfig;
/** A network and a session that gives the same. */
let compared: Compared;
const own = (images: Tensor): Tensor => noGrad(() => featureOf(compared.network.forward(images), "head_out").value);

/** A session that gives what the network gives, changed. */
const changed = (change: (values: Float32Array, images: Tensor) => void): Compared => ({
  ...compared,
  session: {
    async run(images) {
      const output = own(images);
      const values = output.dataSync() as Float32Array;
      change(values, images);
      return tensor(values, output.shape);
    },
    async close() {},
  },
});

const check = (what: Compared, limit?: number) => checkExport(what, makeLoader(loaded, "eval"), limit);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "retort-check-"));
  await writeTinyData(folder, 8);
  loaded = await loadConfig(...tinyAloneConfig(folder, { "Eval.loader.batch_size_per_card": 2 }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(async () => {
  const network = networkOf(seededModel(loaded), onlyNetwork).eval();
  const reader = await readerFromConfig(loaded.config, loaded.dictionary);
  const session = { run: async (images: Tensor) => own(images), close: async () => {} };
  compared = { name: onlyNetwork, network, session, reader };
});

test("the same outputs are taken, on all images or the first", async () => {
  expect(await check(compared)).toMatchObject({ images: 4, difference: 0, metrics: { acc: expect.any(Number) } });
  expect(await check(compared, 1)).toMatchObject({ images: 2, difference: 0 });
});

test("small differences are taken, and the largest is told", async () => {
  const { difference } = await check(changed((values) => values.set(values.map((value) => value + 5e-5))));
  expect(difference).toBeGreaterThan(4e-5);
  expect(difference).toBeLessThan(6e-5);
});

describe("an export is refused when", () => {
  test("an output lies apart, naming the images", () =>
    expect(check(changed((values) => (values[7] += 2e-4)))).rejects.toThrow(
      /images 1 to 2: the network gives \S+, onnxruntime \S+: 2\.0e-4 apart, more than 0\.0001/,
    ));

  test("an output is NaN", () =>
    expect(check(changed((values) => (values[7] = Number.NaN)))).rejects.toThrow(/onnxruntime NaN: NaN apart/));

  test("only later images differ", () => {
    let calls = 0;
    const second = changed((values) => {
      if (++calls === 2) values[0] += 1;
    });
    return expect(check(second)).rejects.toThrow("images 3 to 4: the network gives");
  });

  test("other widths give other outputs", () =>
    expect(
      check(
        changed((values, images) => {
          if (images.shape[3] !== 80) values[0] += 1;
        }),
      ),
    ).rejects.toThrow("images [2, 3, 32, 64]: the network gives"));

  test("the accuracy differs, although outputs are near", () => {
    const right = { text: "12", confidence: 1 };
    const near = changed((values) => (values[0] += 2e-5));
    let calls = 0;
    const reader = {
      ...compared.reader,
      read: (_: FeatureValues, { size }: { readonly size: number }) =>
        Array.from({ length: size }, () => (calls++ % 4 < 2 ? right : { ...right, text: "13" })),
      wanted: ({ size }: { readonly size: number }) => Array.from({ length: size }, () => right),
    };
    return expect(check({ ...near, reader })).rejects.toThrow("the network has acc 0.99");
  });

  test("there are no images", () => {
    const data = makeLoader(loaded, "eval");
    Object.defineProperty(data, "epoch", { value: async function* () {} });
    return expect(checkExport(compared, data)).rejects.toThrow("there is no image that the export could be checked on");
  });

  test("a weight in the ONNX file is another", async () => {
    const model = onnxOf(compared.network, 32);
    const sound = await openSession(writeOnnx(model), "sound.onnx");
    expect((await check({ ...compared, session: sound })).difference).toBeLessThan(1e-4);
    await sound.close();
    const key = "head.ctc_head.fc.bias";
    const bias = model.initializers.get(key) ?? expect.fail(`no ${key}`);
    const data = Float32Array.from(bias.data as Float32Array);
    data[3] += 0.1;
    const initializers = new Map([...model.initializers, [key, { ...bias, data }]]);
    const session = await openSession(writeOnnx({ ...model, initializers }), "faulty.onnx");
    await expect(check({ ...compared, session })).rejects.toThrow(/images 1 to 2: .* apart, more than 0\.0001/);
    await session.close();
  });
});
