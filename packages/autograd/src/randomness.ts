import { Random } from "@retort/tensor";

let current = new Random(0);

/** The generator from which initialisers and dropout draw. Without `withRandom` it starts from seed 0. */
export function currentRandom(): Random {
  return current;
}

/** Runs `fn` with `random` as the source of initial values and dropout masks. Synchronous, like `scope`. */
export function withRandom<T>(random: Random, fn: () => T): T {
  const before = current;
  current = random;
  try {
    return fn();
  } finally {
    current = before;
  }
}
