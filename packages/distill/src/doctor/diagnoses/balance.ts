import { backward, type Gradients, withRandom } from "@retort/autograd";
import { scope } from "@retort/tensor";
import { combined, rampFactor } from "../../losses/combined.js";
import { termsFromConfig } from "../../losses/from-config.js";
import { called } from "../../model/called.js";
import type { Run } from "../../training/run.js";
import { tensorsOf } from "../../training/tensors.js";
import { type Diagnosis, doubt, type Finding, fault, short } from "../diagnosis.js";
import { isLabelTerm, termsOf } from "../label-terms.js";
import type { Patient } from "../patient.js";

/** How much a term does at a network. */
interface Pull {
  readonly kind: string;
  readonly index: number;
  readonly ofLabels: boolean;
  readonly weight: number;
  /** Whether it counts in the first step, or rises later. */
  readonly early: boolean;
  /** Weighted value of the loss, at full weight. */
  readonly loss: number;
  /** Norm of the gradient of that value at the network's parameters. */
  readonly gradient: number;
}

/** Gradients this many times as large as those of the labels leave these no say; fewer times, little. */
const outweighs = 30;
const rivals = 5;

/** Terms whose gradient at the judged network is much larger than that of the labels, at the weights that it begins with. */
export const balance: Diagnosis = {
  name: "balance",
  asks: "Does distillation leave the labels a say, in losses and in gradients at the judged network?",
  async examine(patient) {
    const { deciding } = patient;
    if (!patient.decidingLearns) {
      return { seen: `not measured: ${called(deciding)} does not learn`, findings: [] };
    }
    const batch = await patient.batch();
    const pulls = await patient.withRun((run) => pullsOf(patient, run, batch));
    const labels = Math.hypot(...pulls.filter(({ ofLabels }) => ofLabels).map(({ gradient }) => gradient));
    const seen = pulls
      .map(({ kind, loss, gradient }) => `${kind} ${short(loss)} (gradient ${short(gradient)})`)
      .join(", ");
    return { seen, findings: judge(pulls, labels, patient) };
  },
};

function judge(pulls: readonly Pull[], labels: number, { deciding }: Patient): Finding[] {
  const broken = pulls.filter(({ loss, gradient }) => !Number.isFinite(loss) || !Number.isFinite(gradient));
  if (broken.length > 0) {
    const names = broken.map(({ kind, loss, gradient }) => `${kind} is ${loss}, its gradient ${gradient}`);
    return [fault(`On the first batch ${names.join("; ")}.`, "Look for weights or images that hold such values.")];
  }
  if (labels === 0) {
    if (!pulls.some(({ ofLabels }) => ofLabels)) return [];
    return [
      fault(
        `The losses against labels have no gradient at ${called(deciding)}: nothing is learnt from the labels.`,
        "Look whether its parameters are trained, and whether labels fit into its time steps.",
      ),
    ];
  }
  return pulls
    .filter(({ ofLabels, gradient }) => !ofLabels && gradient > rivals * labels)
    .map(({ kind, index, weight, early, loss, gradient }) => {
      const times = gradient / labels;
      const problem = `The gradient of ${kind} (term ${index}, weight ${weight}, loss ${short(loss)}) at ${called(deciding)} is ${short(times)} times that of the labels${early ? "" : " once its ramp has risen"}.`;
      const change =
        `Lower its weight to about ${short(weight / times)}` +
        (early ? ", or let it rise when the labels are learnt: ramp: {start: 1000, steps: 500}." : ".");
      return (early && times > outweighs ? fault : doubt)(problem, change);
    });
}

/** Value and gradient of every term that reaches the judged network. */
function pullsOf(
  { deciding, loaded: { config }, tell }: Patient,
  run: Run,
  batch: Parameters<typeof tensorsOf>[0],
): Pull[] {
  const weighted = termsFromConfig(config.loss, run.sarIgnoreIndex, run.adapters);
  const network = run.model.networks.get(deciding)?.network;
  const parameters = network?.parameters() ?? [];
  const normOf = (gradients: Gradients): number =>
    Math.sqrt(
      parameters.reduce((sum, parameter) => {
        const data = gradients.get(parameter)?.value.dataSync() ?? [];
        return (data as Float32Array).reduce((total, value) => total + value * value, sum);
      }, 0),
    );
  return termsOf(config.loss, deciding).map(({ term, index }) => {
    tell(term.kind);
    return withRandom(run.random.split("step", 0), () =>
      scope(() => {
        const { images, heads, targets } = tensorsOf(batch);
        const value = combined([{ ...weighted[index], ramp: undefined }])(
          run.model.train().forward(images, heads),
          targets,
          0,
        );
        const loss = value.loss.item();
        return {
          kind: "logName" in term && term.kind === "DistillationDMLLoss" ? `${term.kind} ${term.logName}` : term.kind,
          index,
          ofLabels: isLabelTerm(term),
          weight: term.weight,
          early: rampFactor(term.ramp, 1) > 0,
          loss,
          gradient: normOf(backward(value.loss)),
        };
      }),
    );
  });
}
