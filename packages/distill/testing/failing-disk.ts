import type * as promises from "node:fs/promises";

type Disk = typeof promises;
type Open = Disk["open"];

/** How a disk fails: `error`, one call fails; `full`, half of a write arrives before it fails; `death`, nothing works any more. */
export type Fault = "error" | "full" | "death";

/** A disk that counts what changes it, and fails when told to. */
export class FailingDisk {
  /** What was done to it since `arm` or `heal`, in order. */
  readonly done: string[] = [];
  private fault: Fault | undefined;
  private left = Number.POSITIVE_INFINITY;

  /** Fails at the change number `at`, counted from 0. */
  arm(fault: Fault, at: number): void {
    this.heal();
    this.fault = fault;
    this.left = at;
  }

  /** Works again. */
  heal(): void {
    this.fault = undefined;
    this.left = Number.POSITIVE_INFINITY;
    this.done.length = 0;
  }

  /** Whether it failed since `arm`. */
  get failed(): boolean {
    return this.left < 0;
  }

  /** `node:fs/promises`, whose opens, writes, flushes, renames and removals go through this disk. */
  wrap(real: Disk): Disk {
    const open = (async (...args: Parameters<Open>) =>
      this.handle(await this.change("open", () => real.open(...args)))) as Open;
    return {
      ...real,
      open,
      rename: (from, to) => this.change("rename", () => real.rename(from, to)),
      rm: (path, options) => this.change("remove", () => real.rm(path, options)),
    };
  }

  private handle(real: promises.FileHandle): promises.FileHandle {
    const { change } = this;
    return new Proxy(real, {
      get: (target, key) => {
        if (key === "writeFile") {
          return (data: Uint8Array | string) =>
            change.call(
              this,
              "write",
              () => target.writeFile(data),
              () => target.writeFile(data.slice(0, data.length >> 1)),
            );
        }
        if (key === "sync") return () => change.call(this, "flush", () => target.sync());
        const value: unknown = Reflect.get(target, key);
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
  }

  private async change<T>(what: string, act: () => Promise<T>, half?: () => Promise<unknown>): Promise<T> {
    this.done.push(what);
    const now = this.left-- === 0;
    if (now && this.fault !== "error") await half?.();
    if (now || (this.failed && this.fault === "death")) throw new Error(`${what} failed: no space left on device`);
    return act();
  }
}
