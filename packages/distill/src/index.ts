export { benchInference, type InferenceOptions } from "./bench/bench-inference.js";
export { benchTrainStep } from "./bench/bench-train-step.js";
export type { KernelProfile, Profile, TraceEvent } from "./bench/profile.js";
export type { BenchOptions, BenchReport } from "./bench/timed.js";
export * from "./config/index.js";
export type { Finding } from "./doctor/diagnosis.js";
export { type DoctorReport, examine } from "./doctor/doctor.js";
export type { DoctorOptions } from "./doctor/patient.js";
export type { ExportCheck } from "./export/check.js";
export { type ExportedNetwork, type ExportOptions, type ExportReport, exportNetworks } from "./export/export.js";
export { type ExportedReader, readExported } from "./export/exported-reader.js";
export { writeFileAtomic } from "./files/atomic.js";
export { type InspectOptions, inspectData } from "./inspect/inspect.js";
export type { CharacterCount } from "./inspect/lines.js";
export type { UnusableByReason } from "./inspect/reasons.js";
export type { DetectionView, RegionView } from "./inspect/region-views.js";
export type { DataReport } from "./inspect/report.js";
export type { Spread } from "./inspect/spread.js";
export type { SampleView } from "./inspect/views.js";
export * from "./log/index.js";
export {
  type CombinedLoss,
  combined,
  type Ramp,
  rampFactor,
  type Share,
  type WeightedTerm,
} from "./losses/combined.js";
export { ctcLogitsLoss } from "./losses/ctc-logits.js";
export { type DilaDbOptions, dilaDbLoss, dilatedText } from "./losses/dila-db.js";
export { type DistanceMode, distanceLoss } from "./losses/distance.js";
export { type DkdOptions, dkdLoss } from "./losses/dkd.js";
export { type DmlOptions, dmlLoss, dmlRows } from "./losses/dml.js";
export { termsFromConfig } from "./losses/from-config.js";
export { klDivLoss } from "./losses/kldiv.js";
export { nrtrDmlLoss } from "./losses/nrtr-dml.js";
export {
  type Adapt,
  type LabelLoss,
  type ModelOutputs,
  type NamedLosses,
  type PairLoss,
  pairwise,
  perModel,
  type Targets,
  type Term,
} from "./losses/terms.js";
export { type Agreement, AgreementMetric } from "./metrics/agreement.js";
export { metricsByNetwork } from "./metrics/by-network.js";
export { DistillationMetric } from "./metrics/distillation-metric.js";
export { Adapter } from "./model/adapter.js";
export { Adapters, adaptersFromConfig } from "./model/adapters.js";
export { called } from "./model/called.js";
export { DistillationModel, type Freeze, type SubNetwork } from "./model/distillation-model.js";
export { modelFromConfig } from "./model/from-config.js";
export { plan } from "./plan/plan.js";
export type { DataPlan, LossPlan, MemoryPlan, NetworkPlan, PlanReport, SchedulePlan } from "./plan/report.js";
export { type Review, reviewRun } from "./review/review.js";
export { openRun, type RunFolder } from "./review/run-folder.js";
export type { ReviewedLine, ReviewedPage, ReviewedSample, ShownPicture } from "./review/sample.js";
export {
  type Checkpoint,
  type CheckpointHead,
  type Learning,
  type Progress,
  readCheckpoint,
  restore,
  saveCheckpoint,
} from "./training/checkpoint.js";
export {
  detectFromConfig,
  detectFromOnnx,
  type FoundBox,
  findsBoxes,
  type ImageBoxes,
  type Recogniser,
} from "./training/detect.js";
export { type OpenedDevice, openDevice } from "./training/device.js";
export { type Evaluation, evaluate, readBatch } from "./training/evaluate.js";
export {
  type EvalReport,
  evaluateFromConfig,
  type ImageReading,
  inferFromConfig,
  inferFromOnnx,
} from "./training/infer.js";
export type { Readings } from "./training/line-reader.js";
export { onnxFindsBoxes } from "./training/onnx-inference.js";
export { optimizerFromConfig, scheduleFromConfig } from "./training/optimizer-from-config.js";
export { type FeatureValues, type Reader, readerFromConfig } from "./training/reader.js";
export type {
  EvaluationReport,
  SavedReport,
  SkippedReport,
  StepReport,
  TrainReport,
  WarningReport,
} from "./training/reports.js";
export { createRun, makeLoader, makeModel, type Run } from "./training/run.js";
export { NonFiniteLossError, type StepSetup, trainStep } from "./training/step.js";
export { type BatchTensors, countLabels, tensorsOf } from "./training/tensors.js";
export type { PlacedReading } from "./training/text-reader.js";
export { train, trainFromConfig } from "./training/train.js";
export { type ExtractOptions, type ExtractReport, extract } from "./weights/extract.js";
export { hostTensor } from "./weights/host-tensor.js";
export { type ImportOptions, type ImportReport, importWeights } from "./weights/import-weights.js";
export type { PartMatch } from "./weights/part-matches.js";
export { type PaddleOptimizerState, readPdopt } from "./weights/pdopt.js";
export { type PaddleWeights, readPdparams } from "./weights/pdparams.js";
export { PickleError } from "./weights/pickle/error.js";
export { unpickle } from "./weights/pickle/unpickle.js";
export type { PickleKey, PickleValue } from "./weights/pickle/values.js";
export { readStates, type TrainingStates } from "./weights/states.js";
export { readWeights } from "./weights/weight-file.js";
export { writePdparams } from "./weights/write-pdparams.js";
