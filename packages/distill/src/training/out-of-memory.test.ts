import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cpu, type Device, type DeviceBuffer, OutOfMemoryError, setDevice } from "@retort/tensor";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stateOf, tinyRun, writeTinyData } from "../../testing/tiny-training.js";
import { trainStep } from "./step.js";

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "retort-memory-"));
  await writeTinyData(folder, 8);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The CPU with a limit on the bytes of the tensors that are made on it. */
class SmallDevice implements Device {
  readonly name = "small";
  readonly synchronous = true;
  limit = Number.POSITIVE_INFINITY;
  live = 0;
  peak = 0;
  private readonly inner = cpu();

  allocate(bytes: number): DeviceBuffer {
    if (this.live + bytes > this.limit) throw new OutOfMemoryError(`out of memory: asked for ${bytes} bytes`);
    this.live += bytes;
    this.peak = Math.max(this.peak, this.live);
    return this.inner.allocate(bytes);
  }

  free(buffer: DeviceBuffer): void {
    this.live -= buffer.bytes;
    this.inner.free(buffer);
  }

  upload: Device["upload"] = (buffer, data) => this.inner.upload(buffer, data);
  read: Device["read"] = (buffer, dtype, length) => this.inner.read(buffer, dtype, length);
  readSync: Device["readSync"] = (buffer, dtype, length) => this.inner.readSync(buffer, dtype, length);
  run: Device["run"] = (kernel, call) => this.inner.run(kernel, call);
}

/** Takes the first step of a run with so many bytes more than its weights take. */
async function firstStep(bytes: number, overrides: Record<string, unknown> = {}) {
  const device = new SmallDevice();
  setDevice(device);
  try {
    const run = await tinyRun(folder, overrides);
    const before = stateOf(run);
    const { live } = device;
    let thrown: unknown;
    for await (const batch of run.train.epoch()) {
      device.limit = live + bytes;
      try {
        await trainStep(run, batch, 0);
      } catch (error) {
        thrown = error;
      }
      break;
    }
    await run.train.close();
    await run.evaluation.close();
    return { thrown, needed: device.peak - live, left: device.live - live, before, after: stateOf(run) };
  } finally {
    setDevice(cpu());
  }
}

test("a batch that does not fit says which step it was and how to split it, and leaves the run as it was", async () => {
  const inParts = { "Train.loader.micro_batch_size": 1 };
  const whole = await firstStep(Number.POSITIVE_INFINITY);
  const split = await firstStep(Number.POSITIVE_INFINITY, inParts);
  expect([whole.thrown, split.thrown]).toEqual([undefined, undefined]);
  const between = (whole.needed + split.needed) / 2;

  const { thrown, left, before, after } = await firstStep(between);
  expect(thrown).toBeInstanceOf(OutOfMemoryError);
  expect(String(thrown)).toMatch(/step 1, 4 samples at a time: out of memory.*micro_batch_size below 4/);
  expect(left).toBe(0);
  const isStatistic = (key: string): boolean => /_(mean|variance)$/.test(key);
  for (const [key, value] of before) if (!isStatistic(key)) expect(after.get(key), key).toEqual(value);
  expect((await firstStep(between, inParts)).thrown).toBeUndefined();
});
