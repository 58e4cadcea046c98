// What the Student learns from in each arm of the experiment. Its own structure is the same in all of them.
import { distillation, network, singleNetwork } from "./config.mjs";

// Random networks agree on blanks and hold each other there, so peers teach each other only when both read a little.
const ramp = { start: 2500, steps: 1000 };

const student = network({ scale: 0.125, sar: 48 });
const large = network({ scale: 0.35, sar: 128 });

const dml = ([name, other], head, how) => ({
  DistillationDMLLoss: {
    act: "softmax",
    use_log: true,
    model_name_pairs: [[name, other]],
    key: "head_out",
    multi_head: true,
    dis_head: head,
    name: `dml_${head}_${other}`,
    ...how,
  },
});

const features = ([name, other], how) => ({
  DistillationDistanceLoss: {
    mode: "l2",
    model_name_pairs: [[name, other]],
    key: "backbone_out",
    name: `l2_${other}`,
    ...how,
  },
});

const labels = (models) =>
  ["DistillationCTCLoss", "DistillationSARLoss"].map((name) => ({
    [name]: { weight: 1, model_name_list: models, key: "head_out", multi_head: true },
  }));

const peers = ["Student", "Peer"];
const taught = ["Student", "Teacher"];

/** The seed's three terms between equal networks, with its weights. */
const fromPeer = [
  dml(peers, "ctc", { weight: 1, ramp }),
  dml(peers, "sar", { weight: 0.5, ramp }),
  features(peers, { weight: 1, ramp }),
];

/**
 * From a good teacher, features teach most, from the first step: they carry the Student over the steps in which CTC alone
 * learns nothing. Its outputs are a light addition: at full weight they hold the Student to the frames that the teacher
 * chose for its characters.
 */
const fromTeacher = [
  dml(taught, "ctc", { weight: 0.1, direction: "forward" }),
  dml(taught, "sar", { weight: 0.1, direction: "forward" }),
  features(taught, { weight: 50, adapter: { type: "conv1x1" } }),
];

/** The frozen teacher's own training. */
export const teacher = singleNetwork(large);

/** The config of each arm, given the file of the teacher's weights. */
export const arms = {
  alone: () => distillation({ Student: student }, labels(["Student"])),
  mutual: () => distillation({ Student: student, Peer: student }, [...fromPeer, ...labels(peers)]),
  frozen: (weights) =>
    distillation({ Student: student, Teacher: frozen(weights) }, [...fromTeacher, ...labels(["Student"])]),
  both: (weights) =>
    distillation({ Student: student, Peer: student, Teacher: frozen(weights) }, [
      ...fromPeer,
      ...fromTeacher,
      ...labels(peers),
    ]),
};

/** Whether an arm learns from the frozen teacher, which must be trained before. */
export const needsTeacher = (arm) => arm === "frozen" || arm === "both";

function frozen(weights) {
  return { ...large, pretrained: weights, freeze_params: true };
}
