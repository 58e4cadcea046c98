/** What to do when a step with so many samples at a time does not fit in memory. */
export function memoryHint(samples: number): string {
  return samples > 1
    ? `set Train.loader.micro_batch_size below ${samples}, which splits a batch into accumulated parts`
    : "make the images or the networks smaller";
}
