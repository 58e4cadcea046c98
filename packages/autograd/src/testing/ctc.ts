import type { Tensor } from "@retort/tensor";
import type { Arbitrary } from "fast-check";
import { batches, labelSequences, logits } from "./arbitraries.js";
import { type Grid, grid } from "./grid.js";
import type { Law } from "./law.js";
import { valueMatches } from "./laws.js";

/** What CTC losses take: logits [B, steps, classes], int32 labels [B, maxLength] that fit into the steps, lengths [B]. */
export function ctcBatches({
  classes = 4,
  steps = 4,
  maxLength = 3,
}: {
  readonly classes?: number;
  readonly steps?: number;
  readonly maxLength?: number;
} = {}): Arbitrary<Tensor[]> {
  return batches((batch) => [
    logits({ classes, lead: [batch, steps] }),
    labelSequences({ batch, classes, maxLength, steps }),
  ]);
}

const mostPaths = 1e5;

/**
 * CTC by its definition: of logits [B, T, C], labels [B, L] and lengths [B], minus the logarithm of the summed
 * probability of all C^T paths that read as the label, [B]; 0 where there is none.
 * Source: Graves et al. 2006, equations 1 to 3.
 * @throws RangeError when there are more than 100,000 paths
 */
export function ctcByAlignments(logits: Grid, labels: Grid, lengths: Grid, blank = 0): Grid {
  const [batch, steps, classes] = logits.shape;
  if (classes ** steps > mostPaths) throw new RangeError(`${classes}^${steps} paths are too many to try all of them`);
  return grid([batch], (b) => {
    const rows = Array.from({ length: steps }, (_, t) => probabilities(logits, b, t));
    const wanted = Array.from({ length: lengths.at(b) }, (_, i) => labels.at(b, i)).join();
    const total = alignmentsOf(rows, wanted, blank);
    return total === 0 ? 0 : -Math.log(total);
  });
}

function probabilities(logits: Grid, b: number, t: number): number[] {
  const scores = Array.from({ length: logits.shape[2] }, (_, c) => logits.at(b, t, c));
  const top = Math.max(...scores);
  const exps = scores.map((score) => Math.exp(score - top));
  const total = exps.reduce((p, q) => p + q, 0);
  return exps.map((value) => value / total);
}

/** The summed probability of the paths that read as `wanted`: repeats merged, then blanks dropped. */
function alignmentsOf(rows: readonly number[][], wanted: string, blank: number): number {
  const walk = (path: readonly number[], probability: number): number => {
    if (path.length === rows.length) {
      return path.filter((c, t) => c !== blank && c !== path[t - 1]).join() === wanted ? probability : 0;
    }
    return rows[path.length].reduce((total, p, c) => total + walk([...path, c], probability * p), 0);
  };
  return walk([], 1);
}

/**
 * A loss of logits, labels and lengths, as `ctcBatches` draws them, is CTC by trying all alignments: one value for each
 * sample, or their mean or sum.
 */
export function ctcMatchesAlignments(
  reduction: "each" | "mean" | "sum" = "each",
  { blank = 0 }: { readonly blank?: number } = {},
): Law {
  const law = valueMatches((logits, labels, lengths) => {
    const each = ctcByAlignments(logits, labels, lengths, blank);
    if (reduction === "each") return each;
    const total = each.values.reduce((a, b) => a + b, 0);
    return reduction === "sum" ? total : total / each.values.length;
  });
  return { ...law, name: `ctcMatchesAlignments("${reduction}")`, runs: 20 };
}
