/** A number of a training at a step, as TensorBoard shows it. */
export interface Scalar {
  /** Its name; parts before a `/` become groups. */
  readonly tag: string;
  readonly step: number;
  /** Kept as a float32. */
  readonly value: number;
  /** Seconds since 1970. */
  readonly time: number;
}

/** How a field of a protocol buffer is written. */
const wire = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** The first event of a file: which version of the format it has. */
export function versionEvent(time: number): Uint8Array {
  return joined(double(1, time), bytes(3, new TextEncoder().encode("brain.Event:2")));
}

/**
 * A scalar as TensorBoard's protocol buffer `Event` with a `Summary` of one value.
 * Source: event.proto and summary.proto of TensorBoard.
 */
export function scalarEvent({ tag, step, value, time }: Scalar): Uint8Array {
  const summaryValue = joined(bytes(1, new TextEncoder().encode(tag)), float(2, value));
  return joined(double(1, time), joined(key(2, wire.varint), varint(step)), bytes(5, bytes(1, summaryValue)));
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** A whole number that is not negative, seven bits a byte, the lowest first. */
function varint(value: number): Uint8Array {
  const found: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) found.push((rest % 128) | 128);
  return Uint8Array.from([...found, rest]);
}

const key = (field: number, type: number): Uint8Array => varint((field << 3) | type);

const bytes = (field: number, value: Uint8Array): Uint8Array =>
  joined(key(field, wire.bytes), varint(value.length), value);

function double(field: number, value: number): Uint8Array {
  const data = new DataView(new ArrayBuffer(8));
  data.setFloat64(0, value, true);
  return joined(key(field, wire.fixed64), new Uint8Array(data.buffer));
}

function float(field: number, value: number): Uint8Array {
  const data = new DataView(new ArrayBuffer(4));
  data.setFloat32(0, value, true);
  return joined(key(field, wire.fixed32), new Uint8Array(data.buffer));
}
