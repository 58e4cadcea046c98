import { type Bytes, list, section, simd, text, unsigned, vector } from "./encode.js";
import { FunctionBuilder, type ModuleContext, type TileColumns } from "./function.js";
import { type Local, type ParamLocals, type Params, sample } from "./params.js";
import { type Pointer, pointer } from "./pointer.js";
import { type Int, int } from "./scalars.js";

/** What a kernel is assembled for. */
export interface Target {
  /** The engine knows relaxed multiply-add, and the kernel set allows it. */
  readonly fma: boolean;
  /** Columns of a register tile. */
  readonly tileColumns: TileColumns;
  /** The memory is shared between threads. */
  readonly shared: boolean;
}

/** The part of the work that a call of a kernel does, and memory that only this thread uses meanwhile. */
export interface KernelRange {
  readonly start: Local<Int>;
  readonly end: Local<Int>;
  readonly scratch: Local<Pointer>;
}

/** A WebAssembly module that does a range of some work. Run it with `parallelFor`. */
export interface Kernel<P extends Params = Params> {
  readonly name: string;
  readonly params: P;
  /** Bytes of scratch memory that a thread needs, unless the call says otherwise. */
  readonly scratchBytes: number;
  /** The module's bytes, made at first use. It imports `env.memory` and exports `run(start, end, scratch, args)`. */
  assemble(target: Target): Uint8Array;
}

/**
 * Defines a kernel. `params` are 32-bit words that the caller of `run` puts at address `args`, in this order; the body
 * sees them as variables. Nothing is assembled before the kernel is used.
 *
 * @example a float32 scale-and-add over a range of elements, with its tail
 * ```ts
 * const axpy = kernel("axpy", { x: ptr, y: ptr, alpha: f32 }, (f, { x, y, alpha }, { start, end }) => {
 *   const factor = f.local(f32x4.splat(alpha));                       // evaluated once, here
 *   f.forLanes(start, end,
 *     (i) => f.store(y.at(i), f.mulAdd(factor, x.at(i).load4(), y.at(i).load4())),
 *     (i) => f.store(y.at(i), alpha.mul(x.at(i).load()).add(y.at(i).load())),
 *   );
 * });
 * parallelFor(axpy, { x: 1024, y: 2048, alpha: 0.5 }, 100, 4096);     // addresses in bytes
 * ```
 */
export function kernel<const P extends Params>(
  name: string,
  params: P,
  body: (f: FunctionBuilder, params: ParamLocals<P>, range: KernelRange) => void,
  options: { readonly scratchBytes?: number } = {},
): Kernel<P> {
  const assembled = new Map<string, Uint8Array>();
  return {
    name,
    params,
    scratchBytes: options.scratchBytes ?? 0,
    assemble(target) {
      const key = `${target.fma} ${target.tileColumns} ${target.shared}`;
      let bytes = assembled.get(key);
      if (bytes === undefined) {
        bytes = assembleModule(name, target, (f) => entry(f, params, body));
        assembled.set(key, bytes);
      }
      return bytes;
    },
  };
}

function entry<P extends Params>(
  f: FunctionBuilder,
  params: P,
  body: (f: FunctionBuilder, params: ParamLocals<P>, range: KernelRange) => void,
): void {
  const [start, end] = [f.variable(int(0), 0), f.variable(int(0), 1)];
  const [scratch, args] = [f.variable(pointer(0), 2), f.variable(pointer(0), 3)];
  const locals = Object.entries(params).map(([name, { kind }], i) => {
    if (kind === "f32") return [name, f.local(args.load(i))];
    return [name, kind === "ptr" ? f.local(args.loadPointer(i)) : f.local(args.loadInt(i))];
  });
  body(f, Object.fromEntries(locals) as ParamLocals<P>, { start, end, scratch });
}

const magic: Bytes = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
const int32 = sample({ kind: "i32", of: int }).type;

function assembleModule(name: string, target: Target, build: (f: FunctionBuilder) => void): Uint8Array {
  const { fma, tileColumns } = target;
  const context: ModuleContext = { fma, tileColumns, functions: [] };
  const run = new FunctionBuilder(context, [int32, int32, int32, int32]);
  context.functions.push({ name, builder: run });
  build(run);

  const { functions } = context;
  const limits = target.shared ? [0x03, 0, ...unsigned(65_536)] : [0x00, 0];
  const names = list(functions.map((fn, index) => [...unsigned(index), ...text(fn.name)]));
  return new Uint8Array([
    ...magic,
    ...section(1, list(functions.map(({ builder }) => [0x60, ...vector(builder.paramTypes), 0]))),
    ...section(2, list([[...text("env"), ...text("memory"), 0x02, ...limits]])),
    ...section(3, list(functions.map((_, index) => unsigned(index)))),
    ...section(7, list([[...text("run"), 0x00, 0]])),
    ...section(10, list(functions.map(({ builder }) => vector(builder.body())))),
    ...section(0, [...text("name"), ...section(0, text(name)), ...section(1, names)]),
  ]);
}

const probe = (instructions: Bytes): Uint8Array => {
  const body = [0x00, ...instructions, 0x0b];
  return new Uint8Array([
    ...magic,
    ...section(1, [1, 0x60, 0, 0]),
    ...section(3, [1, 0]),
    ...section(10, list([vector(body)])),
  ]);
};
const zero = [...simd(0x0c), ...new Array<number>(16).fill(0)];

/** What this engine can run: 128-bit SIMD, and relaxed multiply-add. */
export function capabilities(): { readonly simd: boolean; readonly fma: boolean } {
  if (typeof WebAssembly === "undefined") return { simd: false, fma: false };
  const drop = 0x1a;
  return {
    simd: WebAssembly.validate(probe([...zero, drop]) as Uint8Array<ArrayBuffer>),
    fma: WebAssembly.validate(probe([...zero, ...zero, ...zero, ...simd(0x105), drop]) as Uint8Array<ArrayBuffer>),
  };
}
