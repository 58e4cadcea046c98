/**
 * Words of the block of shared memory through which the calling thread and the workers talk.
 *
 * A job is described in the words from `kernel` on, which are written only while `open` is 0 and nobody is `active`.
 * A worker raises `active` before it looks at `open`; the caller waits for `active` to be 0 after it has cleared
 * `open`. So a worker that wakes late finds the job closed, or is waited for, and never sees half a job.
 */
export const control = {
  /** Raised with every job; idle workers wait on it. */
  signal: 0,
  /** 1 while blocks may be taken. */
  open: 1,
  /** The next block. */
  next: 2,
  /** Workers inside the job. */
  active: 3,
  /** Workers asleep. */
  parked: 4,
  /** 1 while the caller sleeps until `active` is 0. */
  waiting: 5,
  /** Workers that have started. */
  ready: 6,
  /** 1 when a worker failed in this job. */
  failed: 7,
  kernel: 16,
  kernelAddress: 17,
  kernelBytes: 18,
  count: 19,
  grain: 20,
  args: 21,
  scratch: 22,
  scratchStride: 23,
  /** Workers that take part: those with a lower number. */
  workers: 24,
  /** Characters of the failure's message, and the message as UTF-16 units, one a word. */
  messageLength: 31,
  message: 32,
} as const;

/** Longest message of a failure. */
export const MESSAGE_LIMIT = 96;
/** Size of the block in words. */
export const CONTROL_WORDS: number = control.message + MESSAGE_LIMIT;
/** A block number behind the last one of any job. */
export const NO_MORE_BLOCKS = 0x3fff_ffff;
