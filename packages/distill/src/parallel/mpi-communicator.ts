import { writeSync } from "node:fs";
import { hostname } from "node:os";
import type { Communicator, Exchange } from "./communicator.js";
import type { OpenMpi, Request } from "./open-mpi.js";
import { Patience } from "./patience.js";

/**
 * The ranks of a job of Open MPI. `limit` is how many seconds a rank waits for the others before it ends the job with
 * the names of those that have not come.
 */
export function mpiCommunicator(mpi: OpenMpi, limit: number): Communicator {
  const { rank, size } = mpi;
  const own = `${hostname()}, process ${process.pid}`;
  let names: readonly string[] = [own];
  const titleOf = (r: number): string => (names[r] === undefined ? `rank ${r}` : `rank ${r} (${names[r]})`);
  const abort = (reason: string): never => {
    writeSync(2, `error: ${reason}\n`);
    mpi.abort(1);
    return process.exit(1);
  };
  const patience = new Patience(mpi, limit, (missing) => {
    const late = `not answered for ${limit} s while others waited`;
    const [first, ...more] = missing.map(titleOf);
    const who = more.length === 0 ? `${first} has` : `${missing.length} ranks have (${[first, ...more].join("; ")})`;
    abort(
      `${first === undefined ? `all ranks have waited for each other for ${limit} s` : `${who} ${late}`}; all end. ` +
        "The checkpoints saved before are whole. RETORT_PATIENCE sets the limit in seconds",
    );
  });
  const wait = (request: Request): void => patience.wait(request);
  const gather = (text: string): string[] => {
    const bytes = new TextEncoder().encode(text);
    const lengths = new Int32Array(size);
    wait(mpi.startGatherIntegers(Int32Array.of(bytes.length), lengths));
    const starts = new Int32Array(size);
    for (let r = 1; r < size; r++) starts[r] = starts[r - 1] + lengths[r - 1];
    const all = new Uint8Array(starts[size - 1] + lengths[size - 1]);
    wait(mpi.startGatherBytes(bytes, all, lengths, starts));
    const decoder = new TextDecoder();
    return Array.from(starts, (start, r) => decoder.decode(all.subarray(start, start + lengths[r])));
  };
  names = gather(own);
  return {
    rank,
    size,
    allReduce: (numbers, reduction = "sum") => wait(mpi.startAllReduce(numbers, reduction)),
    startAllReduce: (numbers) => exchange(mpi, mpi.startAllReduce(numbers, "sum"), wait),
    broadcast: (numbers, from = 0) => wait(mpi.startBroadcast(numbers, from)),
    gather,
    barrier: () => wait(mpi.startBarrier()),
    abort: (reason) => abort(`${titleOf(rank)}: ${reason}`),
    close: () => mpi.finalize(),
  };
}

function exchange(mpi: OpenMpi, request: Request, wait: (request: Request) => void): Exchange {
  let done = false;
  return {
    test() {
      done ||= mpi.test(request);
    },
    wait() {
      if (!done) wait(request);
      done = true;
    },
  };
}
