import type { ConfigPath } from "./path.js";
import type { Findings } from "./problems.js";

interface Ignored {
  /** Where the keys stand; `*` is any one key or index. */
  at: string;
  keys: readonly string[];
  why: string;
}

const networks = ["Architecture", "Architecture.Models.*"];
const dataSets = ["Train.dataset", "Eval.dataset"];
const list = "Loss.loss_config_list.*";

/** Every key that the reference accepts and that has no effect here. */
export const ignoredKeys: readonly Ignored[] = [
  { at: "", keys: ["profiler_options", "wandb"], why: "there is no such tool here" },
  {
    at: "Global",
    keys: ["use_xpu", "use_npu", "use_mlu", "use_gcu", "use_tensorrt"],
    why: "there is one device",
  },
  { at: "Global", keys: ["distributed"], why: "mpirun says how many processes there are" },
  {
    at: "Global",
    keys: [
      "use_amp",
      "amp_level",
      "amp_dtype",
      "amp_custom_black_list",
      "amp_custom_white_list",
      "scale_loss",
      "use_dynamic_loss_scaling",
    ],
    why: "training is in float32",
  },
  {
    at: "Global",
    keys: ["to_static", "d2s_train_image_shape", "find_unused_parameters", "uniform_output_enabled"],
    why: "it belongs to Paddle's own machinery",
  },
  {
    at: "Global",
    keys: ["debug", "use_visualdl", "use_wandb", "print_mem_info", "log_ranks"],
    why: "the log has one form here",
  },
  {
    at: "Global",
    keys: ["character_type", "infer_list", "model_name"],
    why: "the reference does not use it for these models either",
  },
  ...networks.map((at) => ({
    at: `${at}.Backbone`,
    keys: ["pretrained"],
    why: "a network's weights are named beside Backbone",
  })),
  ...[
    ...["SARLoss", "DistillationSARLoss", "NRTRLoss", "DistillationNRTRLoss"].map((name) => `${list}.${name}`),
    "Loss",
  ].map((at) => ({ at, keys: ["ignore_index"], why: "it follows from the dictionary" })),
  {
    at: `${list}.DistillationDilaDBLoss`,
    keys: ["beta"],
    why: "it weighs a threshold map, which this loss does not read",
  },
  { at: "Optimizer", keys: ["lazy_mode", "multi_precision"], why: "it belongs to Paddle's own machinery" },
  { at: "PostProcess", keys: ["character_dict_path", "character_type", "use_space_char"], why: "Global says it" },
  ...dataSets.flatMap((at) =>
    ["CTCLabelEncode", "SARLabelEncode", "MultiLabelEncode"].map((name) => ({
      at: `${at}.transforms.*.${name}`,
      keys: ["max_text_length", "character_dict_path", "character_type", "use_space_char"],
      why: "Global says it",
    })),
  ),
  ...dataSets.map((at) => ({
    at: `${at}.transforms.*.RecResizeImg`,
    keys: ["infer_mode", "character_dict_path"],
    why: "Global says it",
  })),
  { at: "Train.sampler", keys: ["seed"], why: "Global.seed says it" },
  { at: "Train.sampler", keys: ["ratio_wh"], why: "the reference does not use it either" },
  ...["Train.loader", "Eval.loader"].map((at) => ({
    at,
    keys: ["use_shared_memory", "pin_memory"],
    why: "workers always share memory",
  })),
  ...["Train.loader", "Eval.loader"].map((at) => ({
    at,
    keys: ["num_sections"],
    why: "the reference does not use it for these models either",
  })),
];

type Mapping = Record<string, unknown>;

/** All mappings at the places that a pattern names; `*` is any one key or index. */
export function placesOf(
  value: unknown,
  pattern: readonly string[],
  path: ConfigPath,
): { path: ConfigPath; mapping: Mapping }[] {
  if (typeof value !== "object" || value === null) return [];
  const [key, ...rest] = pattern;
  if (key === undefined) return [{ path, mapping: value as Mapping }];
  const keys = key === "*" ? Object.keys(value) : Object.hasOwn(value, key) ? [key] : [];
  return keys.flatMap((k) => placesOf((value as Mapping)[k], rest, [...path, k]));
}

const asksForSomething = (value: unknown): boolean => value !== null && value !== false;

/**
 * Takes the ignored keys out of a config, in place. Each key is warned about once, at its first place, unless it is
 * false or empty and so asks for nothing.
 */
export function dropIgnored(config: unknown, findings: Findings): void {
  for (const { at, keys, why } of ignoredKeys) {
    const warned = new Set<string>();
    for (const { path, mapping } of placesOf(config, at === "" ? [] : at.split("."), [])) {
      for (const key of keys.filter((key) => Object.hasOwn(mapping, key))) {
        if (asksForSomething(mapping[key]) && !warned.has(key)) {
          findings.warn([...path, key], `is ignored: ${why}`);
          warned.add(key);
        }
        delete mapping[key];
      }
    }
  }
}
