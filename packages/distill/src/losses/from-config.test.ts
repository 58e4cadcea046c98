import { add, type Variable, variable } from "@retort/autograd";
import { ctcBatchLoss, nrtrBatchLoss } from "@retort/ocr-models";
import { Random, slice, type Tensor, tensor } from "@retort/tensor";
import { describe, expect, test } from "vitest";
import type { LossConfig, LossTermConfig } from "../config/schema/loss.js";
import { combined, type Share } from "./combined.js";
import { ctcLogitsLoss } from "./ctc-logits.js";
import { dkdLoss } from "./dkd.js";
import { dmlLoss } from "./dml.js";
import { onlyNetwork, termsFromConfig } from "./from-config.js";
import { klDivLoss } from "./kldiv.js";
import { nrtrDmlLoss } from "./nrtr-dml.js";
import type { ModelOutputs, Targets } from "./terms.js";

const [batch, ctcSteps, ctcClasses, steps, nrtrClasses] = [5, 6, 4, 4, 8];
const random = new Random(11);
const scores = (...shape: number[]): Tensor =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b) }, () => random.normal()),
    shape,
  );
const networks = ["Student", "Teacher"].map((name) => ({
  name,
  ctc: scores(batch, ctcSteps, ctcClasses),
  nrtr: scores(batch, steps, nrtrClasses),
}));

const nrtrRows = [
  [2, 5, 6, 3, 0],
  [2, 4, 3, 0, 0],
  [2, 7, 7, 5, 3],
  [2, 6, 3, 0, 0],
  [2, 4, 5, 3, 0],
];
const nrtr = tensor(Int32Array.from(nrtrRows.flat()), [batch, steps + 1]);
const ctc = {
  labels: tensor(Int32Array.of(2, 3, 0, 1, 0, 0, 3, 3, 2, 3, 0, 0, 1, 2, 0), [batch, 3]),
  lengths: tensor(Int32Array.of(2, 1, 3, 1, 2)),
};

/** Outputs of the samples `first` to `end` and their labels. */
function samples(first: number, end: number): { outputs: ModelOutputs; targets: Targets } {
  const cut = (x: Tensor): Tensor => slice(x, 0, first, end);
  const outputs: ModelOutputs = new Map(
    networks.map(({ name, ctc, nrtr }) => {
      const [c, n] = [variable(cut(ctc)), variable(cut(nrtr))];
      return [name, { backbone_out: c, head_out: { ctc: c, ctc_neck: c, nrtr: n } }];
    }),
  );
  return { outputs, targets: { ctc: { labels: cut(ctc.labels), lengths: cut(ctc.lengths) }, nrtr: cut(nrtr) } };
}

const pairs = [["Student", "Teacher"]] as const;
const terms: LossTermConfig[] = [
  {
    kind: "DistillationDKDLoss",
    weight: 0.1,
    pairs,
    feature: "head_out.nrtr",
    logName: "dkd",
    temperature: 2,
    alpha: 1,
    beta: 2,
  },
  { kind: "DistillationKLDivLoss", weight: 1, pairs, feature: "head_out.nrtr", logName: "kl_nrtr" },
  { kind: "DistillationKLDivLoss", weight: 1, pairs, feature: "head_out.ctc", logName: "kl_ctc" },
  { kind: "DistillationNRTRDMLLoss", weight: 1, pairs, feature: "head_out.nrtr", logName: "dml_nrtr" },
  {
    kind: "DistillationDMLLoss",
    weight: 1,
    pairs,
    feature: "head_out.ctc",
    logName: "dml_ctc",
    act: "softmax",
    useLog: true,
    temperature: 3,
    direction: "reverse",
  },
  { kind: "DistillCTCLogits", weight: 2, pairs, feature: "head_out.ctc", logName: "ctc_logits" },
  {
    kind: "DistillationNRTRLoss",
    weight: 1,
    models: ["Student"],
    feature: "head_out.nrtr",
    logName: "a",
    smoothing: true,
  },
  {
    kind: "DistillationNRTRLoss",
    weight: 1,
    models: ["Student"],
    feature: "head_out.nrtr",
    logName: "b",
    smoothing: false,
  },
];
const config = (list: readonly LossTermConfig[]): LossConfig => ({ name: "CombinedLoss", terms: list });

