import type { SumOverParts } from "@retort/autograd";
import { BatchNorm, type Module } from "@retort/autograd/nn";
import { assign, cast, scope, tensor } from "@retort/tensor";
import type { Communicator } from "./communicator.js";

function batchNorms(model: Module): Set<BatchNorm> {
  return new Set([...model.modules()].filter((module) => module instanceof BatchNorm));
}

/** Lets every batch norm use the statistics of the whole batch, over whose parts `sumOverParts` adds up. */
export function shareStatistics(model: Module, sumOverParts: SumOverParts): void {
  for (const module of batchNorms(model)) module.sumOverParts = sumOverParts;
}

/**
 * Replaces running means and variances by their averages over all ranks, so that all have one model to evaluate and to
 * save. What is equal on all ranks stays as it is, to the bit.
 */
export function averageStatistics(model: Module, ranks: Communicator): void {
  const running = [...batchNorms(model)].flatMap(({ _mean, _variance }) => [_mean.value, _variance.value]);
  const sums = Float64Array.from(running.flatMap((value) => [...value.dataSync()]));
  ranks.allReduce(sums);
  let at = 0;
  for (const value of running) {
    const average = sums.slice(at, at + value.size).map((sum) => sum / ranks.size);
    at += value.size;
    scope(() => assign(value, cast(tensor(average, value.shape), value.dtype)));
  }
}
