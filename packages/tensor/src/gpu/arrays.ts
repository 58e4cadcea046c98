import type { TypedArray } from "../dtype.js";
import type { GpuJs, Handle, KernelSource } from "./gpu-js.js";
import { type MaybePromise, Queue, whenAll } from "./queue.js";

/**
 * Numbers on the host, on the device, or on both; they never change, so both are right. Counted by its holders: the last
 * release frees the device's part.
 */
export class DeviceArray {
  readonly length: number;
  /** Whether the host has the numbers, or will have them before anything that is asked for from now on. */
  readonly fromHost: boolean;
  /** Set when the task that computes the array has run. */
  handle: Handle | undefined;
  host: TypedArray | undefined;
  private holders = 1;
  private readonly free: (handle: Handle) => void;

  constructor(length: number, free: (handle: Handle) => void, fromHost: boolean, host?: TypedArray) {
    this.length = length;
    this.free = free;
    this.fromHost = fromHost;
    this.host = host;
  }

  retain(): this {
    this.holders++;
    return this;
  }

  release(): void {
    if (--this.holders > 0) return;
    if (this.handle !== undefined) this.free(this.handle);
    this.handle = undefined;
    this.host = undefined;
  }
}

/** Arrays of one gpu.js, in the order of the program: what is computed later reads what was computed before. */
export class Arrays {
  readonly gpu: GpuJs;
  /** Handles that are not freed yet. */
  live = 0;
  private readonly queue: Queue;
  private readonly free = (handle: Handle): void => {
    this.live--;
    this.gpu.free(handle);
  };

  constructor(gpu: GpuJs) {
    this.gpu = gpu;
    this.queue = new Queue(gpu.asynchronous);
  }

  /** An array of numbers that the host has; they go to the device when a kernel asks for them. Takes over `host`. */
  of(host: TypedArray): DeviceArray {
    return new DeviceArray(host.length, this.free, true, host);
  }

  /** The output of a kernel. The order of arguments is that of the names in `source`. */
  launch(
    source: KernelSource,
    length: number,
    inputs: readonly DeviceArray[],
    integers: readonly number[],
    numbers: readonly number[] = [],
  ): DeviceArray {
    if (length === 0) return this.of(new Float32Array(0));
    const output = new DeviceArray(length, this.free, false);
    this.task([...inputs, output], () =>
      whenAll(inputs.map(this.resident), (handles) =>
        whenAll([this.gpu.run(source, length, handles, integers, numbers)], ([handle]) => this.arrived(output, handle)),
      ),
    );
    return output;
  }

  /** Arrays that the host computes from others, each of a given length. */
  compute(
    inputs: readonly DeviceArray[],
    lengths: readonly number[],
    body: (inputs: readonly TypedArray[]) => readonly TypedArray[],
  ): DeviceArray[] {
    const outputs = lengths.map((length) => new DeviceArray(length, this.free, true));
    this.task([...inputs, ...outputs], () =>
      whenAll(inputs.map(this.hosted), (data) => {
        for (const [i, host] of body(data).entries()) outputs[i].host = host;
      }),
    );
    return outputs;
  }

  /** The numbers, at once. @throws what a kernel threw */
  readSync(array: DeviceArray): TypedArray {
    const found = this.hosted(array);
    if (found instanceof Promise) throw new Error("a synchronous mode of gpu.js gave a Promise");
    return found;
  }

  /** The numbers, when all that was asked for before is done. @throws what a kernel threw */
  async read(array: DeviceArray): Promise<TypedArray> {
    array.retain();
    try {
      await this.queue.settled();
      return await this.hosted(array);
    } finally {
      array.release();
    }
  }

  private task(held: readonly DeviceArray[], body: () => MaybePromise<void>): void {
    for (const array of held) array.retain();
    const release = (): void => {
      for (const array of held) array.release();
    };
    this.queue.add(() => {
      let running: MaybePromise<void>;
      try {
        running = body();
      } catch (error) {
        release();
        throw error;
      }
      if (running instanceof Promise) return running.finally(release);
      release();
    });
  }

  private readonly resident = (array: DeviceArray): MaybePromise<Handle> => {
    if (array.handle !== undefined) return array.handle;
    // Devices have no empty buffers.
    const numbers = array.host === undefined || array.length === 0 ? new Float32Array(1) : array.host;
    const data = numbers instanceof Float32Array ? numbers : Float32Array.from(numbers);
    return whenAll([this.gpu.upload(data)], ([handle]) => {
      // One kernel may name an array twice.
      if (array.handle === undefined) this.arrived(array, handle);
      else this.gpu.free(handle);
      return array.handle as Handle;
    });
  };

  private arrived(array: DeviceArray, handle: Handle): void {
    this.live++;
    array.handle = handle;
  }

  private readonly hosted = (array: DeviceArray): MaybePromise<TypedArray> => {
    if (array.host !== undefined) return array.host;
    return array.handle === undefined ? new Float32Array(array.length) : this.gpu.read(array.handle);
  };
}
