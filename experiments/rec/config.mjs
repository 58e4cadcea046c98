// The configs of the recognition experiment, as `retort train -c` takes them (JSON is YAML). All trainings share data,
// schedule and seed of an arm; arms differ in the sub-networks and losses around the same Student (arms.mjs).
import { join } from "node:path";

const maxTextLength = 12;

/** PP-OCRv3's recognition network; `sar` is the width of the attention branch, which is not exported. */
export function network({ scale, sar }) {
  const neck = { name: "svtr", dims: 64, depth: 2, hidden_dims: 120, use_guide: true };
  return {
    return_all_feats: true,
    model_type: "rec",
    algorithm: "SVTR_LCNet",
    Transform: null,
    Backbone: {
      name: "MobileNetV1Enhance",
      scale,
      last_conv_stride: [1, 1],
      last_pool_type: "avg",
      last_pool_kernel_size: [2, 2],
    },
    Head: {
      name: "MultiHead",
      head_list: [
        { CTCHead: { Neck: neck, Head: { fc_decay: 0.00001 } } },
        { SARHead: { enc_dim: sar, d_k: sar, max_text_length: maxTextLength } },
      ],
    },
  };
}

function section(folder, labels, loader) {
  return {
    dataset: {
      name: "SimpleDataSet",
      data_dir: folder,
      label_file_list: join(folder, labels),
      transforms: [
        { DecodeImage: { img_mode: "BGR", channel_first: false } },
        { MultiLabelEncode: null },
        { RecResizeImg: { image_shape: [3, 32, 128] } },
        { KeepKeys: { keep_keys: ["image", "label_ctc", "label_sar", "length", "valid_ratio"] } },
      ],
    },
    loader: { num_workers: 0, ...loader },
  };
}

/**
 * What every training shares: `train`, `val` are `{ folder, labels }`, `epochs` counts rounds through `train`. Outputs of a
 * frozen teacher are kept in the folder `teacherCache`, if there is one.
 */
export function shared({ save, dict, seed, epochs, learningRate, train, val, teacherCache }) {
  return {
    Global: {
      epoch_num: epochs,
      print_batch_step: 50,
      eval_batch_step: [0, 500],
      save_epoch_step: 100,
      save_model_dir: save,
      character_dict_path: dict,
      max_text_length: maxTextLength,
      use_space_char: false,
      seed,
      ...(teacherCache && { teacher_cache: teacherCache, teacher_cache_precision: "float32" }),
    },
    Optimizer: {
      name: "Adam",
      beta1: 0.9,
      beta2: 0.999,
      lr: { name: "Cosine", learning_rate: learningRate, warmup_epoch: 1 },
      regularizer: { name: "L2", factor: 3.0e-5 },
    },
    Train: section(train.folder, train.labels, { shuffle: true, batch_size_per_card: 16, drop_last: true }),
    Eval: section(val.folder, val.labels, { shuffle: false, batch_size_per_card: 64, drop_last: false }),
  };
}

/** One network that learns from labels alone. */
export const singleNetwork = (architecture) => ({
  Architecture: architecture,
  Loss: { name: "MultiLoss", loss_config_list: [{ CTCLoss: null }, { SARLoss: null }] },
  PostProcess: { name: "CTCLabelDecode" },
  Metric: { name: "RecMetric", main_indicator: "acc", ignore_space: false },
});

/** Sub-networks that learn together; the Student's accuracy decides which model is best. */
export const distillation = (models, losses) => ({
  Architecture: { model_type: "rec", name: "DistillationModel", algorithm: "Distillation", Models: models },
  Loss: { name: "CombinedLoss", loss_config_list: losses },
  PostProcess: { name: "DistillationCTCLabelDecode", model_name: ["Student"], key: "head_out", multi_head: true },
  Metric: {
    name: "DistillationMetric",
    base_metric_name: "RecMetric",
    main_indicator: "acc",
    key: "Student",
    ignore_space: false,
  },
});
