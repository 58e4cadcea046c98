export { parseHistory, type TrainingHistory } from "./history.js";
export { type EvaluationRecord, jsonLine, type MetricsRecord, type StepRecord } from "./json-lines.js";
export {
  bestMetricLine,
  currentMetricLine,
  duration,
  linePrefix,
  type TrainingReport,
  trainingLine,
} from "./lines.js";
export { TrainingStats } from "./training-stats.js";
