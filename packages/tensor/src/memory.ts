import { heapPages } from "./cpu/heap.js";
import { DeviceError } from "./errors.js";
import { storageCounters } from "./storage.js";

/**
 * Something whose device memory has an owner: a tensor, or a value that holds tensors, such as a variable with its
 * graph. `ownedTensors` lists every handle that must stay alive for it to be usable.
 */
export interface Owner {
  ownedTensors(): Iterable<Releasable>;
}

/** A handle that a scope can give back. */
export interface Releasable {
  release(): void;
  readonly released: boolean;
}

let current: Set<Releasable> | undefined;

/** Puts a new handle under the innermost scope; outside of scopes nobody owns it and it waits for the garbage collector. */
export function register(handle: Releasable): void {
  current?.add(handle);
}

/** Takes a handle out of its scope, so that it lives until it is released or collected. */
export function keep<T extends Releasable>(handle: T): T {
  kept.add(handle);
  current?.delete(handle);
  return handle;
}

const kept = new WeakSet<Releasable>();

/**
 * Runs `fn` and then gives back every tensor made inside, except those in its result (a tensor, a variable, or arrays,
 * maps and plain objects of them), parameters, and what was `keep`t. The result belongs to the scope around, if any.
 * @throws DeviceError when `fn` returns a Promise: a scope is synchronous
 */
export function scope<T>(fn: () => T): T {
  const outer = current;
  const inner = new Set<Releasable>();
  current = inner;
  let result: T | undefined;
  try {
    result = fn();
  } finally {
    current = outer;
    const survivors = new Set<Releasable>();
    collect(result, survivors, new Set());
    for (const handle of inner) {
      if (handle.released || kept.has(handle)) continue;
      if (survivors.has(handle)) outer?.add(handle);
      else handle.release();
    }
  }
  if (result instanceof Promise) {
    throw new DeviceError("scope(fn) and noGrad(fn) are synchronous, but fn returned a Promise: await outside of it");
  }
  return result;
}

function collect(value: unknown, into: Set<Releasable>, seen: Set<unknown>): void {
  if (typeof value !== "object" || value === null || seen.has(value)) return;
  seen.add(value);
  if ("ownedTensors" in value && typeof value.ownedTensors === "function") {
    for (const handle of (value as Owner).ownedTensors()) into.add(handle);
  } else if (value instanceof Map) {
    for (const item of value.values()) collect(item, into, seen);
  } else if (Array.isArray(value) || value instanceof Set) {
    for (const item of value) collect(item, into, seen);
  } else if (Object.getPrototypeOf(value) === Object.prototype) {
    for (const item of Object.values(value)) collect(item, into, seen);
  }
}

/** What is alive now. */
export interface MemoryStats {
  /** Storages with device memory. */
  readonly tensors: number;
  /** Bytes that they hold, without what the allocator adds. */
  readonly bytes: number;
  /** Size of the CPU device's memory in pages of 64 KiB; it never shrinks. */
  readonly heapPages: number;
}

/** Memory in use by tensors of all devices. */
export const memory: { stats(): MemoryStats } = {
  stats: () => ({ ...storageCounters(), heapPages: heapPages() }),
};
