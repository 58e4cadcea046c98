export {
  type Backbone,
  type BackboneOptions,
  type DetectionBackbone,
  type DetectionBackboneOptions,
  MobileNetV1Enhance,
  MobileNetV3,
  PPLCNetV3,
  PPLCNetV3Detection,
  ppLcNetV3Channels,
  ResNetVd,
} from "./backbones/index.js";
export { type LineInput, lineInput } from "./data/line-input.js";
export type { BytePicture, Field } from "./data/picture.js";
export { resizeBilinear } from "./data/resize-bilinear.js";
export * from "./decode/index.js";
export { largestFirst } from "./decode/largest-first.js";
export { DetectionNetwork, type DetectionOptions } from "./detection-network.js";
export {
  type DetectionOutput,
  type FeatureName,
  featureOf,
  type NetworkOutput,
  namedFeatures,
  namedOutput,
  type RecognitionOutput,
} from "./features.js";
export { intersectionArea } from "./geometry/intersection-area.js";
export { type MiniBox, miniBox } from "./geometry/mini-box.js";
export { offsetPolygon } from "./geometry/offset-polygon.js";
export { type Point, type Polygon, polygonArea, polygonLength } from "./geometry/polygon.js";
export { inReadingOrder } from "./geometry/reading-order.js";
export { CtcHead, type CtcHeadOptions } from "./heads/ctc-head.js";
export { DbHead, type DbHeadOptions } from "./heads/db-head.js";
export {
  type HeadClasses,
  type HeadTargets,
  MultiHead,
  type MultiHeadOptions,
  type MultiHeadOutput,
} from "./heads/multi-head.js";
export { NrtrHead, type NrtrOptions } from "./heads/nrtr-head.js";
export { SarHead, type SarHeadOptions, type SarTargets } from "./heads/sar-head.js";
export { type BalancedLossOptions, balancedLoss, type MainLoss } from "./losses/balanced-loss.js";
export { binaryCrossEntropy } from "./losses/binary-cross-entropy.js";
export { type CtcTarget, ctcBatchLoss } from "./losses/ctc-loss.js";
export { type DbLosses, type DbLossOptions, type DbMapName, type DbTarget, dbLosses, dbMap } from "./losses/db-loss.js";
export { diceLoss } from "./losses/dice-loss.js";
export { maskedL1Loss } from "./losses/masked-l1-loss.js";
export { type NrtrLossOptions, nrtrBatchLoss } from "./losses/nrtr-loss.js";
export { sarBatchLoss } from "./losses/sar-loss.js";
export * from "./metrics/index.js";
export { DbFpn, type DetectionNeck, type DetectionNeckOptions, LkPan, RseFpn } from "./necks/index.js";
export { mapToSequence, SequenceEncoder, type SequenceEncoderOptions } from "./necks/sequence-encoder.js";
export { makeNetwork, type Network, type NetworkOptions } from "./networks.js";
export { type HeadOptions, RecognitionNetwork, type RecognitionOptions } from "./recognition-network.js";
export * from "./text/index.js";
