let chosen: number | undefined;

/** Threads that work on one operation, the calling one included: `RETORT_THREADS`, or the cores this process may use. */
export function threads(): number {
  chosen ??= fromEnvironment() ?? availableCores();
  return chosen;
}

/** Sets the number of threads for all that follows. It does not change results. @throws Error unless it is 1 or more */
export function setThreads(count: number): void {
  chosen = checked(count, "setThreads", String(count));
}

function fromEnvironment(): number | undefined {
  const text = globalThis.process?.env.RETORT_THREADS;
  return text === undefined || text === "" ? undefined : checked(Number(text), "RETORT_THREADS", text);
}

function checked(count: number, source: string, found: string): number {
  if (!Number.isInteger(count) || count < 1 || count > 256) {
    throw new Error(`${source}: expected a number of threads from 1 to 256, found "${found}"`);
  }
  return count;
}

function availableCores(): number {
  const os = globalThis.process?.getBuiltinModule?.("node:os");
  if (os === undefined) return Math.min(256, globalThis.navigator?.hardwareConcurrency ?? 1);
  return Math.min(256, os.availableParallelism(), containerCores());
}

/** The processor quota of the container, which Node 20 does not look at. */
function containerCores(): number {
  const fs = globalThis.process.getBuiltinModule("node:fs");
  const file = "/sys/fs/cgroup/cpu.max";
  return fs.existsSync(file) ? quotaCores(fs.readFileSync(file, "utf8")) : Number.POSITIVE_INFINITY;
}

/** Whole cores that a `cpu.max` file ("quota period", or "max period") grants, at least 1. */
export function quotaCores(cpuMax: string): number {
  const [quota, period] = cpuMax.trim().split(/\s+/).map(Number);
  return quota > 0 && period > 0 ? Math.max(1, Math.floor(quota / period)) : Number.POSITIVE_INFINITY;
}
