export { CtcDecoder } from "./ctc-decoder.js";
export { argmaxRows, type BatchShape, type Decoder, type Reading } from "./reading.js";
export { SarDecoder } from "./sar-decoder.js";
