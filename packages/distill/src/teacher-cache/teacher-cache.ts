import { asVariable, noGrad } from "@retort/autograd";
import {
  type FeatureName,
  featureOf,
  type HeadTargets,
  type Network,
  type NetworkOutput,
  namedOutput,
} from "@retort/ocr-models";
import type { Batch } from "@retort/ocr-models/data";
import { formatShape, sameShape, slice, type Tensor, tensor } from "@retort/tensor";
import { cachedTeachers } from "../config/checks/cached-teachers.js";
import type { RecognitionConfig } from "../config/recognition.js";
import { deviceOf } from "../model/device-of.js";
import type { DistillationModel } from "../model/distillation-model.js";
import type { Communicator } from "../parallel/communicator.js";
import type { BatchPart } from "../training/parts.js";
import { type Hash, sampleKeys, teacherIdentity } from "./identity.js";
import type { PackedOutput } from "./pack.js";
import { OutputStore } from "./store.js";
import { decodeFeature, encodeFeature, type StoredForm, storedSize } from "./stored-feature.js";

/** How many outputs of samples were taken from the cache, and how many a teacher had to compute. */
export interface CacheCounts {
  readonly stored: number;
  readonly computed: number;
}

/** What is known of a batch: the keys of its samples for every teacher. */
type Keys = ReadonlyMap<Teacher, readonly string[]>;

/** One frozen network with its store. */
interface Teacher {
  readonly name: string;
  readonly network: Network;
  readonly features: readonly FeatureName[];
  readonly hasSarHead: boolean;
  readonly store: OutputStore;
}

/**
 * The outputs of frozen networks, computed once for each picture and read from files ever after: `Global.teacher_cache`.
 * A loss always sees what is stored, also when it has just been computed, and what is stored depends on its sample alone, so
 * that losses do not depend on what was there.
 */
export class TeacherCache {
  private readonly teachers: readonly Teacher[];
  private readonly form: StoredForm;
  private readonly makeHash: () => Hash;
  private stored = 0;
  private computed = 0;

  private constructor(teachers: readonly Teacher[], form: StoredForm, makeHash: () => Hash) {
    this.teachers = teachers;
    this.form = form;
    this.makeHash = makeHash;
  }

  /**
   * Opens the cache that a config names, for networks whose weights are in place: each frozen one has a folder in it, named
   * after its identity. Undefined where the config names none or nothing can be stored. Runs in Node.
   * @throws Error naming the file that cannot be read or written, or the device that can only be read asynchronously
   */
  static async open(config: RecognitionConfig, model: DistillationModel): Promise<TeacherCache | undefined> {
    const { teacherCache, teacherCachePrecision: precision, teacherCacheTopK: topK } = config.global;
    const cached = cachedTeachers(config.architecture, config.loss);
    if (teacherCache === undefined || cached.length === 0) return undefined;
    const device = deviceOf(model);
    if (!device.synchronous) {
      throw new Error(
        `Global.teacher_cache: outputs on ${device.name} cannot be stored: take it or Global.use_gpu out`,
      );
    }
    const { createHash } = await import("node:crypto");
    const { join } = await import("node:path");
    const makeHash = (): Hash => createHash("sha256");
    const form = { precision, topK };
    const teachers: Teacher[] = [];
    for (const { network: options, features } of cached) {
      const network = model.networks.get(options.name)?.network;
      if (network === undefined) continue;
      const identity = teacherIdentity(makeHash(), network, options, features, form);
      const store = await OutputStore.open(join(teacherCache, identity.slice(0, 32)), identity);
      teachers.push({ name: options.name, network, features, hasSarHead: options.head.name === "SARHead", store });
    }
    return new TeacherCache(teachers, form, makeHash);
  }

  /**
   * The parts of a batch together with the outputs of the teachers; those that are not stored are computed, and kept. To be
   * taken while the networks are in training mode. `longest` is how many characters the longest text has where that is not
   * in this batch.
   * @throws Error naming the network and feature that cannot be stored
   */
  *recall(parts: Iterable<BatchPart>, batch: Batch, longest?: number): Generator<BatchPart> {
    const keysOf = ({ features, hasSarHead }: Teacher): string[] =>
      sampleKeys(this.makeHash, batch, features, hasSarHead, longest);
    const keys: Keys = new Map(this.teachers.map((teacher) => [teacher, keysOf(teacher)]));
    let start = 0;
    for (const part of parts) {
      const end = start + part.images.shape[0];
      const given = this.teachers.map((teacher): [string, NetworkOutput] => {
        const own = (keys.get(teacher) as readonly string[]).slice(start, end);
        return [teacher.name, this.outputOf(teacher, own, part)];
      });
      yield { ...part, given: new Map(given) };
      start = end;
    }
  }

