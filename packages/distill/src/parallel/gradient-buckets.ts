import { type Gradients, type Parameter, Variable } from "@retort/autograd";
import { assign, fill, keep, rowMajorStrides, type Tensor, zeros } from "@retort/tensor";
import { toNdarray } from "@retort/tensor/ndarray";
import type { Communicator, Exchange } from "./communicator.js";

/** Gradients are exchanged in pieces of about so many bytes: large enough to be quick, small enough to start early. */
const defaultBytes = 2 ** 23;

/** Where a parameter's gradient lies in its bucket. */
interface Slot {
  readonly parameter: Parameter;
  readonly bucket: Bucket;
  readonly offset: number;
  filled: boolean;
}

interface Bucket {
  /** The gradients side by side and, last, how many of them there are. */
  readonly memory: Tensor;
  readonly numbers: Float32Array;
  readonly slots: Slot[];
  exchange?: Exchange;
}

/**
 * Adds up the gradients of all ranks. They lie in buckets, whose order is that of the parameters backwards, about the
 * order in which `backward` finishes them; a bucket that is full goes on its way at once, after those before it, so that
 * all ranks exchange the same ones in the same order. Source: Li et al. 2020, "PyTorch Distributed: Experiences on
 * Accelerating Data Parallel Training".
 */
export class GradientBuckets {
  private readonly ranks: Communicator;
  private readonly buckets: Bucket[] = [];
  private readonly slots = new Map<Variable, Slot>();
  /** Buckets that are on their way. */
  private started = 0;

  /** `bytes` is about how large a bucket is. */
  constructor(ranks: Communicator, parameters: Iterable<Parameter>, bytes: number = defaultBytes) {
    this.ranks = ranks;
    let group: Parameter[] = [];
    let size = 0;
    for (const parameter of [...new Set(parameters)].reverse()) {
      group.push(parameter);
      size += 4 * parameter.value.size;
      if (size < bytes) continue;
      this.add(group);
      group = [];
      size = 0;
    }
    if (group.length > 0) this.add(group);
  }

  /** Takes a gradient that is whole, and moves on what is on its way. */
  ready(leaf: Variable, gradient: Variable): void {
    const slot = this.slots.get(leaf);
    if (slot === undefined) return;
    this.fill(slot, gradient);
    while (this.started < this.buckets.length && this.buckets[this.started].slots.every(({ filled }) => filled)) {
      this.start();
    }
    for (const { exchange } of this.buckets.slice(0, this.started)) exchange?.test();
  }

  /**
   * Waits for all, and replaces the gradients by their sums. Those of parameters that no rank has stay away.
   * @throws Error when the ranks have gradients of different parameters
   */
  finish(gradients: Gradients): void {
    for (const slot of this.slots.values()) {
      const gradient = slot.filled ? undefined : gradients.get(slot.parameter);
      if (gradient !== undefined) this.fill(slot, gradient);
      else if (!slot.filled) fill(this.view(slot), 0);
    }
    while (this.started < this.buckets.length) this.start();
    for (const { exchange, numbers, slots } of this.buckets) {
      exchange?.wait();
      const filled = slots.filter((slot) => slot.filled).length;
      if (numbers[numbers.length - 1] !== filled * this.ranks.size) {
        throw new Error(
          `the ranks have gradients of different parameters: this one of ${filled} of ${slots.length}, all together ` +
            `of ${numbers[numbers.length - 1]} instead of ${filled * this.ranks.size}`,
        );
      }
      for (const slot of slots) {
        if (slot.filled) gradients.set(slot.parameter, new Variable(this.view(slot)));
        slot.filled = false;
      }
    }
    this.started = 0;
  }

  private add(parameters: readonly Parameter[]): void {
    const length = parameters.reduce((sum, { value }) => sum + value.size, 1);
    const memory = keep(zeros([length]));
    const bucket: Bucket = { memory, numbers: toNdarray(memory).data as Float32Array, slots: [] };
    let offset = 0;
    for (const parameter of parameters) {
      const slot = { parameter, bucket, offset, filled: false };
      bucket.slots.push(slot);
      this.slots.set(parameter, slot);
      offset += parameter.value.size;
    }
    this.buckets.push(bucket);
  }

  private view({ bucket, offset, parameter }: Slot): Tensor {
    const { shape } = parameter.value;
    return bucket.memory.view(shape, rowMajorStrides(shape), offset);
  }

  private fill(slot: Slot, gradient: Variable): void {
    const place = this.view(slot);
    assign(place, gradient.value);
    place.release("its gradient was copied");
    slot.filled = true;
  }

  private start(): void {
    const bucket = this.buckets[this.started++];
    const { numbers, slots } = bucket;
    numbers[numbers.length - 1] = slots.filter(({ filled }) => filled).length;
    bucket.exchange = this.ranks.startAllReduce(numbers);
  }
}
