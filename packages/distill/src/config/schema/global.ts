import { z } from "zod";
import { integer, number, optionalText, type Schema, section } from "./build.js";

/** The `Global` section. Paths are as the config gives them: relative ones count from the working directory. */
export interface GlobalConfig {
  useGpu: boolean;
  epochNum: number;
  /** The log shows the median of so many last values. */
  logSmoothWindow: number;
  /** A log line comes every so many steps. */
  printBatchStep: number;
  saveModelDir: string;
  /** A checkpoint of its own is kept every so many epochs. */
  saveEpochStep: number;
  /** Evaluation comes at the steps `start + k * interval`, k from 1. */
  evalBatchStep: { start: number; interval: number };
  /** Evaluation every so many epochs, in place of `evalBatchStep`. */
  evalBatchEpoch?: number;
  calMetricDuringTrain: boolean;
  /** The training metric is worked out in every so many epochs. */
  calcEpochInterval: number;
  /** Weights to begin with; keys carry sub-network prefixes. */
  pretrainedModel?: string;
  /** A checkpoint to resume from; it beats `pretrainedModel`. */
  checkpoints?: string;
  saveInferenceDir?: string;
  inferImg?: string;
  inferMode: boolean;
  saveResPath?: string;
  /** One character a line; without it digits and small letters are read. */
  characterDictPath?: string;
  maxTextLength: number;
  useSpaceChar: boolean;
  seed: number;
  /** A folder for the outputs of frozen networks, which are then computed once for each picture. */
  teacherCache?: string;
  teacherCachePrecision: "float16" | "float32";
  /** Only the so many most probable classes of each position are stored. */
  teacherCacheTopK?: number;
  /** Processes that train together use batch statistics of the whole batch. */
  useSyncBn: boolean;
}

const evalBatchStep = z
  .union([integer(), z.tuple([integer(0), integer()])], { error: "expected a number of steps, or [start, interval]" })
  .default([0, 2000])
  .transform((value) =>
    typeof value === "number" ? { start: 0, interval: value } : { start: value[0], interval: value[1] },
  );

/** The `Global` section: what is not said has the reference's default. */
export const globalSection: Schema<GlobalConfig> = section({
  use_gpu: z.boolean().default(false),
  epoch_num: integer(),
  log_smooth_window: integer().default(20),
  print_batch_step: integer().default(10),
  save_model_dir: z.string().default("./output"),
  save_epoch_step: integer().default(1),
  eval_batch_step: evalBatchStep,
  eval_batch_epoch: number({ above: 0 }).nullish(),
  cal_metric_during_train: z.boolean().default(false),
  calc_epoch_interval: integer().default(1),
  pretrained_model: optionalText,
  checkpoints: optionalText,
  save_inference_dir: optionalText,
  infer_img: optionalText,
  infer_mode: z.boolean().default(false),
  save_res_path: optionalText,
  character_dict_path: optionalText,
  max_text_length: integer(2).default(25),
  use_space_char: z.boolean().default(false),
  seed: integer(0).default(1024),
  teacher_cache: optionalText,
  teacher_cache_precision: z.enum(["float16", "float32"]).default("float16"),
  teacher_cache_top_k: integer().nullish(),
  use_sync_bn: z.boolean().default(false),
}).transform(
  (raw): GlobalConfig => ({
    useGpu: raw.use_gpu,
    epochNum: raw.epoch_num,
    logSmoothWindow: raw.log_smooth_window,
    printBatchStep: raw.print_batch_step,
    saveModelDir: raw.save_model_dir,
    saveEpochStep: raw.save_epoch_step,
    evalBatchStep: raw.eval_batch_step,
    evalBatchEpoch: raw.eval_batch_epoch ?? undefined,
    calMetricDuringTrain: raw.cal_metric_during_train,
    calcEpochInterval: raw.calc_epoch_interval,
    pretrainedModel: raw.pretrained_model,
    checkpoints: raw.checkpoints,
    saveInferenceDir: raw.save_inference_dir,
    inferImg: raw.infer_img,
    inferMode: raw.infer_mode,
    saveResPath: raw.save_res_path,
    characterDictPath: raw.character_dict_path,
    maxTextLength: raw.max_text_length,
    useSpaceChar: raw.use_space_char,
    seed: raw.seed,
    teacherCache: raw.teacher_cache,
    teacherCachePrecision: raw.teacher_cache_precision,
    teacherCacheTopK: raw.teacher_cache_top_k ?? undefined,
    useSyncBn: raw.use_sync_bn,
  }),
);
