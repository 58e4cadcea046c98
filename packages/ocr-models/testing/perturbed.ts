import type { Module } from "@retort/autograd/nn";
import { assign, Random, randomUniform } from "@retort/tensor";

/** Where the numbers of a trained network lie, by the ends of their keys; of the others nothing is changed. */
const ranges: readonly (readonly [end: RegExp, low: number, high: number])[] = [
  [/\._mean$|bias(_.*)?$/, -0.3, 0.3],
  [/\._variance$|\.lab\.scale$/, 0.6, 1.5],
  // Of a bottleneck's last layer: sums of many blocks that are as large as their inputs magnify rounding.
  [/bb_\d_\d+\.conv2\._batch_norm\.weight$/, 0.1, 0.3],
  [/(bn\d?|norm\d?|_batch_norm|identity)\.weight$/, 0.7, 1.4],
];

/** Moves offsets, gains and running statistics away from where they start, so that none can be left out unnoticed. */
export function perturbed<N extends Module>(network: N, seed = 7): N {
  const random = new Random(seed);
  for (const [key, value] of network.stateDict()) {
    const range = ranges.find(([end]) => end.test(key));
    if (range === undefined) continue;
    const [, low, high] = range;
    assign(value, randomUniform(value.shape, low, high, random.words(), 0));
  }
  return network;
}
