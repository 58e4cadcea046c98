import { describe, expect, it } from "vitest";
import { blindDevice } from "./blind.js";
import { cpu } from "./cpu/device.js";
import { withDevice } from "./devices.js";
import { ReleasedError } from "./errors.js";
import { memory } from "./memory.js";
import { assign } from "./ops/copy.js";
import { fill, ones, tensor } from "./ops/create.js";
import { matmul } from "./ops/matmul.js";
import { slice } from "./ops/views.js";
import { Storage, storageCounters } from "./storage.js";

describe("holders", () => {
  it("keep the memory until the last one releases", () => {
    const before = { ...storageCounters() };
    const storage = new Storage(cpu(), "float64", 3);
    expect(storageCounters()).toEqual({ tensors: before.tensors + 1, bytes: before.bytes + 24 });
    storage.retain();
    storage.release();
    expect(storage.buffer.bytes).toBe(24);
    storage.release();
    expect(storageCounters()).toEqual(before);
  });

  it("cannot release more often than they hold, nor read afterwards", () => {
    const storage = new Storage(cpu(), "float32", 1);
    storage.release();
    expect(() => storage.release()).toThrow("released twice");
    expect(() => storage.buffer).toThrow(ReleasedError);
  });
});

describe("parking", () => {
  it("frees the device memory, and the elements can still be read through every view", async () => {
    const x = tensor([1, 2, 3, 4]);
    const part = slice(x, 0, 1, 3);
    const before = memory.stats();
    x.storage.park();
    expect(memory.stats()).toMatchObject({ tensors: before.tensors - 1, bytes: before.bytes - 16 });
    expect(x.storage.parked).toEqual(Float32Array.of(1, 2, 3, 4));
    expect(Array.from(part.dataSync())).toEqual([2, 3]);
    expect(Array.from(await x.data())).toEqual([1, 2, 3, 4]);
    expect(memory.stats().tensors).toBe(before.tensors - 1);
    for (const handle of [x, part]) handle.release();
    expect(memory.stats().tensors).toBe(before.tensors - 1);
  });

  it("ends when an operation needs the elements", () => {
    const x = tensor([1, 2, 3, 4], [2, 2]);
    const before = memory.stats();
    x.storage.park();
    x.storage.park();
    const product = matmul(x, x);
    expect(Array.from(product.dataSync())).toEqual([7, 10, 15, 22]);
    expect(x.storage.parked).toBeUndefined();
    product.release();
    expect(memory.stats()).toMatchObject({ tensors: before.tensors, bytes: before.bytes });
    x.release();
    expect(memory.stats().tensors).toBe(before.tensors - 1);
  });

  it("does nothing where data cannot be read at once", () => {
    withDevice(blindDevice(), () => {
      const x = ones([3]);
      x.storage.park();
      expect(x.storage.parked).toBeUndefined();
      x.release();
    });
  });
});

it("counts writes in place, also those through a view", () => {
  const x = ones([4]);
  const versions = [x.storage.version];
  fill(x, 2);
  versions.push(x.storage.version);
  assign(slice(x, 0, 0, 2), tensor([5, 6]));
  versions.push(x.storage.version);
  matmul(ones([1, 4]), x.view([4, 1], [1, 1], 0));
  expect(x.storage.version).toBe(versions[2]);
  expect(versions[1]).toBeGreaterThan(versions[0]);
  expect(versions[2]).toBeGreaterThan(versions[1]);
  expect(Array.from(x.dataSync())).toEqual([5, 6, 2, 2]);
});
