import { cpu, type HostArray, type Tensor, tensor, withDevice } from "@retort/tensor";
import { bfloat16Values, float16Values } from "./half-floats.js";

/**
 * An array of a file as a tensor on the CPU. Half-precision numbers become float32, and int64 float64, all of them exactly; other
 * types stay.
 * @throws Error naming `what` for a type that no tensor has, or an integer beyond 2^53
 */
export function hostTensor(what: string, array: HostArray): Tensor {
  return withDevice(cpu(), () => asTensor(what, array));
}

function asTensor(what: string, { dtype, shape, data }: HostArray): Tensor {
  switch (dtype) {
    case "float16":
      return tensor(float16Values(data as Uint16Array), shape);
    case "bfloat16":
      return tensor(bfloat16Values(data as Uint16Array), shape);
    case "int64":
      return tensor(exactNumbers(what, data as BigInt64Array), shape);
    case "float32":
    case "float64":
    case "int32":
    case "uint8":
    case "bool":
      return tensor(data as Float32Array, shape, dtype);
    default:
      throw new Error(`${what} is ${dtype}, which no tensor can hold`);
  }
}

function exactNumbers(what: string, values: BigInt64Array): Float64Array {
  const beyond = values.find((value) => !Number.isSafeInteger(Number(value)));
  if (beyond !== undefined) throw new Error(`${what} holds ${beyond}, beyond 2^53, up to which numbers are exact`);
  return Float64Array.from(values, Number);
}
