/** Data sets and image transforms. This entry point needs Node: it reads files and starts worker threads. */
export type { Batch } from "./batch.js";
export { type CtcSteps, ctcStepsNeeded } from "./ctc-limit.js";
export { makeDataSet } from "./data-sets.js";
export { decodePicture } from "./decode-picture.js";
export { type LabelLine, parseLabelFile } from "./label-file.js";
export type { LabelSetup } from "./label-transforms.js";
export { LmdbFile } from "./lmdb/lmdb-file.js";
export { DataLoader, type LoaderConfig, type LoaderPosition, makeSampler } from "./loader.js";
export { type SamplerConfig, type Scale, scalesOf, widthsFor } from "./multi-scale-sampler.js";
export type { BytePicture, Field, Picture, PictureSize } from "./picture.js";
export { type FurtherSamples, Rejection, type Sample, type Transform, type TransformContext } from "./sample.js";
export type { BatchPlan, Sampler } from "./sampler.js";
export { type DataSetConfig, type DataSetup, type Loaded, SimpleDataSet } from "./simple-data-set.js";
export type { SampleSource, SourcePart } from "./source.js";
export { makePipeline, type Pipeline, type TransformConfig } from "./transforms.js";
export { type Unusable, UnusableReport } from "./unusable.js";
