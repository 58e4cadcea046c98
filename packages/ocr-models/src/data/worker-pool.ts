import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { Batch, BatchRequest } from "./batch.js";
import type { DataSetConfig, DataSetup } from "./simple-data-set.js";

/** What a worker is started with. */
export interface WorkerStart {
  config: DataSetConfig;
  setup: DataSetup;
}

/** What a worker answers to a request. */
export type BatchAnswer = { batch: Batch } | { error: string; stack?: string };

interface Job {
  resolve: (batch: Batch) => void;
  reject: (error: Error) => void;
}

/** A worker answers its requests in order, so its open jobs are a queue. */
interface Member {
  worker: Worker;
  jobs: Job[];
}

/**
 * Threads that load batches. They keep the process alive only while batches are under way. After `close`, or after one
 * thread has died, every open and later request fails.
 */
export class WorkerPool {
  private readonly members: Member[];
  private failure: Error | undefined;

  constructor(threads: number, start: WorkerStart) {
    this.members = Array.from({ length: threads }, () => this.member(start));
  }

  /** Has a batch loaded by the thread with the fewest open requests. */
  load(request: BatchRequest): Promise<Batch> {
    if (this.failure !== undefined) return Promise.reject(this.failure);
    const member = this.members.reduce((best, other) => (other.jobs.length < best.jobs.length ? other : best));
    return new Promise((resolve, reject) => {
      member.jobs.push({ resolve, reject });
      member.worker.ref();
      member.worker.postMessage(request);
    });
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    this.fail(new Error("the loader is closed"));
    await Promise.all(this.members.map(({ worker }) => worker.terminate()));
  }

  private member(start: WorkerStart): Member {
    const worker = new Worker(workerFile(), { workerData: start });
    const member: Member = { worker, jobs: [] };
    worker.unref();
    worker.on("message", (answer: BatchAnswer) => {
      const job = member.jobs.shift();
      if (member.jobs.length === 0) worker.unref();
      if ("batch" in answer) job?.resolve(answer.batch);
      else job?.reject(new Error(answer.error, { cause: answer.stack }));
    });
    worker.on("error", (error: Error) =>
      this.fail(new Error(`a data worker failed: ${error.message}`, { cause: error })),
    );
    worker.on("exit", (code) => this.fail(new Error(`a data worker ended with code ${code}`)));
    return member;
  }

  private fail(error: Error): void {
    this.failure ??= error;
    for (const { jobs, worker } of this.members) {
      for (const job of jobs.splice(0)) job.reject(this.failure);
      worker.unref();
    }
  }
}

/** The worker's file: beside this one in the build; when the sources run (in tests), that of the build. */
function workerFile(): URL {
  const beside = new URL("./worker.js", import.meta.url);
  const file = import.meta.url.endsWith(".ts") ? new URL(beside.href.replace("/src/data/", "/dist/data/")) : beside;
  if (!existsSync(file)) throw new Error(`${fileURLToPath(file)} is missing: build the package first (npm run build)`);
  return file;
}
