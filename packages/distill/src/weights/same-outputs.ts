import { noGrad, type Variable } from "@retort/autograd";
import { type Network, namedFeatures } from "@retort/ocr-models";
import { bytesOf, Random, randomUniform, type TypedArray } from "@retort/tensor";

/**
 * Runs two networks in evaluation on the same random image of this height and width, and compares every output to the
 * last bit. Returns the outputs' shapes by name: `backbone_out`, `head_out.ctc` ... Both are in evaluation mode afterwards.
 * @throws Error naming the output that differs, or that only one of them has
 */
export function sameOutputs(
  before: Network,
  after: Network,
  height: number,
  width: number,
): Record<string, readonly number[]> {
  return noGrad(() => {
    const random = new Random(0);
    const image = randomUniform([1, 3, height, width], -1, 1, random.words(), 0);
    const [left, right] = [before, after].map((network) => namedFeatures(network.eval().forward(image)));
    if ([...left.keys()].join() !== [...right.keys()].join()) {
      throw new Error(`one network gives ${[...left.keys()].join(", ")}, the other ${[...right.keys()].join(", ")}`);
    }
    for (const [name, { value }] of left) {
      if (sameBits(value.dataSync(), (right.get(name) as Variable).value.dataSync())) continue;
      throw new Error(`${name} of the two networks differs on the same image`);
    }
    return Object.fromEntries([...left].map(([name, { shape }]) => [name, [...shape]]));
  });
}

function sameBits(a: TypedArray, b: TypedArray): boolean {
  const [left, right] = [bytesOf(a), bytesOf(b)];
  return left.length === right.length && left.every((byte, i) => byte === right[i]);
}
