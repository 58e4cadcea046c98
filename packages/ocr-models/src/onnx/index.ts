/** Networks as ONNX, and what such files hold. */

export { foldedState } from "./folded-state.js";
export type { OnnxAttribute, OnnxModel, OnnxNode, OnnxValue } from "./model.js";
export { type OnnxContents, readOnnx, writeOnnx } from "./model-file.js";
export { onnxOf } from "./network.js";
