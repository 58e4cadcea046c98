export type { FeatureName } from "@retort/ocr-models";
export { stepWarnings } from "./checks/steps.js";
export { type ClassCounts, classCounts } from "./classes.js";
export { dataSections } from "./data-sections.js";
export { ignoredKeys } from "./ignored.js";
export { type LoadedConfig, loadConfig, loadDictionary } from "./load.js";
export { parseModel } from "./model.js";
export type { Overrides } from "./overrides.js";
export { type ParsedConfig, type ParseOptions, parseConfig } from "./parse.js";
export type { ConfigPath } from "./path.js";
export { ConfigError, type ConfigProblem } from "./problems.js";
export type { RecognitionConfig } from "./recognition.js";
export type {
  ArchitectureConfig,
  DetectionNetworkConfig,
  NetworkConfig,
  RecognitionNetworkConfig,
  SubNetworkConfig,
} from "./schema/architecture.js";
export type { AugmenterConfig } from "./schema/augmenter.js";
export type { BackboneConfig, MobileNetV1EnhanceConfig, PPLCNetV3Config } from "./schema/backbone.js";
export type { DataConfig, DatasetConfig, LoaderConfig } from "./schema/data.js";
export type {
  DbFpnConfig,
  DbHeadConfig,
  DetectionBackboneConfig,
  DetectionNeckConfig,
  DetectionPPLCNetV3Config,
  LkPanConfig,
  MobileNetV3Config,
  ResNetVdConfig,
  RseFpnConfig,
} from "./schema/detection-network.js";
export type {
  CopyPasteConfig,
  DetectionTransformConfig,
  DetLabelEncodeConfig,
  DetResizeForTestConfig,
  EastRandomCropDataConfig,
  IaaAugmentConfig,
  MakeBorderMapConfig,
  MakeShrinkMapConfig,
} from "./schema/detection-transform.js";
export type { GlobalConfig } from "./schema/global.js";
export type { CtcHeadConfig, HeadConfig, MultiHeadConfig, NrtrHeadConfig, SarHeadConfig } from "./schema/head.js";
export type {
  AdapterConfig,
  CtcLogitsTermConfig,
  CtcTermConfig,
  DbTermConfig,
  DilaDbTermConfig,
  DistanceTermConfig,
  DistillationDbTermConfig,
  DkdTermConfig,
  DmlTermConfig,
  KlDivTermConfig,
  LabelTermConfig,
  LossConfig,
  LossTermConfig,
  ModelPair,
  NrtrDmlTermConfig,
  NrtrPerModelTermConfig,
  NrtrTermConfig,
  PairTermConfig,
  PerModelTermConfig,
  Ramp,
  SarTermConfig,
} from "./schema/loss.js";
export type { DetMetricConfig, MetricConfig, RecMetricConfig } from "./schema/metric.js";
export type {
  FcNeckConfig,
  NeckConfig,
  ReshapeNeckConfig,
  RnnNeckConfig,
  SequenceEncoderConfig,
  SvtrNeckConfig,
} from "./schema/neck.js";
export type { AlgorithmConfig, ClipConfig, OptimizerConfig } from "./schema/optimizer.js";
export type {
  BeamConfig,
  DbPostProcessConfig,
  PostProcessConfig,
  TextPostProcessConfig,
} from "./schema/post-process.js";
export type { SamplerConfig } from "./schema/sampler.js";
export type { ScheduleConfig } from "./schema/schedule.js";
export type {
  DecodeImageConfig,
  KeepKeysConfig,
  LabelEncodeConfig,
  NormalizeImageConfig,
  RecAugConfig,
  RecConAugConfig,
  RecResizeImgConfig,
  SvtrRecResizeImgConfig,
  ToChwImageConfig,
  TransformConfig,
} from "./schema/transform.js";
export { readYaml, type YamlDocument } from "./yaml.js";
