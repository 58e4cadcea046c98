// What the Student learns from in each arm of the experiment. Its own structure is the same in all of them.
import { distillation, network, singleNetwork } from "./config.mjs";

// Random networks agree on blanks and hold each other there, so the terms between networks begin when both read a little.
const ramp = { start: 1200, steps: 800 };

const student = network({ scale: 0.125, sar: 48 });
const large = network({ scale: 0.35, sar: 128 });

const dml = ([name, other], head, weight) => ({
  DistillationDMLLoss: {
    weight,
    ramp,
    act: "softmax",
    use_log: true,
    model_name_pairs: [[name, other]],
    key: "head_out",
    multi_head: true,
    dis_head: head,
    name: `dml_${head}_${other}`,
  },
});

const features = ([name, other], adapter) => ({
  DistillationDistanceLoss: {
    weight: 1,
    ramp,
    mode: "l2",
    model_name_pairs: [[name, other]],
    key: "backbone_out",
    name: `l2_${other}`,
    ...adapter,
  },
});

const labels = (models) =>
  ["DistillationCTCLoss", "DistillationSARLoss"].map((name) => ({
    [name]: { weight: 1, model_name_list: models, key: "head_out", multi_head: true },
  }));

/** The seed's three terms between a pair of networks; an adapter brings features of different widths together. */
const terms = (pair, adapter = {}) => [dml(pair, "ctc", 1), dml(pair, "sar", 0.5), features(pair, adapter)];

const fromPeer = terms(["Student", "Peer"]);
const fromTeacher = terms(["Student", "Teacher"], { adapter: { type: "conv1x1" } });

/** The frozen teacher's own training. */
export const teacher = singleNetwork(large);

/** The config of each arm, given the file of the teacher's weights. */
export const arms = {
  alone: () => distillation({ Student: student }, labels(["Student"])),
  mutual: () => distillation({ Student: student, Peer: student }, [...fromPeer, ...labels(["Student", "Peer"])]),
  frozen: (weights) =>
    distillation({ Student: student, Teacher: frozen(weights) }, [...fromTeacher, ...labels(["Student"])]),
  both: (weights) =>
    distillation({ Student: student, Peer: student, Teacher: frozen(weights) }, [
      ...fromPeer,
      ...fromTeacher,
      ...labels(["Student", "Peer"]),
    ]),
};

/** Whether an arm learns from the frozen teacher, which must be trained before. */
export const needsTeacher = (arm) => arm === "frozen" || arm === "both";

function frozen(weights) {
  return { ...large, pretrained: weights, freeze_params: true };
}
