import type { OnnxGraph } from "./graph.js";

/** A window; the stride is as large as the kernel where it is left out. */
interface Window {
  readonly kernel: readonly [number, number];
  readonly stride?: readonly [number, number];
  readonly padding?: readonly [number, number];
}

/** A pool over a map. */
export function pool(graph: OnnxGraph, type: "AveragePool" | "MaxPool", x: string, window: Window): string {
  const { kernel, stride = kernel, padding = [0, 0] } = window;
  return graph.node(type, [x], {
    kernel_shape: { ints: kernel },
    strides: { ints: stride },
    pads: { ints: [...padding, ...padding] },
  });
}
