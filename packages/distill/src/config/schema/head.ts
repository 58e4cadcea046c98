import { z } from "zod";
import { byName, integer, number, oneKey, type Schema, section } from "./build.js";
import { ctcNeck, type SequenceEncoderConfig } from "./neck.js";

/** The CTC head (reference: `heads/rec_ctc_head.py`). */
export interface CtcHeadConfig {
  name: "CTCHead";
  /** L2 factor of its weights and biases, in place of the optimizer's. */
  fcDecay: number;
  /** Width between two linear layers; without it there is one layer. */
  midChannels?: number;
}

/** The SAR head (reference: `heads/rec_sar_head.py`). */
export interface SarHeadConfig {
  name: "SARHead";
  /** Hidden size of its LSTMs and of the embedding. */
  encDim: number;
  /** Width of the attention. */
  dK: number;
  /** Number of decoding steps. */
  maxTextLength: number;
  encDropRnn: number;
  decDropRnn: number;
  /** Dropout on the logits in training. */
  predDropout: number;
  /** Whether the prediction sees the glimpse and the holistic feature beside the LSTM's output. */
  predConcat: boolean;
}

/** The NRTR branch of a MultiHead (reference: `heads/rec_nrtr_head.py`). */
export interface NrtrHeadConfig {
  name: "NRTRHead";
  /** Channels of its characters. */
  nrtrDim: number;
  numDecoderLayers: number;
  /** One more than the number of characters that evaluation writes. */
  maxTextLength: number;
  /** Adds a learned vector to each place of the map. */
  usePos: boolean;
}

/**
 * A CTC branch with its own neck, and a SAR or an NRTR branch on the backbone's map (reference:
 * `heads/rec_multi_head.py`).
 */
export interface MultiHeadConfig {
  name: "MultiHead";
  ctc: { neck: SequenceEncoderConfig; head: CtcHeadConfig };
  sar?: SarHeadConfig;
  nrtr?: NrtrHeadConfig;
}

export type HeadConfig = CtcHeadConfig | SarHeadConfig | MultiHeadConfig;

const rate = () => number({ min: 0, max: 1 });
const ctcKeys = { fc_decay: number({ min: 0 }).default(0.0004), mid_channels: integer().nullish() };

const toCtc = (raw: { fc_decay: number; mid_channels?: number | null }): CtcHeadConfig => ({
  name: "CTCHead",
  fcDecay: raw.fc_decay,
  midChannels: raw.mid_channels ?? undefined,
});

const unsupported = z.literal(false, { error: "is not supported here; only false is" }).default(false);

const sarKeys = {
  enc_dim: integer().default(512),
  d_k: integer().default(512),
  max_text_length: integer(2).default(30),
  enc_drop_rnn: rate().default(0.1),
  dec_drop_rnn: rate().default(0),
  pred_dropout: rate().default(0.1),
  pred_concat: z.boolean().default(true),
  enc_bi_rnn: unsupported,
  dec_bi_rnn: unsupported,
  enc_gru: unsupported,
  dec_gru: unsupported,
};
const sarSection = section(sarKeys);

const toSar = (raw: z.output<typeof sarSection>): SarHeadConfig => ({
  name: "SARHead",
  encDim: raw.enc_dim,
  dK: raw.d_k,
  maxTextLength: raw.max_text_length,
  encDropRnn: raw.enc_drop_rnn,
  decDropRnn: raw.dec_drop_rnn,
  predDropout: raw.pred_dropout,
  predConcat: raw.pred_concat,
});

const nrtrBranch = section({
  nrtr_dim: integer(32)
    .default(256)
    .refine((dim) => dim % 2 === 0 && dim % Math.floor(dim / 32) === 0, {
      error: "expected an even number that divides into heads, of which there is one for every 32",
    }),
  num_decoder_layers: integer().default(4),
  max_text_length: integer(2).default(25),
}).transform(
  (raw): Omit<NrtrHeadConfig, "usePos"> => ({
    name: "NRTRHead",
    nrtrDim: raw.nrtr_dim,
    numDecoderLayers: raw.num_decoder_layers,
    maxTextLength: raw.max_text_length,
  }),
);

type Branch = MultiHeadConfig["ctc"] | SarHeadConfig | Omit<NrtrHeadConfig, "usePos">;

/** Every branch that a MultiHead can have. */
const branches: Record<string, Schema<Branch>> = {
  CTCHead: section({ Neck: ctcNeck, Head: section(ctcKeys).prefault({}) }).transform((raw) => ({
    neck: raw.Neck,
    head: toCtc(raw.Head),
  })),
  SARHead: sarSection.transform(toSar),
  NRTRHead: nrtrBranch,
};

const isCtc = (branch: Branch): branch is MultiHeadConfig["ctc"] => "neck" in branch;
const isSar = (branch: Branch): branch is SarHeadConfig => "encDim" in branch;
const isNrtr = (branch: Branch): branch is Omit<NrtrHeadConfig, "usePos"> => "nrtrDim" in branch;

const multiHead = section({
  name: z.literal("MultiHead"),
  head_list: z.array(oneKey("head", branches)).min(1),
  use_pool: z
    .literal(false, { error: "is for backbones that give tokens, of which there are none here" })
    .default(false),
  use_pos: z.boolean().default(false),
})
  .refine(({ head_list }) => head_list.filter(isCtc).length === 1, {
    path: ["head_list"],
    error: "expected exactly one CTCHead",
  })
  .refine(({ head_list }) => head_list.filter((branch) => !isCtc(branch)).length < 2, {
    path: ["head_list"],
    error: "expected at most one SARHead or NRTRHead",
  })
  .refine(({ head_list, use_pos }) => !use_pos || head_list.some(isNrtr), {
    path: ["use_pos"],
    error: "adds vectors to what an NRTRHead reads, but there is none",
  })
  .transform(({ head_list, use_pos }): MultiHeadConfig => {
    const nrtr = head_list.find(isNrtr);
    return {
      name: "MultiHead",
      ctc: head_list.find(isCtc) as MultiHeadConfig["ctc"],
      sar: head_list.find(isSar),
      nrtr: nrtr && { ...nrtr, usePos: use_pos },
    };
  });

/** Every head that a config can name. */
const heads: Readonly<Record<HeadConfig["name"], Schema<HeadConfig>>> = {
  CTCHead: section({ name: z.literal("CTCHead"), ...ctcKeys }).transform(toCtc),
  SARHead: section({ name: z.literal("SARHead"), ...sarKeys }).transform(toSar),
  MultiHead: multiHead,
};

export const head: Schema<HeadConfig> = byName("head", heads);
