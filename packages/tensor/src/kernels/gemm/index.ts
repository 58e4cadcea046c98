import { addressOf } from "../../cpu/buffer.js";
import { simdFor } from "../choice.js";
import type { GemmCall } from "./call.js";
import { plainGemm } from "./plain.js";
import { simdGemm } from "./simd.js";

/** Batched matrix product. */
export function runGemm(call: GemmCall): void {
  const { a, b, bias, output } = call;
  const [batch, m, n] = output.shape;
  const k = a.shape[2];
  if (batch * m * n === 0) return;
  if (k === 0 || !simdFor(a, b, output) || (bias !== undefined && bias.strides[0] !== 1 && n > 1)) {
    plainGemm(call);
    return;
  }
  simdGemm({
    m,
    n,
    k,
    a: addressOf(a),
    aBatch: a.strides[0],
    aRow: a.strides[1],
    aCol: a.strides[2],
    b: addressOf(b),
    bBatch: b.strides[0],
    bRow: b.strides[1],
    bCol: b.strides[2],
    c: addressOf(output),
    cBatch: m * n,
    cRow: n,
    bias: bias && addressOf(bias),
    batch,
  });
}
