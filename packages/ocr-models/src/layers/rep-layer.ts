import { asVariable, conv2d, elementwise, isRecording, type Operand, Parameter, type Variable } from "@retort/autograd";
import { BatchNorm, Module } from "@retort/autograd/nn";
import { type Expression, expression, expressions, full, type Tensor } from "@retort/tensor";
import { ConvNorm } from "./conv-norm.js";
import { fuseBranches } from "./fuse-branches.js";

/** What a block of PPLCNetV3 says to its layers about training. */
export interface RepTraining {
  /** Number of parallel convolutions with the whole kernel. */
  readonly branches: number;
  /** Factor on the learning rate. */
  readonly learningRateScale: number;
  /** A further factor on that of scales and offsets. */
  readonly affineRateScale: number;
}

/** Geometry of a RepLayer; the kernel is odd, and padding keeps the size. */
export interface RepLayerOptions extends RepTraining {
  readonly kernel: number;
  readonly stride: readonly [number, number];
  readonly groups: number;
}

/** One scale and one offset for a whole map, at first 1 and 0 (rec_lcnetv3.py LearnableAffineBlock). */
class LearnableAffine extends Module {
  readonly scale: Parameter;
  readonly bias: Parameter;

  constructor(learningRateScale: number) {
    super();
    this.scale = new Parameter(full([1], 1), { learningRateScale });
    this.bias = new Parameter(full([1], 0), { learningRateScale });
  }
}

/** The affine map behind the activation (rec_lcnetv3.py Act). */
class AffineActivation extends Module {
  readonly lab: LearnableAffine;

  constructor(learningRateScale: number) {
    super();
    this.lab = new LearnableAffine(learningRateScale);
  }
}

const scaled = expression(({ x, scale, bias }) => x.mul(scale).add(bias));

const activated = expression(({ x, scale, bias, outerScale, outerBias }) =>
  expressions.hardSwish
    .apply({ x: scaled.apply({ x, scale, bias }) })
    .mul(outerScale)
    .add(outerBias),
);

function sumOf(count: number): Expression {
  return expression((inputs) =>
    Array.from({ length: count }, (_, i) => inputs[`x${i}`]).reduce((total, x) => total.add(x)),
  );
}

/**
 * Parallel branches that are one convolution in evaluation: the input itself where its shape allows, a convolution of
 * kernel 1, and several of the whole kernel, each normalized; their sum, a scale and an offset, hard-swish, and again a
 * scale and an offset. With a stride of 2 by 2 the sum has its scale and offset and nothing behind it.
 * Source: rec_lcnetv3.py LearnableRepLayer.
 */
export class RepLayer extends Module {
  readonly identity: BatchNorm | undefined;
  readonly conv_kxk: readonly ConvNorm[];
  readonly conv_1x1: ConvNorm | undefined;
  readonly lab: LearnableAffine;
  readonly act: AffineActivation;
  readonly options: RepLayerOptions;
  private readonly shape: readonly number[];
  private readonly total: Expression;

  constructor(inputs: number, outputs: number, options: RepLayerOptions) {
    super();
    const { kernel, stride, groups, learningRateScale, affineRateScale, branches } = options;
    this.options = options;
    this.shape = [outputs, inputs / groups, kernel, kernel];
    const convolution = (size: number): ConvNorm =>
      new ConvNorm(inputs, outputs, { kernel: size, stride, groups, learningRateScale, normL2: 0 });
    if (inputs === outputs && stride[0] === 1 && stride[1] === 1) {
      this.identity = new BatchNorm(inputs, { parameters: { learningRateScale } });
    }
    this.conv_kxk = Array.from({ length: branches }, () => convolution(kernel));
    if (kernel > 1) this.conv_1x1 = convolution(1);
    this.lab = new LearnableAffine(learningRateScale * affineRateScale);
    this.act = new AffineActivation(learningRateScale * affineRateScale);
    this.total = sumOf([...this.branches()].length);
  }

  /** @throws ShapeError when `x` has other channels */
  forward(x: Operand): Variable {
    const { lab, act, options } = this;
    const sum = this.linear(asVariable(x));
    if (options.stride[0] === 2 && options.stride[1] === 2) return elementwise(scaled, [sum, lab.scale, lab.bias]);
    return elementwise(activated, [sum, lab.scale, lab.bias, act.lab.scale, act.lab.bias]);
  }

  /** The convolution that does what all branches do in evaluation. */
  fused(): { weight: Tensor; bias: Tensor } {
    const branches = [...this.branches()].map((branch) =>
      branch instanceof BatchNorm
        ? branch.scaleAndShift()
        : { weight: branch.conv.weight.value, ...branch.bn.scaleAndShift() },
    );
    return fuseBranches(branches, this.shape);
  }

  private *branches(): Iterable<BatchNorm | ConvNorm> {
    if (this.identity !== undefined) yield this.identity;
    if (this.conv_1x1 !== undefined) yield this.conv_1x1;
    yield* this.conv_kxk;
  }

  /** The sum of the branches; by one convolution where nothing is recorded and statistics are the running ones. */
  private linear(x: Variable): Variable {
    if (isRecording() || this.conv_kxk[0].bn.training) {
      const results = [...this.branches()].map((branch) => branch.forward(x));
      return elementwise(this.total, results);
    }
    const { kernel, stride, groups } = this.options;
    const { weight, bias } = this.fused();
    return conv2d(x, weight, { stride, padding: Math.floor(kernel / 2), groups }, bias);
  }
}
