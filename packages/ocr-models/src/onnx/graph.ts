import type { Parameter } from "@retort/autograd";
import type { Module, ModuleBuffer } from "@retort/autograd/nn";
import type { HostArray } from "@retort/tensor";
import type { OnnxAttribute, OnnxNode } from "./model.js";

/**
 * The operations of a network, written down one after the other. Values go by name; a parameter's is its key in the
 * state dict of the network, whether it is written as it is or with something folded in.
 */
export class OnnxGraph {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: Map<string, HostArray> = new Map();
  private readonly keys: ReadonlyMap<Parameter | ModuleBuffer, string>;

  constructor(network: Module) {
    this.keys = new Map([...network.entries()].map(([key, member]) => [member, key]));
  }

  /** Adds an operation with one result, and returns the result's name. */
  node(type: string, inputs: readonly string[], attributes: Readonly<Record<string, OnnxAttribute>> = {}): string {
    return this.named(`${type}_${this.nodes.length}`, type, inputs, attributes);
  }

  /** As `node`, with a name for the result. */
  named(
    name: string,
    type: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
  ): string {
    this.nodes.push({ type, inputs, outputs: [name], attributes });
    return name;
  }

  /** A parameter as it is. */
  parameter(parameter: Parameter): string {
    return this.inPlaceOf(parameter, parameter.value.dataSync() as Float32Array, parameter.shape);
  }

  /** Other numbers under the key of a parameter. */
  inPlaceOf(parameter: Parameter, data: Float32Array, shape: readonly number[]): string {
    const key = this.keys.get(parameter);
    if (key === undefined) throw new Error("a parameter does not belong to the network that is written");
    this.initializers.set(key, { dtype: "float32", shape: [...shape], data });
    return key;
  }

  /** A constant of whole numbers: a list of lengths or axes or, of a number, a 0-d one. */
  integers(values: number | readonly number[]): string {
    if (typeof values === "number") return this.node("Constant", [], { value_int: { int: values } });
    return this.node("Constant", [], { value_ints: { ints: values } });
  }

  /** A constant list of fractions or, of a number, a 0-d one. */
  numbers(values: number | readonly number[]): string {
    if (typeof values === "number") return this.node("Constant", [], { value_float: { float: values } });
    return this.node("Constant", [], { value_floats: { floats: values } });
  }
}
