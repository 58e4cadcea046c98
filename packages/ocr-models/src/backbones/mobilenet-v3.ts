import { add, asVariable, type Operand, type Variable } from "@retort/autograd";
import { type Member, Module } from "@retort/autograd/nn";
import { type Expression, expressions } from "@retort/tensor";
import { ConvNorm } from "../layers/conv-norm.js";
import { paddleNormal } from "../layers/paddle-normal.js";
import { roundedChannels } from "../layers/rounded-channels.js";
import { runStages } from "../layers/run-stages.js";
import { SqueezeExcitation } from "../layers/squeeze-excitation.js";

/** What a config can say about MobileNetV3 for detection. */
export interface MobileNetV3Options {
  readonly modelName: "large" | "small";
  /** Factor on every number of channels, which is rounded to a multiple of 8. */
  readonly scale: number;
  /** Leaves out squeeze and excitation. */
  readonly disableSe: boolean;
}

type Row = readonly [kernel: number, inner: number, outputs: number, se: boolean, stride: 1 | 2];

/** The blocks of a variant, with hard-swish from one of them on and ReLU before. */
interface Variant {
  readonly rows: readonly Row[];
  readonly hardSwishFrom: number;
  /** The block after which a stride of 2 begins a stage. */
  readonly stagesAfter: number;
  readonly last: number;
}

const variants: { readonly [N in MobileNetV3Options["modelName"]]: Variant } = {
  large: {
    rows: [
      [3, 16, 16, false, 1],
      [3, 64, 24, false, 2],
      [3, 72, 24, false, 1],
      [5, 72, 40, true, 2],
      [5, 120, 40, true, 1],
      [5, 120, 40, true, 1],
      [3, 240, 80, false, 2],
      [3, 200, 80, false, 1],
      [3, 184, 80, false, 1],
      [3, 184, 80, false, 1],
      [3, 480, 112, true, 1],
      [3, 672, 112, true, 1],
      [5, 672, 160, true, 2],
      [5, 960, 160, true, 1],
      [5, 960, 160, true, 1],
    ],
    hardSwishFrom: 6,
    stagesAfter: 2,
    last: 960,
  },
  small: {
    rows: [
      [3, 16, 16, true, 2],
      [3, 72, 24, false, 2],
      [3, 88, 24, false, 1],
      [5, 96, 40, true, 2],
      [5, 240, 40, true, 1],
      [5, 240, 40, true, 1],
      [5, 120, 48, true, 1],
      [5, 144, 48, true, 1],
      [5, 288, 96, true, 2],
      [5, 576, 96, true, 1],
      [5, 576, 96, true, 1],
    ],
    hardSwishFrom: 3,
    stagesAfter: 0,
    last: 576,
  },
};

/** What a block is made of. */
interface BlockOptions {
  readonly inner: number;
  readonly kernel: number;
  readonly stride: 1 | 2;
  readonly se: boolean;
  readonly activation: Expression;
}

/** 1x1 to more channels, depthwise, perhaps squeeze and excitation, 1x1 to fewer; added to the input where it fits. */
export class MobileNetV3Block extends Module {
  readonly expand_conv: ConvNorm;
  readonly bottleneck_conv: ConvNorm;
  readonly mid_se: SqueezeExcitation | undefined;
  readonly linear_conv: ConvNorm;
  readonly residual: boolean;

  constructor(inputs: number, outputs: number, { inner, kernel, stride, se, activation }: BlockOptions) {
    super();
    const depthwise = { kernel, stride, groups: inner, activation, weightInit: paddleNormal(inner) };
    this.expand_conv = new ConvNorm(inputs, inner, { kernel: 1, activation });
    this.bottleneck_conv = new ConvNorm(inner, inner, depthwise);
    if (se) this.mid_se = new SqueezeExcitation(inner, { slope: 0.2 });
    this.linear_conv = new ConvNorm(inner, outputs, { kernel: 1 });
    this.residual = stride === 1 && inputs === outputs;
  }

  forward(x: Operand): Variable {
    const input = asVariable(x);
    const inner = this.bottleneck_conv.forward(this.expand_conv.forward(input));
    const value = this.linear_conv.forward(this.mid_se?.forward(inner) ?? inner);
    return this.residual ? add(input, value) : value;
  }
}

/**
 * A detection backbone: [B, 3, H, W] to four maps, a 4th to a 32nd as high and wide. Source: Howard et al. 2019;
 * det_mobilenet_v3.py.
 */
export class MobileNetV3 extends Module {
  readonly conv: ConvNorm;
  readonly stages: readonly (readonly (MobileNetV3Block | ConvNorm)[])[];
  /** Channels of each map. */
  readonly outChannels: readonly number[];

  constructor({ modelName, scale, disableSe }: MobileNetV3Options) {
    super();
    const { rows, hardSwishFrom, stagesAfter, last } = variants[modelName];
    const scaled = (channels: number): number => roundedChannels(channels * scale, 8);
    const activation = expressions.hardSwish;
    const [stages, channels]: [(MobileNetV3Block | ConvNorm)[][], number[]] = [[[]], []];
    this.conv = new ConvNorm(3, scaled(16), { kernel: 3, stride: 2, activation });
    let inputs = scaled(16);
    for (const [i, [kernel, inner, outputs, se, stride]] of rows.entries()) {
      if (stride === 2 && i > stagesAfter) {
        stages.push([]);
        channels.push(inputs);
      }
      const how = i < hardSwishFrom ? expressions.relu : activation;
      const options = { inner: scaled(inner), kernel, stride, se: se && !disableSe, activation: how };
      stages[stages.length - 1].push(new MobileNetV3Block(inputs, scaled(outputs), options));
      inputs = scaled(outputs);
    }
    stages[stages.length - 1].push(new ConvNorm(inputs, scaled(last), { kernel: 1, activation }));
    this.stages = stages;
    this.outChannels = [...channels, scaled(last)];
  }

  override *members(): Iterable<readonly [string, Member]> {
    yield ["conv", this.conv];
    for (const [i, layers] of this.stages.entries()) {
      for (const [j, layer] of layers.entries()) yield [`stage${i}.${j}`, layer];
    }
  }

  /** From the largest map to the smallest. */
  forward(x: Operand): Variable[] {
    const [first, ...rest] = this.stages;
    return runStages([[this.conv, ...first], ...rest], x);
  }
}
