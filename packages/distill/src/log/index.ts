export { jsonLine, type MetricsRecord } from "./json-lines.js";
export {
  bestMetricLine,
  currentMetricLine,
  duration,
  linePrefix,
  type TrainingReport,
  trainingLine,
} from "./lines.js";
export { TrainingStats } from "./training-stats.js";
