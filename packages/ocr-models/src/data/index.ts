/** Data sets and image transforms. This entry point needs Node: it reads files and starts worker threads. */
export type { Batch } from "./batch.js";
export { decodePicture } from "./decode-picture.js";
export { type LabelLine, parseLabelFile } from "./label-file.js";
export type { LabelSetup } from "./label-transforms.js";
export { DataLoader, type LoaderConfig, type LoaderPosition } from "./loader.js";
export { loadOpenCv, type Mat, type MatVector, type OpenCv, type RotatedRect } from "./opencv.js";
export type { Field, Picture } from "./picture.js";
export { Rejection, type Sample, type Transform, type TransformContext } from "./sample.js";
export { type DataSetConfig, type DataSetup, type Loaded, SimpleDataSet } from "./simple-data-set.js";
export { makePipeline, type Pipeline, type TransformConfig } from "./transforms.js";
export { type Unusable, UnusableReport } from "./unusable.js";
