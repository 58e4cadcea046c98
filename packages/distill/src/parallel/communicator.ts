/** Numbers that ranks exchange: an ordinary array, or a view of the heap that tensors lie in. */
export type Numbers = Float32Array | Float64Array;

/** How the numbers of all ranks become one. */
export type Reduction = "sum" | "max";

/** An exchange that goes on while its rank computes. Its numbers may not be touched before `wait` has returned. */
export interface Exchange {
  /** Moves the exchange on as far as it goes without waiting. To be called now and then: nothing else moves it. */
  test(): void;
  /** Waits for its end. */
  wait(): void;
}

/**
 * The processes that work on one task together, each of which is a rank. Every function but `abort` is to be called by
 * all ranks, in the same order and with as many numbers. A rank that waits for another one longer than a limit ends
 * them all, so that nothing hangs.
 */
export interface Communicator {
  /** The number of this process, from 0. */
  readonly rank: number;
  /** How many there are. */
  readonly size: number;
  /** Replaces numbers by their sums or maxima over all ranks. Every rank gets the same bits. */
  allReduce(numbers: Numbers, reduction?: Reduction): void;
  /** Starts what `allReduce` does with sums. */
  startAllReduce(numbers: Numbers): Exchange;
  /** Replaces the numbers of all ranks by those of one, rank 0 unless another is given. */
  broadcast(numbers: Numbers, from?: number): void;
  /** The texts of all ranks, by rank. */
  gather(text: string): string[];
  /** Returns once all ranks have called it. */
  barrier(): void;
  /** Ends all ranks at once. The reason, with the rank's name, goes to stderr. */
  abort(reason: string): never;
  /** Leaves: no other function may be called afterwards. The processes go on. */
  close(): void;
}

/** Which of several processes this is, from 0, and how many there are. */
export type Ranks = Pick<Communicator, "rank" | "size">;

const done: Exchange = { test() {}, wait() {} };

/** The communicator of a process that works alone. */
export const alone: Communicator = {
  rank: 0,
  size: 1,
  allReduce() {},
  startAllReduce: () => done,
  broadcast() {},
  gather: (text) => [text],
  barrier() {},
  abort(reason) {
    throw new Error(reason);
  },
  close() {},
};
