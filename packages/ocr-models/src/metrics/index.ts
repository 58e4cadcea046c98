export { type AlignedPair, alignTexts, type Confusion, Confusions } from "./confusions.js";
export { DetMetric, type FoundRegion, type LabelledRegion } from "./det-metric.js";
export { editDistance, normalizedEditDistance } from "./edit-distance.js";
export type { Metric } from "./metric.js";
export { RecMetric, type RecMetricOptions } from "./rec-metric.js";
