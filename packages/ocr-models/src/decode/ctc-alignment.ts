const blank = 0;
const never = Number.NEGATIVE_INFINITY;

/**
 * The step at which each character of a text begins on the most probable path to it, through the probabilities
 * [steps, classes] of a CTC head whose class 0 is the blank.
 * Source: the Viterbi algorithm on the states of Graves et al. 2006 (Connectionist Temporal Classification).
 * @throws RangeError when no path leads to the text
 */
export function alignCtc(probabilities: ArrayLike<number>, classes: number, text: readonly number[]): number[] {
  const steps = probabilities.length / classes;
  // Characters, with blanks before, between and after them.
  const states = [blank, ...text.flatMap((c) => [c, blank])];
  const moves = new Uint8Array(steps * states.length);
  let scores = Float64Array.from(states, (_, s) => (s === 0 ? 0 : never));
  for (let t = 0; t < steps; t++) {
    const next = new Float64Array(states.length);
    for (let s = 0; s < states.length; s++) {
      const move = bestMove(scores, states, s);
      moves[t * states.length + s] = move;
      next[s] = scores[s - move] + Math.log(probabilities[t * classes + states[s]]);
    }
    scores = next;
  }
  const end = states.length - 1;
  const last = end > 0 && scores[end - 1] > scores[end] ? end - 1 : end;
  if (!(scores[last] > never)) {
    throw new RangeError(`no path of ${steps} steps leads to the text of ${text.length} characters`);
  }
  return beginnings(moves, states.length, last, text.length);
}

/** How many states the best path to state `s` moves on: none, one, or two, past a blank between different characters. */
function bestMove(scores: Float64Array, states: readonly number[], s: number): number {
  let best = 0;
  if (s >= 1 && scores[s - 1] > scores[s]) best = 1;
  const skips = s >= 2 && states[s] !== blank && states[s] !== states[s - 2];
  return skips && scores[s - 2] > scores[s - best] ? 2 : best;
}

/** Walks a path back from its last state. */
function beginnings(moves: Uint8Array, states: number, last: number, characters: number): number[] {
  const found = new Array<number>(characters);
  let state = last;
  for (let t = moves.length / states - 1; t >= 0; t--) {
    const move = moves[t * states + state];
    if (move > 0 && state % 2 === 1) found[(state - 1) / 2] = t;
    state -= move;
  }
  return found;
}
