import type { HostArray } from "@retort/tensor";

/** The value of a node's attribute. */
export type OnnxAttribute =
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | { readonly text: string };

/** An operation: its inputs and outputs are names of values. */
export interface OnnxNode {
  /** Such as `Conv`. */
  readonly type: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

/** An input or output of a model. An axis of any length has a name. */
export interface OnnxValue {
  readonly name: string;
  readonly shape: readonly (number | string)[];
}

/** What an ONNX file holds: operations in their order, float32 weights, and texts by name. */
export interface OnnxModel {
  readonly nodes: readonly OnnxNode[];
  /** Weights by the names that operations call them. */
  readonly initializers: ReadonlyMap<string, HostArray>;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly metadata: ReadonlyMap<string, string>;
}

/** The version of the operations that a model is made of: the first with layer normalization. */
export const operationSet = 17;
