export { CtcBeamDecoder, type CtcBeamOptions } from "./ctc-beam-decoder.js";
export { CtcDecoder } from "./ctc-decoder.js";
export type { CtcReadingOptions } from "./ctc-reading.js";
export { DbPostProcess, type DbPostProcessOptions, type DetectedBox, type SourceSize } from "./db-post-process.js";
export { type Lexicon, lexiconOf } from "./lexicon.js";
export { NrtrDecoder } from "./nrtr-decoder.js";
export { argmaxRows, type BatchShape, type Decoder, type Reading } from "./reading.js";
export { SarDecoder } from "./sar-decoder.js";
export { type PlacedWord, placeWords, type Word } from "./words.js";