  /** Writes what was computed: once enough has come together, or all of it. @throws Error naming the file that cannot be written */
  async flush({ all = false }: { readonly all?: boolean } = {}): Promise<void> {
    for (const { store } of this.teachers) await store.flush({ all });
  }

  /**
   * Lets each of several ranks read what the others have stored, as far as they share a folder. To be called by all of them.
   * @throws Error naming the file that cannot be written or read
   */
  async share(ranks: Communicator): Promise<void> {
    if (ranks.size === 1) return;
    await this.flush({ all: true });
    ranks.barrier();
    for (const { store } of this.teachers) store.refresh();
  }

  /** What was found wrong with files since this was called last. */
  problems(): string[] {
    return this.teachers.flatMap(({ store }) => store.problems());
  }

  /** What was counted since this was called last. */
  counts(): CacheCounts {
    const counts = { stored: this.stored, computed: this.computed };
    this.stored = this.computed = 0;
    return counts;
  }

  private outputOf(teacher: Teacher, keys: readonly string[], part: BatchPart): NetworkOutput {
    const found = new Map<string, PackedOutput>();
    for (const key of new Set(keys)) {
      const output = teacher.store.get(key);
      if (output !== undefined) found.set(key, output);
    }
    const missing = [...new Set(keys)].filter((key) => !found.has(key));
    for (const key of missing) {
      const packed = { key, ...this.compute(teacher, part, keys.indexOf(key)) };
      teacher.store.add(packed);
      found.set(key, packed);
    }
    this.computed += missing.length;
    this.stored += keys.length - missing.length;
    return this.unpack(
      teacher,
      keys.map((key) => found.get(key) as PackedOutput),
    );
  }

  /**
   * Runs a teacher on one sample of a part. Alone, because sums are rounded otherwise beside other samples, and what is stored
   * must not depend on which of a batch were missing.
   */
  private compute(
    { name, network, features }: Teacher,
    { images, heads }: BatchPart,
    row: number,
  ): Omit<PackedOutput, "key"> {
    return noGrad(() => {
      const output = network.forward(rowOf(images, row), headsOf(heads, row));
      const values = features.map((feature) => featureOf(output, feature).value);
      const shapes = features.map((feature, i) => [feature, values[i].shape.slice(1)] as const);
      const parts = shapes.map(([feature, shape], i) =>
        this.encode(`${feature} of ${name}`, values[i].dataSync() as Float32Array, shape),
      );
      return { shapes, bytes: joined(parts) };
    });
  }

  private encode(what: string, values: Float32Array, shape: readonly number[]): Uint8Array {
    try {
      return encodeFeature(values, shape, this.form);
    } catch (error) {
      throw new Error(`Global.teacher_cache: ${what}: ${(error as Error).message}`, { cause: error });
    }
  }

  /** The outputs of samples side by side, as the network gives them. */
  private unpack({ name, features }: Teacher, outputs: readonly PackedOutput[]): NetworkOutput {
    const offsets = outputs.map(() => 0);
    const named = features.map((feature, f) => {
      const shape = outputs[0].shapes[f][1];
      const size = storedSize(shape, this.form);
      const each = shape.reduce((a, b) => a * b, 1);
      const data = new Float32Array(each * outputs.length);
      for (const [row, { shapes, bytes }] of outputs.entries()) {
        if (!sameShape(shapes[f][1], shape)) {
          throw new Error(
            `Global.teacher_cache: ${feature} of ${name} is ${formatShape(shapes[f][1])} for one sample and ` +
              `${formatShape(shape)} for another of the same batch`,
          );
        }
        data.set(decodeFeature(bytes.subarray(offsets[row], offsets[row] + size), shape, this.form), row * each);
        offsets[row] += size;
      }
      return [feature, asVariable(tensor(data, [outputs.length, ...shape]))] as const;
    });
    return namedOutput(new Map(named));
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((size, { length }) => size + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** One of the samples of a tensor [B, ...], as a batch of its own. */
const rowOf = (x: Tensor, row: number): Tensor => slice(x, 0, row, row + 1);

function headsOf({ labels, validRatio, nrtr }: HeadTargets, row: number): HeadTargets {
  return {
    labels: labels && rowOf(labels, row),
    validRatio: validRatio && Float32Array.of(validRatio[row]),
    nrtr: nrtr && rowOf(nrtr, row),
  };
}
