import type { LstmCall, LstmGradCall } from "./call.js";
import { plainLstm, plainLstmGrad } from "./plain.js";

/** An LSTM layer over a sequence. */
export function runLstm(call: LstmCall): void {
  plainLstm(call);
}

/** Gradients of an LSTM layer. */
export function runLstmGrad(call: LstmGradCall): void {
  plainLstmGrad(call);
}
