import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lossesIn, reportsOf, stateOf, tinyConfig, tinyRun, writeTinyData } from "../../testing/tiny-training.js";
import { plan } from "../plan/plan.js";
import { evaluateFromConfig, type ImageReading, inferFromConfig } from "./infer.js";
import { trainStep } from "./step.js";

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "retort-nrtr-"));
  await writeTinyData(folder, 12);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const head = {
  name: "MultiHead",
  head_list: [
    {
      CTCHead: {
        Neck: { name: "svtr", dims: 16, depth: 1, hidden_dims: 16, use_guide: true },
        Head: { fc_decay: 1e-5 },
      },
    },
    { NRTRHead: { nrtr_dim: 32, num_decoder_layers: 1, max_text_length: 8 } },
  ],
};
const pair = { model_name_pairs: [["Student", "Teacher"]], key: "head_out" };
const nrtrPair = { ...pair, multi_head: true, dis_head: "gtc" };
const models = { model_name_list: ["Student", "Teacher"], key: "head_out", multi_head: true };
const transforms = [
  { DecodeImage: { img_mode: "BGR" } },
  { MultiLabelEncode: { gtc_encode: "NRTRLabelEncode" } },
  { RecResizeImg: { image_shape: [3, 32, 80] } },
  { KeepKeys: { keep_keys: ["image", "label_ctc", "label_gtc", "length", "valid_ratio"] } },
];

/** The tiny networks with NRTR in place of SAR, and every loss of PP-OCRv4 and its kin. */
const nrtr: Record<string, unknown> = {
  "Architecture.Models.Teacher.Head": head,
  "Architecture.Models.Student.Head": head,
  "Loss.loss_config_list": [
    { DistillationDKDLoss: { weight: 0.1, ...nrtrPair, beta: 2 } },
    { DistillationKLDivLoss: { weight: 1, ...nrtrPair } },
    { DistillationNRTRDMLLoss: { weight: 1, ...nrtrPair, name: "dml_nrtr" } },
    { DistillCTCLogits: { weight: 1, ...pair } },
    { DistillationCTCLoss: { weight: 1, ...models } },
    { DistillationNRTRLoss: { weight: 1, ...models } },
    { DistillationNRTRLoss: { weight: 1, ...models, smoothing: false, name: "loss_nrtr_all" } },
  ],
  "Train.dataset.transforms": transforms,
  "Eval.dataset.transforms": transforms,
};

const names = [
  "dkd_0",
  "kl_div_0",
  "dml_nrtr_0",
  "ctc_logits_0",
  "loss_ctc_Student_0",
  "loss_ctc_Teacher_1",
  "loss_nrtr_Student_0",
  "loss_nrtr_Teacher_1",
  "loss_nrtr_all_Student_0",
  "loss_nrtr_all_Teacher_1",
  "loss",
];

