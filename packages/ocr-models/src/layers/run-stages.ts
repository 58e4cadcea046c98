import { asVariable, type Operand, type Variable } from "@retort/autograd";
import { type Layer, runInTurn } from "@retort/autograd/nn";

/** Runs stages of layers one after the other and keeps what each stage gives. */
export function runStages(stages: readonly (readonly Layer[])[], x: Operand): Variable[] {
  let map = asVariable(x);
  return stages.map((layers) => {
    map = runInTurn(layers, map);
    return map;
  });
}