const read = (loss: ReturnType<ReturnType<typeof combined>>): Record<string, number> =>
  Object.fromEntries([...loss.parts].map(([name, value]) => [name, value.item()]));

test("each term is its loss of the features that it names, under the reference's log name", () => {
  const { outputs, targets } = samples(0, batch);
  const [s, t] = networks.map(({ ctc, nrtr }) => ({ ctc: variable(ctc), nrtr: variable(nrtr) }));
  const wanted = slice(nrtr, 1, 1);
  const dml = { act: "softmax", useLog: true, temperature: 3, direction: "reverse" } as const;
  const expected: Record<string, number> = {
    dkd_0: 0.1 * dkdLoss(s.nrtr, t.nrtr, wanted, { temperature: 2, beta: 2 }).item(),
    kl_nrtr_0: klDivLoss(s.nrtr, t.nrtr, wanted).item(),
    kl_ctc_0: klDivLoss(s.ctc, t.ctc).item(),
    dml_nrtr_0: nrtrDmlLoss(s.nrtr, t.nrtr, wanted).item(),
    dml_ctc_0: dmlLoss(s.ctc, t.ctc, dml).item(),
    ctc_logits_0: 2 * ctcLogitsLoss(s.ctc, t.ctc).item(),
    a_Student_0: nrtrBatchLoss(s.nrtr, nrtr).item(),
    // Without smoothing the reference counts padding.
    b_Student_0: nrtrBatchLoss(s.nrtr, nrtr, { smoothing: false, countPadding: true }).item(),
  };
  const found = read(combined(termsFromConfig(config(terms), 0))(outputs, targets, 0));
  expect(Object.keys(found)).toEqual(Object.keys(expected));
  for (const [name, value] of Object.entries(expected)) expect(found[name], name).toBeCloseTo(value, 5);
});

test("a network alone is read by NRTRLoss, which never counts padding", () => {
  const { outputs, targets } = samples(0, batch);
  const alone: ModelOutputs = new Map([
    [onlyNetwork, outputs.get("Student") as NonNullable<ReturnType<typeof outputs.get>>],
  ]);
  const single: LossTermConfig[] = [
    { kind: "CTCLoss", weight: 1, feature: "head_out.ctc", focal: true },
    { kind: "NRTRLoss", weight: 1, feature: "head_out.nrtr", smoothing: false },
  ];
  const found = read(combined(termsFromConfig(config(single), 0))(alone, targets, 0));
  const [{ ctc: c, nrtr: n }] = networks;
  expect(found.CTCLoss).toBeCloseTo(ctcBatchLoss(c, ctc, { focal: true }).item(), 5);
  expect(found.NRTRLoss).toBeCloseTo(nrtrBatchLoss(n, nrtr, { smoothing: false }).item(), 5);
  expect(found.NRTRLoss).not.toBeCloseTo(nrtrBatchLoss(n, nrtr, { smoothing: false, countPadding: true }).item(), 2);
});

describe("a batch in two parts", () => {
  const counted = (rows: readonly number[][]): number =>
    rows.flatMap((row) => row.slice(1)).filter((x) => x > 0).length;
  const share = (first: number, end: number): Share => ({
    samples: (end - first) / batch,
    labels: counted(nrtrRows.slice(first, end)) / counted(nrtrRows),
  });
  const partOf = (list: LossTermConfig[], first: number, end: number): Variable => {
    const { outputs, targets } = samples(first, end);
    return combined(termsFromConfig(config(list), 0))(outputs, targets, 0, share(first, end)).loss;
  };

  test.each(
    terms.map((term) => [`${term.kind} ${term.feature} ${"logName" in term ? term.logName : ""}`, term] as const),
  )("gives the loss of the whole: %s", (_name, term) => {
    const parts = add(partOf([term], 0, 2), partOf([term], 2, batch));
    expect(parts.item()).toBeCloseTo(partOf([term], 0, batch).item(), 5);
  });
});

test("labels that are not in the batch are named", () => {
  const { outputs } = samples(0, batch);
  expect(() => combined(termsFromConfig(config(terms), 0))(outputs, {}, 0)).toThrow(
    "the loss needs NRTR labels, which is not in the batch: add it to KeepKeys",
  );
});
