// What each arm of the experiment changes in mutual.yml, as overrides. The exported Student is the same in all of them:
// the structure of its backbone and CTC branch is never changed.

const ramp = { start: 1200, steps: 800 };

const backbone = (scale) => ({
  name: "MobileNetV1Enhance",
  scale,
  last_conv_stride: [1, 1],
  last_pool_type: "avg",
  last_pool_kernel_size: [2, 2],
});

const network = ({ scale, sar }) => ({
  return_all_feats: true,
  model_type: "rec",
  algorithm: "SVTR_LCNet",
  Transform: null,
  Backbone: backbone(scale),
  Head: {
    name: "MultiHead",
    head_list: [
      {
        CTCHead: {
          Neck: { name: "svtr", dims: 64, depth: 2, hidden_dims: 120, use_guide: true },
          Head: { fc_decay: 0.00001 },
        },
      },
      { SARHead: { enc_dim: sar, d_k: sar, max_text_length: 12 } },
    ],
  },
});

const student = network({ scale: 0.125, sar: 48 });
const large = network({ scale: 0.35, sar: 128 });

/** The frozen teacher; `weights` is the checkpoint of a training of `teacher` below. */
const frozen = (weights) => ({ ...large, pretrained: weights, freeze_params: true });

const dml = (pair, head, weight) => ({
  DistillationDMLLoss: {
    weight,
    ramp,
    act: "softmax",
    use_log: true,
    model_name_pairs: [pair],
    key: "head_out",
    multi_head: true,
    dis_head: head,
    name: `dml_${head}_${pair[1]}`,
  },
});

const distance = (pair, adapter) => ({
  DistillationDistanceLoss: {
    weight: 1,
    ramp,
    mode: "l2",
    model_name_pairs: [pair],
    key: "backbone_out",
    name: `distance_${pair[1]}`,
    ...(adapter ? { adapter: { type: "conv1x1" } } : {}),
  },
});

const labels = (models) =>
  ["DistillationCTCLoss", "DistillationSARLoss"].map((name) => ({
    [name]: { weight: 1, model_name_list: models, key: "head_out", multi_head: true },
  }));

const fromPeer = [
  dml(["Student", "Peer"], "ctc", 1),
  dml(["Student", "Peer"], "sar", 0.5),
  distance(["Student", "Peer"], false),
];
const fromTeacher = (name) => [dml([name, "Teacher"], "ctc", 1), dml([name, "Teacher"], "sar", 0.5)];

const models = "Architecture.Models";
const losses = "Loss.loss_config_list";

/** The teacher's own training: one network, more lines, more steps. */
export const teacher = {
  Architecture: large,
  Loss: { name: "MultiLoss", loss_config_list: [{ CTCLoss: null }, { SARLoss: null }] },
  PostProcess: { name: "CTCLabelDecode" },
  Metric: { name: "RecMetric", main_indicator: "acc", ignore_space: false },
};

/** Overrides of each arm, given the teacher's weights. */
export const arms = {
  alone: () => ({ [models]: { Student: student }, [losses]: labels(["Student"]) }),
  mutual: () => ({}),
  frozen: (weights) => ({
    [models]: { Student: student, Teacher: frozen(weights) },
    [losses]: [...fromTeacher("Student"), distance(["Student", "Teacher"], true), ...labels(["Student"])],
  }),
  both: (weights) => ({
    [models]: { Student: student, Peer: student, Teacher: frozen(weights) },
    [losses]: [
      ...fromPeer,
      ...fromTeacher("Student"),
      distance(["Student", "Teacher"], true),
      ...labels(["Student", "Peer"]),
    ],
  }),
};
