import { noGrad, withRandom } from "@retort/autograd";
import { Adam } from "@retort/autograd/optim";
import { featureOf, type NetworkOutput } from "@retort/ocr-models";
import type { Batch } from "@retort/ocr-models/data";
import { combined } from "../losses/combined.js";
import { termsFromConfig } from "../losses/from-config.js";
import { readBatch } from "../training/evaluate.js";
import { optimizerFromConfig, scheduleFromConfig } from "../training/optimizer-from-config.js";
import { trainableParameters } from "../training/parameters.js";
import { partsOf } from "../training/parts.js";
import { valuesOf } from "../training/reader.js";
import type { Run } from "../training/run.js";
import { NonFiniteLossError, takeStep } from "../training/step.js";
import { tensorsOf } from "../training/tensors.js";
import { percent } from "./diagnosis.js";
import { isLabelTerm } from "./label-terms.js";
import type { Patient } from "./patient.js";

/** What a batch is trained with. */
export interface Attempt {
  /** All terms, with their ramps as at the beginning of the training, or those against labels alone. */
  readonly terms: "all" | "labels";
  /** The config's update rule at its highest learning rate, or Adam with a rate that suits most networks. */
  readonly optimizer: "configured" | "plain";
}

/** What training on one batch came to. */
export interface Overfit {
  /** Whether the batch was learnt: most of it read, or of boxes the loss much smaller. */
  readonly learnt: boolean;
  readonly steps: number;
  readonly seconds: number;
  /** Sum of the terms against labels (of all terms where there are none), before the first step and the last one. */
  readonly losses: readonly [first: number, last: number];
  /** Share of the texts that the deciding network reads in evaluation; undefined of boxes. */
  readonly read?: number;
  /** The same with the statistics of the batch, as in training; undefined where heads are shown the labels in training. */
  readonly readInTraining?: number;
  /** What became infinite, if something did. */
  readonly diverged?: string;
}

/** Shares and factors by which a batch counts as learnt. */
const enoughRead = 0.7;
const lessLoss = 0.4;

const mostSteps = 600;

/** A network that has not learnt a batch after fewer steps may only need more. */
export const tellingSteps = 250;
const readEvery = 20;

/** The learning rate of the `plain` optimizer. */
export const plainRate = 1e-3;

/** The highest learning rate of a config. */
export function peakRate({ loaded: { config } }: Patient, stepsPerEpoch: number): number {
  const { schedule } = config.optimizer;
  const rate = scheduleFromConfig(schedule, config.global.epochNum, stepsPerEpoch);
  const steps = config.global.epochNum * stepsPerEpoch;
  const looks = Math.min(steps, 5000);
  return Array.from({ length: looks }, (_, i) => rate(Math.floor((i * steps) / looks))).reduce(
    (a, b) => Math.max(a, b),
    0,
  );
}

/**
 * Trains fresh networks of the config on one small batch until they know it, or time or steps are over. What a batch of
 * itself cannot teach, an epoch will not.
 */
export async function overfit(patient: Patient, attempt: Attempt): Promise<Overfit> {
  const batch = await patient.batch();
  return patient.withRun(async (run) => {
    const loss = lossOf(patient, run, attempt);
    const optimizer = optimizerOf(patient, run, attempt);
    const begun = performance.now();
    const seconds = (): number => (performance.now() - begun) / 1000;
    const losses: [number, number] = [Number.NaN, Number.NaN];
    let read: number | undefined;
    let steps = 0;
    const learnt = (): boolean => (read === undefined ? losses[1] < lessLoss * losses[0] : read >= enoughRead);
    const result = (more: Partial<Overfit> = {}): Overfit => ({
      learnt: learnt(),
      steps,
      seconds: seconds(),
      losses,
      read,
      ...more,
    });
    try {
      while (steps < mostSteps && seconds() < patient.seconds) {
        patient.signal?.throwIfAborted();
        const random = run.random.split("step", steps);
        const parts = partsOf(batch, batch.size, run.sarIgnoreIndex);
        const values = await takeStep({ model: run.model, loss: loss.of, optimizer, random }, parts, steps);
        losses[1] = loss.labels(values);
        if (steps === 0) losses[0] = losses[1];
        steps++;
        if (steps % readEvery !== 0) continue;
        if (!patient.findsBoxes) read = await readShare(patient, run, batch);
        patient.tell(
          `${steps} steps, loss ${losses[1].toPrecision(3)}${read === undefined ? "" : `, ${percent(read)} read`}`,
        );
        await new Promise(setImmediate);
        if (learnt()) break;
      }
      if (patient.findsBoxes || learnt()) return result();
      read = await readShare(patient, run, batch);
      return result({ readInTraining: await readInTraining(patient, run, batch) });
    } catch (error) {
      if (!(error instanceof NonFiniteLossError)) throw error;
      return result({ learnt: false, diverged: error.message });
    }
  });
}

/** The loss of an attempt, and how much of its values are of terms against labels. */
function lossOf(
  { loaded: { config } }: Patient,
  { adapters, sarIgnoreIndex }: Run,
  { terms }: Attempt,
): { readonly of: Run["loss"]; labels(values: Readonly<Record<string, number>>): number } {
  const all = termsFromConfig(config.loss, sarIgnoreIndex, adapters);
  const ofLabels = all.filter((_, i) => isLabelTerm(config.loss.terms[i]));
  const names = new Set<string>();
  const whole = combined(terms === "labels" ? ofLabels : all);
  const labels = ofLabels.length === 0 ? undefined : combined(ofLabels);
  return {
    of: (outputs, targets, step, share) => {
      if (names.size === 0) {
        for (const name of labels?.(outputs, targets, step, share).parts.keys() ?? ["loss"]) names.add(name);
      }
      return whole(outputs, targets, step, share);
    },
    labels: (values) => [...names].reduce((sum, name) => sum + values[name], 0),
  };
}

function optimizerOf(patient: Patient, run: Run, { optimizer }: Attempt): Run["optimizer"] {
  const parameters = trainableParameters(run);
  if (optimizer === "plain") return new Adam(parameters.values(), { learningRate: plainRate });
  const learningRate = peakRate(patient, run.stepsPerEpoch);
  const schedule = { name: "Const", learningRate, warmupEpoch: 0 } as const;
  return optimizerFromConfig({ ...patient.loaded.config.optimizer, schedule }, parameters, 1, 1);
}

/** The share of a batch's texts that the deciding network reads in evaluation. */
async function readShare({ deciding }: Patient, { model, reader }: Run, batch: Batch): Promise<number> {
  const metric = reader.makeMetric();
  const found = await readBatch(model, reader, batch, [deciding]);
  metric.add(found[deciding], reader.wanted(batch));
  return metric.result().acc;
}

/** The same as in training. The best class of each step is that of logits too, which a CTC head gives then. */
async function readInTraining(
  { deciding, loaded: { config } }: Patient,
  { model, reader, random }: Run,
  batch: Batch,
): Promise<number | undefined> {
  const { postProcess } = config;
  if (postProcess.decoder !== "ctc" || postProcess.beam !== undefined) return undefined;
  const feature = noGrad(() =>
    withRandom(random.split("step", 0), () => {
      const { images, heads } = tensorsOf(batch);
      const output = model.train().forward(images, heads).get(deciding) as NetworkOutput;
      return featureOf(output, reader.feature).value;
    }),
  );
  const metric = reader.makeMetric();
  metric.add(reader.read(await valuesOf(feature), batch), reader.wanted(batch));
  feature.release("it was read");
  return metric.result().acc;
}
