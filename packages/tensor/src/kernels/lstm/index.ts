import { simdFor } from "../choice.js";
import type { LstmCall, LstmGradCall } from "./call.js";
import { plainLstm, plainLstmGrad } from "./plain.js";
import { simdLstm, simdLstmGrad } from "./simd.js";

/** An LSTM layer over a sequence. */
export function runLstm(call: LstmCall): void {
  if (simdFor(call.gates)) simdLstm(call);
  else plainLstm(call);
}

/** Gradients of an LSTM layer. */
export function runLstmGrad(call: LstmGradCall): void {
  if (simdFor(call.cell)) simdLstmGrad(call);
  else plainLstmGrad(call);
}
