/** The thread that loads batches for a `WorkerPool`; it answers requests in their order. */
import { parentPort, workerData } from "node:worker_threads";
import { type BatchRequest, loadBatch } from "./batch.js";
import { makeDataSet } from "./data-sets.js";
import type { BatchAnswer, WorkerStart } from "./worker-pool.js";

const { config, setup } = workerData as WorkerStart;
const dataSet = makeDataSet(config, setup);
let previous: Promise<void> = Promise.resolve();

parentPort?.on("message", (request: BatchRequest) => {
  previous = previous.then(() => answer(request));
});

async function answer(request: BatchRequest): Promise<void> {
  try {
    const batch = await loadBatch(dataSet, request);
    const buffers = Object.values(batch.fields).map(({ data }) => data.buffer as ArrayBuffer);
    parentPort?.postMessage({ batch } satisfies BatchAnswer, buffers);
  } catch (error) {
    const { message, stack } = error as Error;
    parentPort?.postMessage({ error: message, stack } satisfies BatchAnswer);
  }
}
