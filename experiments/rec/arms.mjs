// What the Student learns from in each arm of the experiment. Its own structure is the same in all of them.
import { distillation, network, singleNetwork } from "./config.mjs";

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
const fromPeer = [dml(peers, "ctc", { weight: 1 }), dml(peers, "sar", { weight: 0.5 }), features(peers, { weight: 1 })];

/**
 * From a good teacher, features teach most. Its outputs are a light addition: at full weight they hold the Student to the
 * frames that the teacher chose for its characters.
 */
const fromTeacher = [
  dml(taught, "ctc", { weight: 0.1, direction: "forward" }),
  dml(taught, "sar", { weight: 0.1, direction: "forward" }),
  features(taught, { weight: 50, adapter: { type: "conv1x1" } }),
];

/** The frozen teacher's own training. */
export const teacher = singleNetwork(large);

/** The training by labels alone whose weights every arm goes on from. */
export const start = distillation({ Student: student }, labels(["Student"]));

const studentFrom = (file) => ({ ...student, pretrained: file });
const frozen = (file) => ({ ...large, pretrained: file, freeze_params: true });

/**
 * The config of each arm, given the files of the weights that the sub-networks begin with. A peer begins with the Student's
 * weights: networks that learnt apart put their characters on other frames, and agreeing frame by frame undoes both.
 */
export const arms = {
  alone: (from) => distillation({ Student: studentFrom(from.student) }, labels(["Student"])),
  mutual: (from) =>
    distillation({ Student: studentFrom(from.student), Peer: studentFrom(from.student) }, [
      ...fromPeer,
      ...labels(peers),
    ]),
  frozen: (from) =>
    distillation({ Student: studentFrom(from.student), Teacher: frozen(from.teacher) }, [
      ...fromTeacher,
      ...labels(["Student"]),
    ]),
  both: (from) =>
    distillation(
      { Student: studentFrom(from.student), Peer: studentFrom(from.student), Teacher: frozen(from.teacher) },
      [...fromPeer, ...fromTeacher, ...labels(peers)],
    ),
  tuned: (from) =>
    distillation({ Student: student, Teacher: frozen(from.teacher) }, [...fromTeacher, ...labels(["Student"])]),
  untaught: () => distillation({ Student: student }, labels(["Student"])),
};

/** The arms that need the frozen teacher. */
export const taughtArms = ["frozen", "both", "tuned"];

/** The arms that begin from nothing, in one training of as many steps as `start` and an arm have together. */
export const wholeArms = ["tuned", "untaught"];
