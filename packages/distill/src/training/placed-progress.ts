import type { Checkpoint, Progress } from "./checkpoint.js";
import type { Run } from "./run.js";

/**
 * Where a run goes on from a checkpoint. When other ranks make an epoch of other steps, it is as far in its epoch, in
 * whole steps, so a few samples may come again; steps, and the schedule with them, count in the new ones. With as many
 * samples a step as before it is exactly where it stood.
 */
export function placedFor(
  run: Pick<Run, "ranks" | "stepsPerEpoch">,
  { progress, optimizer }: Pick<Checkpoint, "progress" | "optimizer">,
): { readonly progress: Progress; readonly optimizer: Checkpoint["optimizer"] } {
  const { ranks, stepsPerEpoch: steps } = run;
  const before = progress.together;
  if (before === undefined || before.ranks === ranks.size || before.stepsPerEpoch === steps) {
    return { progress, optimizer };
  }
  const factor = steps / before.stepsPerEpoch;
  const { epoch, batch } = progress.position;
  const position = { epoch, batch: Math.floor(batch * factor) };
  const moved = (count: number): number => Math.floor(count * factor);
  return {
    progress: { ...progress, position, step: epoch * steps + position.batch },
    optimizer: { ...optimizer, step: moved(optimizer.step) },
  };
}
