import { DeviceError } from "../errors.js";

// Everything that knows gpu.js is here: how it is loaded, what of it is used (its own typings leave out the asynchronous
// mode), and what its documentation does not say. Found by trying gpu.js 2.24.1, to which the peer dependency is pinned.

/** Where gpu.js runs kernels. `cpu` and `webasm` need no graphics and serve tests; the others are what a GPU is used by. */
export type GpuMode = "webgpu" | "webgl2" | "headlessgl" | "webasm" | "cpu";

/** An array on the device. `cpu` and `webasm` hold it in an ordinary one. */
export type Handle = Float32Array | ResidentArray;

interface ResidentArray {
  toArray(): Float32Array | Promise<Float32Array>;
  delete(): void;
}

/** A kernel: one number for each position of a flat output. */
export interface KernelSource {
  /** Unique: kernels are compiled once a name. */
  readonly name: string;
  /** Names of flat arrays of float32, at most `maxArrays`, then of int32 and float32 scalars. */
  readonly arrays: readonly string[];
  readonly integers: readonly string[];
  readonly numbers: readonly string[];
  /** Statements of the subset of JavaScript that gpu.js translates; `this.thread.x` is the position of the output. */
  readonly body: string;
}

/** WebGPU grants 8 storage buffers unless asked for more, which gpu.js does not do; one of them is the output. */
const maxArrays = 7;

/** Tensors hold float32 on the device, and positions in them are computed in float32, which is exact up to here. */
export const maxElements: number = 2 ** 24;

/** gpu.js in one mode. Results are Promises in mode `webgpu` and only there. */
export interface GpuJs {
  readonly mode: GpuMode;
  /** Whether results are Promises. */
  readonly asynchronous: boolean;
  /** Runs a kernel for the positions 0 to `length` - 1, `length` at least 1. */
  run(
    source: KernelSource,
    length: number,
    arrays: readonly Handle[],
    integers: readonly number[],
    numbers: readonly number[],
  ): Handle | Promise<Handle>;
  upload(data: Float32Array): Handle | Promise<Handle>;
  /** The elements; not to be written to. */
  read(handle: Handle): Float32Array | Promise<Float32Array>;
  free(handle: Handle): void;
  /** Frees all kernels. */
  destroy(): void;
}

interface KernelRun {
  (...args: readonly (Handle | number)[]): Handle | Promise<Handle>;
  setOutput(output: readonly number[]): void;
  readonly kernel: { readonly constructor: { readonly mode: string }; readonly fallbackReason?: string };
}

interface GpuInstance {
  createKernel(source: string, settings: Readonly<Record<string, unknown>>): KernelRun;
  destroy(): Promise<void>;
}

interface GpuModule {
  readonly GPU: {
    new (settings: { readonly mode: GpuMode }): GpuInstance;
    isWebGPUAvailable?(): Promise<boolean>;
  };
}

async function load(): Promise<GpuModule> {
  try {
    const loaded = (await import("gpu.js")) as unknown as GpuModule & { readonly default?: GpuModule };
    return loaded.GPU === undefined && loaded.default !== undefined ? loaded.default : loaded;
  } catch (error) {
    throw new DeviceError(
      "the GPU device needs the package gpu.js, which could not be loaded: install it with npm install gpu.js@~2.24.1",
      { cause: error },
    );
  }
}

interface WebGpuModule {
  readonly globals: object;
  create(options: readonly string[]): unknown;
}

/** Node has no WebGPU of its own; the package `webgpu` brings one, where it is installed. */
async function provideWebGpu(): Promise<void> {
  if (typeof process === "undefined" || process.versions?.node === undefined) return;
  if (typeof navigator !== "undefined" && "gpu" in navigator) return;
  let loaded: WebGpuModule;
  try {
    loaded = (await import(/* @vite-ignore */ /* webpackIgnore: true */ "webgpu")) as unknown as WebGpuModule;
  } catch {
    return;
  }
  Object.assign(globalThis, loaded.globals);
  if (typeof navigator === "undefined")
    Object.defineProperty(globalThis, "navigator", { value: {}, configurable: true });
  Object.defineProperty(navigator, "gpu", { value: loaded.create([]), configurable: true });
}

const identity: KernelSource = {
  name: "identity",
  arrays: ["x"],
  integers: [],
  numbers: [],
  body: "return x[this.thread.x];",
};

