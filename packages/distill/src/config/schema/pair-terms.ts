import { z } from "zod";
import { number, type Schema, section } from "./build.js";
import { dilaDb } from "./db-terms.js";
import type {
  AdapterConfig,
  CtcLogitsTermConfig,
  DistanceTermConfig,
  DkdTermConfig,
  DmlTermConfig,
  KlDivTermConfig,
  NrtrDmlTermConfig,
  PairTermConfig,
  Ramp,
  Reads,
  Unresolved,
} from "./loss.js";
import { adapter, disHead, pairs, ramp, readsKeys, weight } from "./term-keys.js";

const pairKeys = { weight, ramp, adapter, model_name_pairs: pairs, key: readsKeys.key };
const headKeys = { multi_head: readsKeys.multi_head, dis_head: disHead };
const act = z.preprocess(
  (value) => (value === "None" || value === "none" ? null : value),
  z.enum(["softmax", "sigmoid"]).nullish(),
);
/** Names of maps of a DB head, one alone or a list. */
const mapNames = z.preprocess(
  (value) => (typeof value === "string" ? [value] : value),
  z
    .array(z.enum(["thrink_maps", "shrink_maps", "threshold_maps", "binary_maps"]))
    .min(1)
    .nullish(),
);
const temperature = number({ above: 0 }).default(1);

interface RawPair {
  weight: number;
  ramp?: Ramp;
  adapter?: AdapterConfig;
  model_name_pairs: [string, string][];
  key?: Reads["key"] | null;
  multi_head?: boolean;
  dis_head?: Reads["disHead"];
  name: string;
}

/** What all terms of pairs have. */
const common = (raw: RawPair) => ({
  weight: raw.weight,
  ramp: raw.ramp,
  adapter: raw.adapter,
  pairs: raw.model_name_pairs,
  reads: { key: raw.key ?? undefined, multiHead: raw.multi_head, disHead: raw.dis_head },
  logName: raw.name,
});

const dml = section({
  ...pairKeys,
  ...headKeys,
  act,
  use_log: z.boolean().default(false),
  temperature,
  direction: z.enum(["both", "forward", "reverse"]).default("both"),
  maps_name: mapNames,
  name: z.string().default("dml"),
})
  .refine((raw) => raw.temperature === 1 || raw.act != null, {
    path: ["temperature"],
    error: "divides logits, so it needs act: softmax or sigmoid",
  })
  .refine((raw) => raw.direction === "both" || raw.act === "softmax", {
    path: ["direction"],
    error: "one direction alone is a divergence of distributions, so it needs act: softmax",
  })
  .refine((raw) => !raw.maps_name || !(raw.adapter || raw.dis_head || raw.multi_head), {
    path: ["maps_name"],
    error: "names maps of a DB head, which go with no adapter, dis_head or multi_head",
  })
  .transform(
    (raw): Unresolved<DmlTermConfig> => ({
      kind: "DistillationDMLLoss",
      ...common(raw),
      act: raw.act ?? undefined,
      useLog: raw.use_log,
      temperature: raw.temperature,
      direction: raw.direction,
      maps: raw.maps_name ?? undefined,
    }),
  );

const nrtrDml = section({
  ...pairKeys,
  ...headKeys,
  act: z.literal("softmax", { error: "only softmax is supported here" }).default("softmax"),
  use_log: z.literal(true, { error: "only true is supported here" }).default(true),
  name: z.string().default("dml"),
}).transform((raw): Unresolved<NrtrDmlTermConfig> => ({ kind: "DistillationNRTRDMLLoss", ...common(raw) }));

const klDiv = section({ ...pairKeys, ...headKeys, name: z.string().default("kl_div") }).transform(
  (raw): Unresolved<KlDivTermConfig> => ({ kind: "DistillationKLDivLoss", ...common(raw) }),
);

const dkd = section({
  ...pairKeys,
  ...headKeys,
  temperature,
  alpha: number({ min: 0 }).default(1),
  beta: number({ min: 0 }).default(1),
  name: z.string().default("dkd"),
}).transform(
  (raw): Unresolved<DkdTermConfig> => ({
    kind: "DistillationDKDLoss",
    ...common(raw),
    temperature: raw.temperature,
    alpha: raw.alpha,
    beta: raw.beta,
  }),
);

const ctcLogits = section({
  ...pairKeys,
  reduction: z.literal("mean", { error: "only mean is supported" }).default("mean"),
  name: z.string().default("ctc_logits"),
}).transform((raw): Unresolved<CtcLogitsTermConfig> => ({ kind: "DistillCTCLogits", ...common(raw) }));

const distance = section({
  ...pairKeys,
  mode: z.enum(["l1", "l2", "smooth_l1"]).default("l2"),
  name: z.string().default("loss_distance"),
}).transform(
  (raw): Unresolved<DistanceTermConfig> => ({ kind: "DistillationDistanceLoss", ...common(raw), mode: raw.mode }),
);

/** Every term between two networks that a CombinedLoss can list. */
export const pairTerms: Readonly<Record<PairTermConfig["kind"], Schema<Unresolved<PairTermConfig>>>> = {
  DistillationDMLLoss: dml,
  DistillationKLDivLoss: klDiv,
  DistillationDKDLoss: dkd,
  DistillationNRTRDMLLoss: nrtrDml,
  DistillCTCLogits: ctcLogits,
  DistillationDistanceLoss: distance,
  DistillationDilaDBLoss: dilaDb,
};
