import { z } from "zod";
import { byName, integer, number, pair, type Schema, section } from "./build.js";

/** The SVTR encoder (reference: `necks/rnn.py EncoderWithSVTR`). */
export interface SvtrNeckConfig {
  encoder: "svtr";
  /** Channels of the output. */
  dims: number;
  /** Number of attention blocks. */
  depth: number;
  hiddenDims: number;
  /** Cuts the gradient between this branch and the backbone. */
  useGuide: boolean;
  numHeads: number;
  qkvBias: boolean;
  mlpRatio: number;
  dropRate: number;
  attnDropRate: number;
  /** Kernel [height, width] of the first and of the fusing convolution. */
  kernelSize: [number, number];
}

/** A two-layer bidirectional LSTM; its output has twice `hiddenSize` channels. */
export interface RnnNeckConfig {
  encoder: "rnn";
  hiddenSize: number;
}

/** One linear layer a time step. */
export interface FcNeckConfig {
  encoder: "fc";
  hiddenSize: number;
}

/** The map as a sequence, nothing else. */
export interface ReshapeNeckConfig {
  encoder: "reshape";
}

export type SequenceEncoderConfig = SvtrNeckConfig | RnnNeckConfig | FcNeckConfig | ReshapeNeckConfig;

const rate = () => number({ min: 0, max: 1 });
const hiddenSize = integer().default(48);

const svtrKeys = {
  dims: integer().default(64),
  depth: integer().default(2),
  hidden_dims: integer().default(120),
  use_guide: z.boolean().default(false),
  num_heads: integer().default(8),
  qkv_bias: z.boolean().default(true),
  mlp_ratio: number({ above: 0 }).default(2),
  drop_rate: rate().default(0.1),
  attn_drop_rate: rate().default(0.1),
  drop_path: z.literal(0, { error: "only 0 is supported" }).default(0),
  kernel_size: pair.default([3, 3]),
};

type NameKeys = { name: Schema<string>; encoder_type: Schema<string | undefined> };

const encoders = (names: NameKeys): Record<string, Schema<SequenceEncoderConfig>> => ({
  svtr: section({ ...names, ...svtrKeys })
    .transform(
      (raw): SvtrNeckConfig => ({
        encoder: "svtr",
        dims: raw.dims,
        depth: raw.depth,
        hiddenDims: raw.hidden_dims,
        useGuide: raw.use_guide,
        numHeads: raw.num_heads,
        qkvBias: raw.qkv_bias,
        mlpRatio: raw.mlp_ratio,
        dropRate: raw.drop_rate,
        attnDropRate: raw.attn_drop_rate,
        kernelSize: raw.kernel_size,
      }),
    )
    .refine((neck) => neck.hiddenDims % neck.numHeads === 0, {
      path: ["hidden_dims"],
      error: "is not divisible by num_heads (8 unless given)",
    }),
  rnn: section({ ...names, hidden_size: hiddenSize }).transform(
    (raw): RnnNeckConfig => ({ encoder: "rnn", hiddenSize: raw.hidden_size }),
  ),
  fc: section({ ...names, hidden_size: hiddenSize }).transform(
    (raw): FcNeckConfig => ({ encoder: "fc", hiddenSize: raw.hidden_size }),
  ),
  reshape: section({ ...names }).transform((): ReshapeNeckConfig => ({ encoder: "reshape" })),
});

/** Every neck that a network's own `Neck` section can name. */
const necks: { SequenceEncoder: Schema<SequenceEncoderConfig> } = {
  SequenceEncoder: byName("encoder", encoders({ name: z.string(), encoder_type: z.string() }), "encoder_type"),
};

export type NeckConfig = SequenceEncoderConfig;

export const neck: Schema<NeckConfig> = byName("neck", necks);

const notHere = z.undefined({ error: "belongs to a SequenceEncoder; here the encoder is the name" }).optional();

/** The neck inside a MultiHead's CTCHead, where `name` is the encoder itself. */
export const ctcNeck: Schema<SequenceEncoderConfig> = byName(
  "encoder",
  encoders({ name: z.string(), encoder_type: notHere }),
);
