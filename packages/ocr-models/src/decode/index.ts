export { CtcDecoder } from "./ctc-decoder.js";
export { DbPostProcess, type DbPostProcessOptions, type DetectedBox, type SourceSize } from "./db-post-process.js";
export { argmaxRows, type BatchShape, type Decoder, type Reading } from "./reading.js";
export { SarDecoder } from "./sar-decoder.js";
