import * as ops from "../ops/arithmetic.js";
import type { Operand, Variable } from "../variable.js";
import { Module } from "./module.js";

/** max(x, 0). */
export class Relu extends Module {
  forward(x: Operand): Variable {
    return ops.relu(x);
  }
}

/** x · sigmoid(x). */
export class Swish extends Module {
  forward(x: Operand): Variable {
    return ops.swish(x);
  }
}

/** x · clip(x + 3, 0, 6) / 6. */
export class HardSwish extends Module {
  forward(x: Operand): Variable {
    return ops.hardSwish(x);
  }
}

/** Hyperbolic tangent. */
export class Tanh extends Module {
  forward(x: Operand): Variable {
    return ops.tanh(x);
  }
}

/** 1 / (1 + e^-x). */
export class Sigmoid extends Module {
  forward(x: Operand): Variable {
    return ops.sigmoid(x);
  }
}
