/** The learning rate of a step, counted from 0. Pure, so that a resumed run needs only the number of its step. */
export type Schedule = (step: number) => number;

/** Checks that a number of steps is a whole number of at least 1. @throws RangeError naming it */
export function needSteps(schedule: string, counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts)) {
    if (Number.isInteger(count) && count >= 1) continue;
    throw new RangeError(`${schedule}: ${name} must be a whole number of steps of at least 1, found ${count}`);
  }
}

/** Checks that boundaries are whole numbers that grow. @throws RangeError showing them */
export function needAscending(schedule: string, name: string, list: readonly number[]): void {
  if (list.every((value, i) => Number.isInteger(value) && value >= 0 && (i === 0 || value > list[i - 1]))) return;
  throw new RangeError(`${schedule}: ${name} must be whole numbers of steps that grow, found [${list.join(", ")}]`);
}

/** From `start` at fraction 0 to `end` at fraction 1 along half a cosine wave. */
export function alongCosine(start: number, end: number, fraction: number): number {
  return end + ((start - end) * (1 + Math.cos(Math.PI * fraction))) / 2;
}
