import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { upstreamPath } from "../../testing/upstream.js";
import { classCountsOf } from "../config/classes.js";
import { ConfigError, type Overrides, parseConfig } from "../config/index.js";
import { BlindRun } from "./blind-run.js";
import { plan } from "./plan.js";

describe.each([
  ["rec-v2-distillation", { parameters: 2_077_377, ignored: ["Global.distributed", "Train.loader.num_sections"] }],
  ["rec-v3-distillation", { parameters: 27_520_068, ignored: ["Global.distributed", "Global.d2s_train_image_shape"] }],
])("PaddleOCR's own %s", (name, { parameters, ignored }) => {
  const text = readFileSync(upstreamPath(name), "utf8");
  const { config, warnings } = parseConfig(text);

  test("is read as it is", () => {
    expect(warnings.map((line) => line.split(": ")[1])).toEqual(ignored);
  });

  test("takes a training step, with networks of the reference's size", () => {
    const run = new BlindRun(config, classCountsOf(6625));
    for (const network of ["Teacher", "Student"]) {
      const entries = [...run.model.stateDict({ aliases: false })].filter(([key]) => key.startsWith(`${network}.`));
      expect(entries.reduce((sum, [, { size }]) => sum + size, 0)).toBe(parameters);
    }
    expect(run.step()).toBeGreaterThan(4 * 2 * 3 * parameters);
    expect(run.device.runs.get("adam")).toBe(run.model.parameters().length);
  });
});

/** The problems of PaddleOCR's own distillation of PP-OCRv4, one line of text each. */
async function problemsOfV4(overrides: Overrides = []): Promise<string[]> {
  const error: unknown = await plan(upstreamPath("rec-v4-distillation"), overrides).catch((reason: unknown) => reason);
  if (!(error instanceof ConfigError)) throw error;
  return error.problems.map(({ path, message }) => `${path}: ${message}`);
}

describe("PaddleOCR's own rec-v4-distillation cannot run anywhere, and a plan says why", () => {
  test("its teacher gives tokens to a head that reads maps, and it goes on from a training that nobody has", async () => {
    const found = await problemsOfV4();
    expect(found).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^Architecture\.Models\.Teacher\.Backbone\.name: there is no backbone "SVTRNet" here/),
        expect.stringMatching(
          /^Architecture\.Models\.Teacher\.Head: use_pool is missing: SVTRNet gives tokens \[batch, 240, 256\], but/,
        ),
        expect.stringMatching(
          /^Global\.checkpoints: there is no \.\/output\/rec_dkd_400w_svtr_ctc_lcnet_blank_dkd0\.1\/latest\.json/,
        ),
      ]),
    );
    expect(found.filter((line) => line.startsWith("Architecture.Models.Student"))).toEqual([]);
  });

  test("nothing resizes the pictures that it trains with, so that nothing makes valid_ratio either", async () => {
    const keys = ["image", "label_ctc", "length", "valid_ratio"];
    const [decode, encode, keep] = [
      { DecodeImage: null },
      { MultiLabelEncode: null },
      { KeepKeys: { keep_keys: keys } },
    ];
    const resize = { RecResizeImg: { image_shape: [3, 48, 320] } };
    const found = await problemsOfV4({
      "Train.dataset.transforms": [decode, encode, keep],
      "Eval.dataset.transforms": [decode, encode, resize, keep],
    });
    expect(found).toEqual(
      expect.arrayContaining([
        expect.stringMatching(
          /^Train\.dataset\.transforms\[2\]\.KeepKeys\.keep_keys\[0\]: no transform before it makes "image"; RecResizeImg/,
        ),
        expect.stringMatching(/KeepKeys\.keep_keys\[3\]: no transform before it makes "valid_ratio"; RecResizeImg/),
        "Train.dataset.transforms: nothing brings the pictures to one size; RecResizeImg does",
      ]),
    );
    expect(found.filter((line) => line.startsWith("Eval"))).toEqual([]);
  });

  test("with use_pool its head has no fault of its own", async () => {
    const found = await problemsOfV4({ "Architecture.Models.Teacher.Head.use_pool": true });
    expect(found.some((line) => line.includes("use_pool is missing"))).toBe(false);
    expect(found.some((line) => line.includes('no backbone "SVTRNet" here'))).toBe(true);
  });
});