/**
 * Loads gpu.js and opens one of its modes, which has run a kernel when this returns.
 * @throws DeviceError when gpu.js is missing, or the mode does not run here; the message says why
 */
export async function openGpuJs(mode: GpuMode): Promise<GpuJs> {
  const { GPU } = await load();
  if (mode === "webgpu") await provideWebGpu();
  if (mode === "webgpu" && !(await GPU.isWebGPUAvailable?.())) {
    throw new DeviceError(
      "gpu.js mode webgpu: there is no WebGPU adapter (in Node it takes the package webgpu and a driver)",
    );
  }
  try {
    const opened = new Opened(mode, new GPU({ mode }));
    const handle = await opened.upload(Float32Array.of(1.5, -2));
    const [first, second] = await opened.read(handle);
    opened.free(handle);
    if (first !== 1.5 || second !== -2) throw new Error(`copying 1.5 and -2 gave ${first} and ${second}`);
    return opened;
  } catch (error) {
    throw new DeviceError(`gpu.js mode ${mode}: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}

const isArray = (handle: Handle): handle is Float32Array => handle instanceof Float32Array;

class Opened implements GpuJs {
  readonly mode: GpuMode;
  readonly asynchronous: boolean;
  private readonly gpu: GpuInstance;
  private readonly kernels = new Map<string, KernelRun>();

  constructor(mode: GpuMode, gpu: GpuInstance) {
    this.mode = mode;
    this.asynchronous = mode === "webgpu";
    this.gpu = gpu;
  }

  run(
    source: KernelSource,
    length: number,
    arrays: readonly Handle[],
    integers: readonly number[],
    numbers: readonly number[],
  ): Handle | Promise<Handle> {
    const kernel = this.kernels.get(source.name) ?? this.compile(source, arrays);
    kernel.setOutput([length]);
    const result = kernel(...arrays, ...integers, ...numbers);
    const { constructor: made, fallbackReason } = kernel.kernel;
    // Where gpu.js cannot translate a kernel, it computes on the CPU and goes on.
    if (made.mode !== (this.isGl ? "gpu" : this.mode)) {
      throw new DeviceError(`gpu.js ran kernel ${source.name} in mode ${made.mode}: ${fallbackReason ?? "?"}`);
    }
    return result;
  }

  private get isGl(): boolean {
    return this.mode === "webgl2" || this.mode === "headlessgl";
  }

  private compile(source: KernelSource, arrays: readonly Handle[]): KernelRun {
    const { name, arrays: names, integers, numbers, body } = source;
    if (names.length > maxArrays) throw new DeviceError(`kernel ${name} reads ${names.length} arrays`);
    const kernel = this.gpu.createKernel(`function (${[...names, ...integers, ...numbers].join(", ")}) {\n${body}\n}`, {
      argumentTypes: [
        ...arrays.map((array) => (this.isGl && !isArray(array) ? "ArrayTexture(1)" : "Array")),
        ...integers.map(() => "Integer"),
        // Not "Number", for which WebGL 2 has no kernel value.
        ...numbers.map(() => "Float"),
      ],
      output: [1],
      // Otherwise GLSL declares numbers as lowp or mediump while outputs are small, and the first larger output (70,000
      // elements on SwiftShader) has the kernel compiled again, which loses the output's size.
      tactic: "precision",
      // Each of these has a default that gives wrong numbers without an error.
      precision: "single",
      strictIntegers: true,
      pipeline: true,
      immutable: true,
      dynamicOutput: true,
      dynamicArguments: true,
      loopMaxIterations: maxElements,
      // `webasm` compiles a kernel again for every new size and keeps the last 8.
      moduleCacheLimit: 256,
    });
    this.kernels.set(name, kernel);
    return kernel;
  }

  upload(data: Float32Array): Handle | Promise<Handle> {
    if (this.mode === "cpu" || this.mode === "webasm") return data;
    return this.run(identity, data.length, [data], [], []);
  }

  read(handle: Handle): Float32Array | Promise<Float32Array> {
    return isArray(handle) ? handle : handle.toArray();
  }

  free(handle: Handle): void {
    if (!isArray(handle)) handle.delete();
  }

  destroy(): void {
    this.kernels.clear();
    void this.gpu.destroy();
  }
}
