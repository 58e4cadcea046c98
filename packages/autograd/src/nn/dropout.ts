import { dropout } from "../ops/dropout.js";
import { asVariable, type Operand, type Variable } from "../variable.js";
import { Module } from "./module.js";

/** In training, sets elements to 0 with a probability and scales up the others; in evaluation it does nothing. */
export class Dropout extends Module {
  /** Between 0 and 1; may be changed, for example to 0 to make training deterministic. */
  probability: number;

  constructor(probability: number) {
    super();
    if (!(probability >= 0 && probability < 1))
      throw new RangeError(`Dropout: probability ${probability} is not in [0, 1)`);
    this.probability = probability;
  }

  forward(x: Operand): Variable {
    return this.training && this.probability > 0 ? dropout(x, this.probability) : asVariable(x);
  }
}
