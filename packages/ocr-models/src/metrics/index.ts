export { editDistance, normalizedEditDistance } from "./edit-distance.js";
export { type Metric, RecMetric, type RecMetricOptions } from "./rec-metric.js";
