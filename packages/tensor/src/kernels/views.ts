import type { View } from "../device.js";

/** The views of a kernel's call with the names of their fields, also those in lists and in parts of the call. */
export function* viewsOf(call: object): Iterable<readonly [name: string, view: View]> {
  for (const [name, value] of Object.entries(call)) {
    if (isView(value)) yield [name, value];
    else if (Array.isArray(value)) for (const item of value) if (isView(item)) yield [name, item];
  }
  const { activation } = call as { activation?: { beta?: View } };
  if (activation?.beta !== undefined) yield ["beta", activation.beta];
}

/** Elements of a view, what is repeated by broadcasting counted once. */
export function elementsOf({ shape, strides }: View): number {
  return shape.reduce((product, length, axis) => (strides[axis] === 0 ? product : product * length), 1);
}

/** The call with other views in their places. */
export function withViews<Call extends object>(call: Call, replace: (view: View) => View): Call {
  const swap = (value: unknown): unknown => {
    if (isView(value)) return replace(value);
    return Array.isArray(value) && value.some(isView) ? value.map(swap) : value;
  };
  const result: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(call)) result[name] = swap(value);
  const { activation } = call as { activation?: { beta?: View } };
  if (activation?.beta !== undefined) result.activation = { ...activation, beta: replace(activation.beta) };
  return result as Call;
}

function isView(value: unknown): value is View {
  return typeof value === "object" && value !== null && "buffer" in value && "strides" in value;
}
