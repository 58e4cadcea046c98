import { z } from "zod";
import { type Schema, section, texts } from "./build.js";
import { distillationDb } from "./db-terms.js";
import type {
  CtcTermConfig,
  LabelTermConfig,
  LossConfig,
  NrtrPerModelTermConfig,
  NrtrTermConfig,
  PerModelTermConfig,
  Ramp,
  Reads,
  SarTermConfig,
  Unresolved,
  UnresolvedLoss,
} from "./loss.js";
import { noWeight, ramp, readsKeys, weight } from "./term-keys.js";

const perModelKeys = { weight, ramp, model_name_list: texts, ...readsKeys };

interface RawPerModel {
  weight: number;
  ramp?: Ramp;
  model_name_list: string[];
  key?: Reads["key"] | null;
  multi_head?: boolean;
  name: string;
}

/** What all terms of several networks have. */
const common = (raw: RawPerModel) => ({
  weight: raw.weight,
  ramp: raw.ramp,
  models: raw.model_name_list,
  reads: { key: raw.key ?? undefined, multiHead: raw.multi_head },
  logName: raw.name,
});

const perModel = (kind: PerModelTermConfig["kind"], logName: string): Schema<Unresolved<PerModelTermConfig>> =>
  section({ ...perModelKeys, name: z.string().default(logName) }).transform((raw) => ({ kind, ...common(raw) }));

const smoothing = z.boolean().default(true);

const nrtrPerModel = section({ ...perModelKeys, smoothing, name: z.string().default("loss_nrtr") }).transform(
  (raw): Unresolved<NrtrPerModelTermConfig> => ({
    kind: "DistillationNRTRLoss",
    ...common(raw),
    smoothing: raw.smoothing,
  }),
);

const ctc = (weight: Schema<number>): Schema<Unresolved<CtcTermConfig>> =>
  section({ weight, ramp, use_focal_loss: z.boolean().default(false) }).transform((raw) => ({
    kind: "CTCLoss",
    weight: raw.weight,
    ramp: raw.ramp,
    focal: raw.use_focal_loss,
    reads: {},
  }));

const sar = (weight: Schema<number>): Schema<Unresolved<SarTermConfig>> =>
  section({ weight, ramp }).transform((raw) => ({ kind: "SARLoss", weight: raw.weight, ramp: raw.ramp, reads: {} }));

const nrtr = (weight: Schema<number>): Schema<Unresolved<NrtrTermConfig>> =>
  section({ weight, ramp, smoothing }).transform((raw) => ({
    kind: "NRTRLoss",
    weight: raw.weight,
    ramp: raw.ramp,
    smoothing: raw.smoothing,
    reads: {},
  }));

type LabelTerm = Unresolved<LabelTermConfig>;

/** Every term between networks and labels that a CombinedLoss can list. */
export const labelTerms: Readonly<Record<Exclude<LabelTermConfig["kind"], "DBLoss">, Schema<LabelTerm>>> = {
  DistillationCTCLoss: perModel("DistillationCTCLoss", "loss_ctc"),
  DistillationSARLoss: perModel("DistillationSARLoss", "loss_sar"),
  DistillationNRTRLoss: nrtrPerModel,
  DistillationDBLoss: distillationDb,
  CTCLoss: ctc(weight),
  SARLoss: sar(weight),
  NRTRLoss: nrtr(weight),
};

type Single = "CTCLoss" | "SARLoss" | "NRTRLoss";

/** Every term that a MultiLoss can list; its weights stand beside the list. */
export const singleTerms: Readonly<Record<Single, Schema<LabelTerm>>> = {
  CTCLoss: ctc(noWeight),
  SARLoss: sar(noWeight),
  NRTRLoss: nrtr(noWeight),
};

/** A term of a single network as the whole loss. */
export const alone = (
  name: Exclude<LossConfig["name"], "CombinedLoss" | "MultiLoss">,
  term: Schema<LabelTerm>,
): Schema<UnresolvedLoss> =>
  z.preprocess(
    (value) => {
      const { name: _, ...keys } = value as Record<string, unknown>;
      return keys;
    },
    term.transform((only) => ({ name, terms: [only] })),
  );
