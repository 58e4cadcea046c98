import type { Parameter } from "@retort/autograd";
import type { Adapters } from "../model/adapters.js";
import type { DistillationModel } from "../model/distillation-model.js";

/** What a training changes: networks, and the adapters of its losses. */
export interface Learners {
  readonly model: DistillationModel;
  readonly adapters: Adapters;
}

/** Every parameter of networks and adapters by its key, frozen ones too. */
export function namedParameters({ model, adapters }: Learners): Map<string, Parameter> {
  return new Map([...model.namedParameters(), ...adapters.namedParameters()]);
}

/** The parameters that an optimizer moves, by key. */
export function trainableParameters(learners: Learners): Map<string, Parameter> {
  return new Map([...namedParameters(learners)].filter(([, parameter]) => parameter.trainable));
}
