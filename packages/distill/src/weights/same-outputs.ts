import { noGrad, Variable } from "@retort/autograd";
import type { NetworkOutput, RecognitionNetwork } from "@retort/ocr-models";
import { bytesOf, Random, randomUniform, type Tensor, type TypedArray } from "@retort/tensor";

/**
 * Runs two networks in evaluation on the same random image of this height and width, and compares every output to the
 * last bit. Returns the outputs' shapes by name: `backbone_out`, `head_out.ctc` ... Both are in evaluation mode afterwards.
 * @throws Error naming the output that differs, or that only one of them has
 */
export function sameOutputs(
  before: RecognitionNetwork,
  after: RecognitionNetwork,
  height: number,
  width: number,
): Record<string, readonly number[]> {
  return noGrad(() => {
    const random = new Random(0);
    const image = randomUniform([1, 3, height, width], -1, 1, [random.uint32(), random.uint32()], 0);
    const [left, right] = [before, after].map((network) => namedOutputs(network.eval().forward(image)));
    if ([...left.keys()].join() !== [...right.keys()].join()) {
      throw new Error(`one network gives ${[...left.keys()].join(", ")}, the other ${[...right.keys()].join(", ")}`);
    }
    for (const [name, value] of left) {
      if (sameBits(value.dataSync(), (right.get(name) as Tensor).dataSync())) continue;
      throw new Error(`${name} of the two networks differs on the same image`);
    }
    return Object.fromEntries([...left].map(([name, { shape }]) => [name, [...shape]]));
  });
}

/** Every output of a network by its name; those of several heads as `head_out.ctc`. */
function namedOutputs({ head_out, ...features }: NetworkOutput): Map<string, Tensor> {
  const named = new Map<string, Tensor>();
  for (const [name, value] of Object.entries(features)) if (value !== undefined) named.set(name, value.value);
  if (head_out instanceof Variable) return named.set("head_out", head_out.value);
  for (const [part, { value }] of Object.entries(head_out) as [string, Variable][])
    named.set(`head_out.${part}`, value);
  return named;
}

function sameBits(a: TypedArray, b: TypedArray): boolean {
  const [left, right] = [bytesOf(a), bytesOf(b)];
  return left.length === right.length && left.every((byte, i) => byte === right[i]);
}
