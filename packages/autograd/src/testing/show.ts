import { formatShape, type Shape, type Tensor } from "@retort/tensor";

const most = 64;

/** A tensor for a reader: dtype, shape and its values in nested brackets, the first 64 of larger ones. */
export function shown(x: Tensor): string {
  const head = `${x.dtype} ${formatShape(x.shape)}`;
  const values = Array.from(x.dataSync(), number);
  if (values.length > most) return `${head} ${values.slice(0, most).join(" ")} ... (${values.length} values)`;
  return `${head} ${nested(values, x.shape)}`;
}

function number(value: number): string {
  return Object.is(value, -0) ? "-0" : String(Number(value.toPrecision(7)));
}

function nested(values: readonly string[], shape: Shape): string {
  if (shape.length === 0) return values[0];
  const [length, ...rest] = shape;
  const size = values.length / length;
  const parts = Array.from({ length }, (_, i) => nested(values.slice(i * size, (i + 1) * size), rest));
  return `[${parts.join(", ")}]`;
}
