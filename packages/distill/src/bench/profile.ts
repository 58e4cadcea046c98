import type { ProfiledCall } from "@retort/tensor";

/** What some calls of a kernel took in one step, on average. */
export interface KernelProfile {
  readonly kernel: string;
  /** The tensors, where the calls are told apart by them. */
  readonly shapes?: string;
  readonly calls: number;
  readonly milliseconds: number;
  /** 10^9 multiplications and additions a second; of kernels that are mostly that. */
  readonly gigaflops?: number;
  /** 10^9 bytes a second, each tensor counted once. */
  readonly gigabytes: number;
}

/** An event of Chrome's trace format, which Perfetto reads too; times in microseconds. */
export interface TraceEvent {
  readonly name: string;
  readonly ph: "X";
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur: number;
  readonly args: { readonly shapes: string };
}

/** Where the time of some steps went. */
export interface Profile {
  /** By kernel, the slowest first. */
  readonly kernels: readonly KernelProfile[];
  /** By kernel and shapes, the slowest first. */
  readonly shapes: readonly KernelProfile[];
  /** Every call. */
  readonly trace: readonly TraceEvent[];
}

/** Sums up the calls of `steps` steps. */
export function profileOf(calls: readonly ProfiledCall[], steps: number): Profile {
  return {
    kernels: summed(calls, steps, ({ kernel }) => ({ kernel })),
    shapes: summed(calls, steps, ({ kernel, shapes }) => ({ kernel, shapes })),
    trace: calls.map(({ kernel, shapes, start, milliseconds }) => ({
      name: kernel,
      ph: "X",
      pid: 1,
      tid: 1,
      ts: 1000 * start,
      dur: 1000 * milliseconds,
      args: { shapes },
    })),
  };
}

function summed(
  calls: readonly ProfiledCall[],
  steps: number,
  name: (call: ProfiledCall) => Pick<KernelProfile, "kernel" | "shapes">,
): KernelProfile[] {
  const groups = new Map<string, ProfiledCall[]>();
  for (const call of calls) {
    const key = Object.values(name(call)).join(" ");
    groups.set(key, [...(groups.get(key) ?? []), call]);
  }
  return [...groups.values()]
    .map((group) => ({ ...name(group[0]), ...rates(group, steps) }))
    .sort((a, b) => b.milliseconds - a.milliseconds);
}

function rates(group: readonly ProfiledCall[], steps: number): Omit<KernelProfile, "kernel" | "shapes"> {
  const total = (value: (call: ProfiledCall) => number): number => group.reduce((sum, call) => sum + value(call), 0);
  const milliseconds = total((call) => call.milliseconds);
  const operations = total((call) => call.operations ?? 0);
  return {
    calls: group.length / steps,
    milliseconds: milliseconds / steps,
    ...(operations > 0 ? { gigaflops: operations / milliseconds / 1e6 } : {}),
    gigabytes: total((call) => call.bytes) / milliseconds / 1e6,
  };
}
