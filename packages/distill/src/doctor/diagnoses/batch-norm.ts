import { noGrad, withRandom } from "@retort/autograd";
import { BatchNorm } from "@retort/autograd/nn";
import type { Network } from "@retort/ocr-models";
import type { Batch } from "@retort/ocr-models/data";
import { called } from "../../model/called.js";
import type { Run } from "../../training/run.js";
import { tensorsOf } from "../../training/tensors.js";
import { type Diagnosis, type Finding, fault, short } from "../diagnosis.js";

/** How far a layer's running statistics are from those of a batch: middle values over its channels. */
interface Distance {
  /** Difference of the means in running standard deviations. */
  readonly shift: number;
  /** How many times one variance is the other. */
  readonly ratio: number;
}

/** Layers further off than this see something else in evaluation than in training. */
const far: Distance = { shift: 3, ratio: 10 };
/** One layer as far off as this is enough. */
const beyond: Distance = { shift: 10, ratio: 100 };

/** Running statistics of batch norms, in weights that a training begins with, that are not those of its images. */
export const batchNorm: Diagnosis = {
  name: "batch norm",
  asks: "Do the running statistics of the weights fit the images?",
  async examine(patient) {
    const begun = patient.parts.filter(({ weights }) => weights !== undefined);
    if (begun.length === 0)
      return { seen: "no network begins with weights, so there are no statistics yet", findings: [] };
    const batch = await patient.batch();
    const findings: Finding[] = [];
    const seen: string[] = [];
    await patient.withRun((run) => {
      for (const { name, weights } of begun) {
        const { network } = run.model.networks.get(name) as { network: Network };
        const distances = distancesOf(network, run, batch);
        const worst = distances.reduce(
          (a, b) => ({ shift: Math.max(a.shift, b.shift), ratio: Math.max(a.ratio, b.ratio) }),
          { shift: 0, ratio: 1 },
        );
        const off = distances.filter((distance) => isBeyond(distance, far)).length;
        const text = `means up to ${short(worst.shift)} deviations off, variances up to ${short(worst.ratio)} times`;
        seen.push(`${called(name)}: ${distances.length} layers, ${text}`);
        if (off <= distances.length / 4 && !isBeyond(worst, beyond)) continue;
        findings.push(
          fault(
            `The running statistics that ${called(name)} has from ${weights} are not those of these images: of ${distances.length} batch norms ${off} are far off, ${text}. In evaluation, or frozen, it sees something else than in training.`,
            "Look whether the weights were converted whole (keys that end with _mean and _variance), and whether images have the size and levels that they were trained on. A network that learns can mend them: let it see a few hundred steps before it is judged.",
          ),
        );
      }
    });
    return { seen: seen.join("; "), findings };
  },
};

const isBeyond = ({ shift, ratio }: Distance, limit: Distance): boolean => shift > limit.shift || ratio > limit.ratio;

/** Runs the batch once as in training, and compares what each batch norm saw with what it remembered. */
function distancesOf(network: Network, { random }: Run, batch: Batch): Distance[] {
  const layers = [...network.modules()].filter((module) => module instanceof BatchNorm);
  const remembered = layers.map((layer) => [read(layer._mean), read(layer._variance)]);
  const { images, heads } = tensorsOf(batch);
  noGrad(() => {
    withRandom(random.split("step", 0), () => network.train().forward(images, heads));
  });
  return layers.flatMap((layer, i) => {
    const [mean, variance] = remembered[i];
    const [newMean, newVariance] = [read(layer._mean), read(layer._variance)];
    // new = momentum * old + (1 - momentum) * batch
    const ofBatch = (old: number, now: number): number => (now - layer.momentum * old) / (1 - layer.momentum);
    if (newMean.every((value, channel) => value === mean[channel])) return [];
    return [
      {
        shift: middle(mean.map((old, c) => Math.abs(ofBatch(old, newMean[c]) - old) / Math.sqrt(variance[c] + floor))),
        ratio: middle(
          variance.map((old, c) => ratioOf(old + floor, Math.max(0, ofBatch(old, newVariance[c])) + floor)),
        ),
      },
    ];
  });
}

/** Variances below this are as good as none. */
const floor = 1e-5;

const read = (buffer: BatchNorm["_mean"]): number[] => [...(buffer.value.dataSync() as Float32Array)];
const ratioOf = (a: number, b: number): number => Math.max(a, b) / Math.min(a, b);
const middle = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1];