describe("networks with NRTR", () => {
  test("train by every loss, stop and go on to the bit, and are evaluated by either decoder", async () => {
    const whole = await tinyRun(folder, { ...nrtr, "Global.save_model_dir": join(folder, "whole") });
    const losses = lossesIn(await reportsOf(whole));
    expect(Object.keys(losses[0])).toEqual(names);
    expect(losses.flatMap((values) => Object.values(values)).every((value) => value > 0 && value < 1000)).toBe(true);

    const place = join(folder, "parts");
    const first = await tinyRun(folder, { ...nrtr, "Global.save_model_dir": place });
    const before = lossesIn(await reportsOf(first, 4));
    const resuming = { ...nrtr, "Global.save_model_dir": place, "Global.checkpoints": join(place, "latest") };
    const second = await tinyRun(folder, resuming);
    expect([...before, ...lossesIn(await reportsOf(second))]).toEqual(losses);
    expect(stateOf(second)).toEqual(stateOf(whole));

    const byNrtr = { ...resuming, "PostProcess.name": "DistillationNRTRLabelDecode" };
    for (const overrides of [resuming, byNrtr]) {
      const { images, metrics } = await evaluateFromConfig(...tinyConfig(folder, overrides));
      expect(images).toBe(4);
      expect(Object.keys(metrics)).toEqual(expect.arrayContaining(["acc", "Teacher_norm_edit_dis"]));
    }
  });

  test("a batch is taken in unequal parts", async () => {
    const run = await tinyRun(folder, {
      ...nrtr,
      "Train.loader.batch_size_per_card": 6,
      "Train.loader.micro_batch_size": 4,
    });
    for await (const batch of run.train.epoch()) {
      const losses = await trainStep(run, batch, 0);
      expect(Object.keys(losses)).toEqual(names);
      expect(Object.values(losses).every((value) => value > 0 && value < 1000)).toBe(true);
      break;
    }
    await run.train.close();
  });

  test("a plan takes a step with them and tells what each loss reads", async () => {
    const { losses, memory } = await plan(...tinyConfig(folder, nrtr));
    expect(losses.map(({ kind, feature, reads }) => [kind, feature, reads.length])).toEqual([
      ["DistillationDKDLoss", "head_out.nrtr", 2],
      ["DistillationKLDivLoss", "head_out.nrtr", 2],
      ["DistillationNRTRDMLLoss", "head_out.nrtr", 2],
      ["DistillCTCLogits", "head_out.ctc", 2],
      ["DistillationCTCLoss", "head_out.ctc", 2],
      ["DistillationNRTRLoss", "head_out.nrtr", 2],
      ["DistillationNRTRLoss", "head_out.nrtr", 2],
    ]);
    expect(memory.peakBytes).toBeGreaterThan(2 ** 20);
  });
});

describe("reading images by prefix beam search", () => {
  const image = (): string => join(folder, "images", "0.png");
  const searching = { "PostProcess.beam_width": 3, "PostProcess.return_word_box": true };
  const weights = (): Record<string, unknown> => ({ "Global.checkpoints": join(folder, "search", "latest") });

  async function readings(overrides: Record<string, unknown>): Promise<ImageReading["readings"]> {
    const found: ImageReading[] = [];
    const [path, all] = tinyConfig(folder, { ...weights(), ...overrides });
    for await (const reading of inferFromConfig(path, all, [image()])) found.push(reading);
    return found[0].readings;
  }

  beforeAll(async () => {
    const run = await tinyRun(folder, { "Global.save_model_dir": join(folder, "search"), "Global.epoch_num": 1 });
    await reportsOf(run, 1);
  });

  test("words of a list alone come out, each with its place", async () => {
    writeFileSync(join(folder, "words.txt"), "12\n345\n6789\n");
    const { Student, Teacher } = await readings({ ...searching, "PostProcess.lexicon": join(folder, "words.txt") });
    for (const { text, words } of [Student, Teacher]) {
      expect(["", "12", "345", "6789"]).toContain(text);
      expect(words?.map((word) => word.text).join("")).toBe(text);
      for (const { left, right, steps } of words ?? []) {
        expect(left).toBeGreaterThanOrEqual(0);
        expect(right).toBeGreaterThanOrEqual(left);
        expect(right).toBeLessThanOrEqual(1);
        expect([...steps].sort((a, b) => a - b)).toEqual(steps);
      }
    }
  });

  test("without being asked for, words are not told", async () => {
    expect(Object.keys((await readings({})).Student)).toEqual(["text", "confidence"]);
    expect(Object.keys((await readings(searching)).Student)).toEqual(["text", "confidence", "words"]);
  });

  test("a word list that is not there, or whose words cannot be written, is named", async () => {
    const list = (file: string): Promise<unknown> =>
      readings({ ...searching, "PostProcess.lexicon": join(folder, file) });
    await expect(list("absent.txt")).rejects.toThrow(
      `PostProcess.lexicon: "${join(folder, "absent.txt")}" cannot be read: ENOENT`,
    );
    writeFileSync(join(folder, "letters.txt"), "12\n3x\n");
    await expect(list("letters.txt")).rejects.toThrow(
      `${join(folder, "letters.txt")}, line 2: the dictionary has no "x", which "3x" needs`,
    );
  });
});
