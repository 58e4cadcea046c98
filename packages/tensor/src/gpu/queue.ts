/** Something that may take its time. */
export type MaybePromise<T> = T | Promise<T>;

/** `next` with all values, at once where none of them is a Promise. */
export function whenAll<T, R>(
  values: readonly MaybePromise<T>[],
  next: (values: T[]) => MaybePromise<R>,
): MaybePromise<R> {
  if (values.some((value) => value instanceof Promise)) return Promise.all(values).then(next);
  return next(values as T[]);
}

/**
 * Runs tasks in the order in which they were added: at once, or, where results are Promises, each after the one before.
 * After a failure nothing runs any more, and whoever waits is told.
 */
export class Queue {
  private readonly asynchronous: boolean;
  private last: Promise<void> = Promise.resolve();
  private failure: { readonly error: unknown } | undefined;

  constructor(asynchronous: boolean) {
    this.asynchronous = asynchronous;
  }

  /** @throws what the task throws, where tasks run at once */
  add(task: () => MaybePromise<void>): void {
    if (!this.asynchronous) {
      void task();
      return;
    }
    this.last = this.last.then(async () => {
      if (this.failure !== undefined) return;
      try {
        await task();
      } catch (error) {
        this.failure = { error };
      }
    });
  }

  /** Waits for all tasks added so far. @throws the error of the first that failed */
  async settled(): Promise<void> {
    await this.last;
    if (this.failure !== undefined) throw this.failure.error;
  }
}
