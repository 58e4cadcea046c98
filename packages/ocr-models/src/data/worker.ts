/** The thread that loads batches for a `WorkerPool`; it answers requests in their order. */
import { parentPort, workerData } from "node:worker_threads";
import { loadBatch } from "./batch.js";
import { SimpleDataSet } from "./simple-data-set.js";
import type { BatchAnswer, BatchRequest, WorkerStart } from "./worker-pool.js";

const { config, setup } = workerData as WorkerStart;
const dataSet = new SimpleDataSet(config, setup);
let previous: Promise<void> = Promise.resolve();

parentPort?.on("message", (request: BatchRequest) => {
  previous = previous.then(() => answer(request));
});

async function answer({ lines, epoch, index }: BatchRequest): Promise<void> {
  try {
    const batch = await loadBatch(dataSet, lines, epoch, index);
    const buffers = Object.values(batch.fields).map(({ data }) => data.buffer as ArrayBuffer);
    parentPort?.postMessage({ batch } satisfies BatchAnswer, buffers);
  } catch (error) {
    const { message, stack } = error as Error;
    parentPort?.postMessage({ error: message, stack } satisfies BatchAnswer);
  }
}
