export type { FunctionBuilder, Subroutine, TileColumns } from "./function.js";
export { capabilities, type Kernel, type KernelRange, kernel, type Target } from "./kernel.js";
export type { Local, ParamLocals, Params, Words } from "./params.js";
export { f32, f64, i32, ptr } from "./params.js";
export type { Pointer } from "./pointer.js";
export type { Double, Float, FloatLike, Int } from "./scalars.js";
export { F32x4, f32x4, I32x4, i32x4 } from "./vectors.js";
