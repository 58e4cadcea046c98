import type { OpenMpi, Request } from "./open-mpi.js";

/** The tag of the empty messages by which ranks tell each other that they wait. */
const rollCall = 7;
/** How long a rank looks at a request again and again before it sleeps between looks. */
const spinMs = 2;
const sleepMs = 0.1;
/** How often a waiting rank looks for a roll call of others. */
const listenMs = 50;
/** A rank that has waited so long answers a roll call. */
const answeringMs = 2000;
/** How long after its roll call a rank counts answers. */
const countingMs = 5000;
/** How much later each next rank speaks, should those before it fail. */
const turnMs = 3000;

/**
 * Waits for requests, with a limit. A rank at its limit tells all others that it waits; those that wait too answer the
 * same. Whoever has not answered after some seconds hangs, or computes what the others have long finished: `give` gets
 * the numbers of these ranks, none where all wait. The lowest rank that waits calls it first, and the next ones some
 * seconds later if they still live.
 */
export class Patience {
  private readonly mpi: OpenMpi;
  private readonly limitMs: number;
  private readonly give: (missing: readonly number[]) => void;
  private readonly sleeper = new Int32Array(new SharedArrayBuffer(4));

  /** `limit` is in seconds. */
  constructor(mpi: OpenMpi, limit: number, give: (missing: readonly number[]) => void) {
    this.mpi = mpi;
    this.limitMs = 1000 * limit;
    this.give = give;
  }

  /** Returns when the request is done; calls `give` when the limit is reached. */
  wait(request: Request): void {
    const begun = performance.now();
    const present = new Set([this.mpi.rank]);
    let listened = begun;
    let called: number | undefined;
    while (!this.mpi.test(request)) {
      const now = performance.now();
      if (now - begun < spinMs) continue;
      Atomics.wait(this.sleeper, 0, 0, sleepMs);
      if (now - listened < listenMs) continue;
      listened = now;
      for (const rank of this.callers()) present.add(rank);
      const asked = present.size > 1 && now - begun > Math.min(answeringMs, this.limitMs / 2);
      if (called === undefined && (asked || now - begun > this.limitMs)) {
        called = now;
        this.callAll();
      }
      if (called !== undefined && now - begun > this.limitMs && now - called > this.countingMs(present)) {
        this.give(Array.from({ length: this.mpi.size }, (_, rank) => rank).filter((rank) => !present.has(rank)));
      }
    }
  }

  /** The ranks whose word that they wait has arrived. */
  private callers(): number[] {
    const from: number[] = [];
    for (let rank = this.mpi.receive(rollCall); rank !== undefined; rank = this.mpi.receive(rollCall)) from.push(rank);
    return from;
  }

  private callAll(): void {
    for (let rank = 0; rank < this.mpi.size; rank++) if (rank !== this.mpi.rank) this.mpi.send(rank, rollCall);
  }

  private countingMs(present: ReadonlySet<number>): number {
    const before = [...present].filter((rank) => rank < this.mpi.rank).length;
    return countingMs + turnMs * Math.min(2, before);
  }
}
