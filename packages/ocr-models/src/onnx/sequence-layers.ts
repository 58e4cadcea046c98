import type { Parameter } from "@retort/autograd";
import type { LayerNorm, Linear, Lstm, MultiHeadAttention } from "@retort/autograd/nn";
import type { OnnxGraph } from "./graph.js";

// Lengths of a reshape: 0 is that of the input's axis, -1 what is left over.

/** x [..., in] · weight + bias */
export function linear(graph: OnnxGraph, { weight, bias }: Linear, x: string): string {
  const product = graph.node("MatMul", [x, graph.parameter(weight)]);
  return bias === undefined ? product : graph.node("Add", [product, graph.parameter(bias)]);
}

/** Layer normalization over the last axis. */
export function layerNorm(graph: OnnxGraph, { weight, bias, epsilon }: LayerNorm, x: string): string {
  return graph.node("LayerNormalization", [x, graph.parameter(weight), graph.parameter(bias)], {
    axis: { int: -1 },
    epsilon: { float: epsilon },
  });
}

/** Attention of every place of x [B, N, C] to all places. */
export function attention(graph: OnnxGraph, { qkv, proj, heads }: MultiHeadAttention, x: string): string {
  const width = qkv.weight.shape[0] / heads;
  const apart = graph.node("Reshape", [linear(graph, qkv, x), graph.integers([0, 0, 3, heads, width])]);
  const parts = graph.node("Transpose", [apart], { perm: { ints: [2, 0, 3, 1, 4] } });
  const [q, k, v] = [0, 1, 2].map((i) => graph.node("Gather", [parts, graph.integers(i)], { axis: { int: 0 } }));
  const keys = graph.node("Transpose", [k], { perm: { ints: [0, 1, 3, 2] } });
  const scores = graph.node("MatMul", [graph.node("Mul", [q, graph.numbers(width ** -0.5)]), keys]);
  const weights = graph.node("Softmax", [scores], { axis: { int: -1 } });
  const mixed = graph.node("Transpose", [graph.node("MatMul", [weights, v])], { perm: { ints: [0, 2, 1, 3] } });
  return linear(graph, proj, graph.node("Reshape", [mixed, graph.integers([0, 0, heads * width])]));
}

/** Where ONNX's gates (input, output, forget, cell) stand among ours (input, forget, cell, output). */
const gateOrder = [0, 3, 1, 2];

type Cell = Lstm["cells"][number][number];
const fields = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"] as const;

/** What ONNX's operation takes of a cell, under the keys of its parameters: gates in ONNX's order. */
function sortedCell(graph: OnnxGraph, cell: Cell): Record<(typeof fields)[number], string> {
  const named = fields.map((field) => [field, sortedGates(graph, cell[field])] as const);
  return Object.fromEntries(named) as Record<(typeof fields)[number], string>;
}

function sortedGates(graph: OnnxGraph, parameter: Parameter): string {
  return graph.inPlaceOf(parameter, withGates(parameter.value.dataSync(), gateOrder), parameter.shape);
}

/** Rows of four gates in another order. */
function withGates(values: ArrayLike<number>, order: readonly number[]): Float32Array {
  const size = values.length / 4;
  return Float32Array.from(values, (_, i) => values[order[Math.floor(i / size)] * size + (i % size)]);
}

/** Our order of the gates from ONNX's, of a parameter that `lstm` has written. */
export function ownGates(values: ArrayLike<number>): Float32Array {
  return withGates(
    values,
    [0, 1, 2, 3].map((gate) => gateOrder.indexOf(gate)),
  );
}

/** LSTM layers over x [B, T, in], in one direction or both: [B, T, H] or [B, T, 2H]. */
export function lstm(graph: OnnxGraph, { cells }: Lstm, x: string): string {
  let sequence = graph.node("Transpose", [x], { perm: { ints: [1, 0, 2] } });
  for (const directions of cells) {
    const sorted = directions.map((cell) => sortedCell(graph, cell));
    const stacked = (...names: (typeof fields)[number][]): string =>
      concat(
        graph,
        sorted.map((cell) =>
          expanded(
            graph,
            concat(
              graph,
              names.map((name) => cell[name]),
            ),
          ),
        ),
      );
    const results = graph.node(
      "LSTM",
      [sequence, stacked("weight_ih"), stacked("weight_hh"), stacked("bias_ih", "bias_hh")],
      {
        hidden_size: { int: directions[0].weight_hh.shape[1] },
        direction: { text: directions.length === 2 ? "bidirectional" : "forward" },
      },
    );
    // [T, directions, B, H] to [T, B, directions · H]
    const apart = graph.node("Transpose", [results], { perm: { ints: [0, 2, 1, 3] } });
    sequence = graph.node("Reshape", [apart, graph.integers([0, 0, -1])]);
  }
  return graph.node("Transpose", [sequence], { perm: { ints: [1, 0, 2] } });
}

function concat(graph: OnnxGraph, values: readonly string[]): string {
  return values.length === 1 ? values[0] : graph.node("Concat", values, { axis: { int: 0 } });
}

/** A value with an axis of length 1 in front. */
function expanded(graph: OnnxGraph, value: string): string {
  return graph.node("Unsqueeze", [value, graph.integers([0])]);
}
