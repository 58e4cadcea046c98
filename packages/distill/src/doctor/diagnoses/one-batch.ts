import { called } from "../../model/called.js";
import { type Diagnosis, doubt, type Finding, fault, percent, short } from "../diagnosis.js";
import { isLabelTerm } from "../label-terms.js";
import { type Overfit, overfit, plainRate, tellingSteps } from "../overfit.js";
import type { Patient } from "../patient.js";

/** Trains on one batch alone. If even that is not learnt, further attempts leave out what may hinder it. */
export const oneBatch: Diagnosis = {
  name: "one batch",
  asks: "Can the networks learn one small batch by heart?",
  async examine(patient) {
    const { deciding } = patient;
    if (!patient.decidingLearns) {
      return { seen: `not tried: ${called(deciding)} does not learn`, findings: [] };
    }
    const { size } = await patient.batch();
    const whole = await overfit(patient, { terms: "all", optimizer: "configured" });
    const seen = `${size} samples: ${told(whole)}`;
    if (whole.learnt) return { seen, findings: [] };
    return { seen, findings: [await findCause(patient, whole)] };
  },
};

/** Tries again without distillation, and then with another optimizer: what helps is the cause. */
async function findCause(patient: Patient, whole: Overfit): Promise<Finding> {
  const statistics = inTrainingAlone(whole);
  if (statistics !== undefined) return statistics;
  const { terms } = patient.loaded.config.loss;
  const ofLabels = terms.filter(isLabelTerm);
  if (ofLabels.length > 0 && ofLabels.length < terms.length) {
    patient.tell("without distillation");
    const labels = await overfit(patient, { terms: "labels", optimizer: "configured" });
    if (labels.learnt) {
      return fault(
        `Distillation keeps the network from learning: ${told(whole)} with all terms, ${told(labels)} with the labels alone.`,
        "Let the distillation terms rise when it reads (ramp: {start: 1000, steps: 500}), or lower their weights.",
      );
    }
  }
  patient.tell(`with Adam at ${plainRate}`);
  const plain = await overfit(patient, { terms: ofLabels.length > 0 ? "labels" : "all", optimizer: "plain" });
  if (plain.learnt) {
    return fault(
      `The optimizer keeps the network from learning: ${told(whole)} as configured, ${told(plain)} with Adam at ${plainRate}.`,
      `Use Adam, and try Optimizer.lr.learning_rate: ${plainRate}.`,
    );
  }
  return unlearnable(plain);
}

/** Of a batch that is read in training and not in evaluation. */
function inTrainingAlone({ read = 0, readInTraining = 0 }: Overfit): Finding | undefined {
  if (readInTraining < 0.7 || read > 0.5 * readInTraining) return undefined;
  return fault(
    `In training ${percent(readInTraining)} of the batch is read, but in evaluation ${percent(read)}.`,
    "Evaluation runs on the running statistics of batch norms and without dropout: make batches larger or the learning rate lower, so that statistics are steady, and look whether Eval prepares images as Train does.",
  );
}

/** What is said of a batch that is not learnt in any way. */
function unlearnable(plain: Overfit): Finding {
  const [first, last] = plain.losses;
  if (plain.steps < tellingSteps) {
    return doubt(
      `The batch was not learnt in the time given: ${told(plain)}, the loss went from ${short(first)} to ${short(last)}.`,
      "Allow more time with --seconds; if it is not learnt then either, doubt the labels.",
    );
  }
  return fault(
    `Nothing makes the network learn even one batch: ${told(plain)}, the loss went from ${short(first)} to ${short(last)}.`,
    "Look at the images as the network sees them, and at their labels (retort data): do they belong together, is text visible, do labels fit into its time steps?",
  );
}

/** What an attempt came to, in words. */
function told({ learnt, read, steps, seconds, losses, diverged }: Overfit): string {
  if (diverged !== undefined) return `diverged (${diverged})`;
  const after = `after ${steps} steps (${seconds.toFixed(0)} s)`;
  if (read !== undefined) return `${percent(read)} read ${after}`;
  return `loss ${learnt ? "down" : "only"} from ${short(losses[0])} to ${short(losses[1])} ${after}`;
}
