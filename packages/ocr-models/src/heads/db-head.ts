import { concat, elementwise, type Operand, sigmoid, type Variable } from "@retort/autograd";
import { BatchNorm, Conv2d, ConvTranspose2d, kaimingNormal, Module, uniformInitializer } from "@retort/autograd/nn";
import { expression, expressions, selectTerm } from "@retort/tensor";

/** What a config can say about a DB head. */
export interface DbHeadOptions {
  /** How steeply the binary map passes from 0 to 1 where probability and threshold meet. */
  readonly k: number;
  /** Kernels of the convolution, which is odd, and of two transposed ones, which double the size with 2. */
  readonly kernelList: readonly [number, number, number];
  /** Training puts 0 in place of NaN behind both normalizations. */
  readonly fixNan: boolean;
}

const withoutNaN = expression(({ x }) => selectTerm(x.ne(x), 0, x));

/** One map in (0, 1), four times as high and wide as x [B, C, H, W] (det_db_head.py Head). */
class MapHead extends Module {
  readonly conv1: Conv2d;
  readonly conv_bn1: BatchNorm;
  readonly conv2: ConvTranspose2d;
  readonly conv_bn2: BatchNorm;
  readonly conv3: ConvTranspose2d;
  private readonly fixNan: boolean;

  constructor(inputs: number, { kernelList, fixNan }: DbHeadOptions) {
    super();
    const [kernel, second, third] = kernelList;
    const channels = Math.floor(inputs / 4);
    const limit = 1 / Math.sqrt(channels);
    const doubling = { stride: 2, biasInit: uniformInitializer(-limit, limit) };
    const norm = { bias: 1e-4, activation: expressions.relu };
    const padding = Math.floor(kernel / 2);
    this.conv1 = new Conv2d(inputs, channels, { kernel, padding, bias: false, weightInit: kaimingNormal });
    this.conv_bn1 = new BatchNorm(channels, norm);
    this.conv2 = new ConvTranspose2d(channels, channels, { ...doubling, kernel: second });
    this.conv_bn2 = new BatchNorm(channels, norm);
    this.conv3 = new ConvTranspose2d(channels, 1, { ...doubling, kernel: third });
    this.fixNan = fixNan;
  }

  forward(x: Operand): Variable {
    const first = this.fixed(this.conv_bn1.forward(this.conv1.forward(x)));
    const second = this.fixed(this.conv_bn2.forward(this.conv2.forward(first)));
    return sigmoid(this.conv3.forward(second));
  }

  private fixed(x: Variable): Variable {
    return this.fixNan && this.training ? elementwise(withoutNaN, [x]) : x;
  }
}

const step = expression(({ shrink, threshold }, { k }) => shrink.sub(threshold).mul(k).sigmoid());

/**
 * Probabilities of text from x [B, C, H, W]: in evaluation the shrink map [B, 1, 4H, 4W]; in training also the threshold
 * map and the binary map 1 / (1 + exp(-k (shrink - threshold))), [B, 3, 4H, 4W].
 * Source: Liao et al. 2020 (Real-time Scene Text Detection with Differentiable Binarization); det_db_head.py DBHead.
 */
export class DbHead extends Module {
  readonly binarize: MapHead;
  readonly thresh: MapHead;
  private readonly k: number;

  constructor(inputs: number, options: DbHeadOptions) {
    super();
    this.binarize = new MapHead(inputs, options);
    this.thresh = new MapHead(inputs, options);
    this.k = options.k;
  }

  /** @throws ShapeError when `x` has other channels */
  forward(x: Operand): Variable {
    const shrink = this.binarize.forward(x);
    if (!this.training) return shrink;
    const threshold = this.thresh.forward(x);
    return concat([shrink, threshold, elementwise(step, [shrink, threshold], [this.k])], 1);
  }
}
