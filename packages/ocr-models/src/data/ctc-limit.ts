import type { Field, PictureSize } from "./picture.js";
import { Rejection } from "./sample.js";

/** How many time steps a network makes of pictures of a size. */
export interface CtcSteps extends PictureSize {
  steps: number;
}

/**
 * How many time steps CTC needs for the first `length` classes of a label: one each, and a blank between two equal
 * neighbours (Graves et al., 2006).
 */
export function ctcStepsNeeded(label: ArrayLike<number>, length: number): number {
  let needed = length;
  for (let i = 1; i < length; i++) if (label[i] === label[i - 1]) needed++;
  return needed;
}

/**
 * The time steps that a sample's encoded label has to fit into: those of its image's size, or the most that there are
 * where the image is not known yet. Undefined when nothing is said about the size.
 */
function stepsFor(limits: readonly CtcSteps[], image: Field | undefined): number | undefined {
  if (image === undefined) return Math.max(...limits.map(({ steps }) => steps));
  const [, height, width] = image.shape;
  return limits.find((limit) => limit.height === height && limit.width === width)?.steps;
}

/**
 * Why no alignment of a sample's label fits into the network's time steps, so that its CTC loss would be infinite (the
 * reference's is 0: nothing is learnt from it, without a word); undefined when one fits. The label is `label_ctc` or
 * `label`, with `length`.
 */
export function ctcRejection(
  fields: Readonly<Record<string, Field>>,
  limits: readonly CtcSteps[] | undefined,
): Rejection | undefined {
  const label = fields.label_ctc ?? fields.label;
  if (limits === undefined || limits.length === 0 || label === undefined || fields.length === undefined)
    return undefined;
  const steps = stepsFor(limits, fields.image);
  const length = fields.length.data[0];
  const needed = ctcStepsNeeded(label.data, length);
  if (steps === undefined || needed <= steps) return undefined;
  const detail = `${length} characters need ${needed} time steps (equal neighbours one more), the network has ${steps}`;
  return new Rejection("label too long for CTC", detail);
}
