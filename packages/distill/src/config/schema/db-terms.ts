import type { MainLoss } from "@retort/ocr-models";
import { z } from "zod";
import { number, type Schema, section, texts } from "./build.js";
import type { DbTermConfig, DilaDbTermConfig, DistillationDbTermConfig, Unresolved } from "./loss.js";
import { pairs, ramp, readsKeys, weight } from "./term-keys.js";

const balancedKeys = {
  balance_loss: z.boolean().default(true),
  main_loss_type: z.enum(["DiceLoss", "BCELoss", "MaskL1Loss"]).default("DiceLoss"),
  alpha: number({ min: 0 }).default(5),
  ohem_ratio: number({ min: 0 }).default(3),
  eps: number({ above: 0 }).default(1e-6),
};

interface Balanced {
  balance_loss: boolean;
  main_loss_type: MainLoss;
  alpha: number;
  ohem_ratio: number;
  eps: number;
}

const toOptions = (raw: Balanced): DilaDbTermConfig["options"] => ({
  alpha: raw.alpha,
  mainLoss: raw.main_loss_type,
  balance: raw.balance_loss,
  negativeRatio: raw.ohem_ratio,
  epsilon: raw.eps,
});

const isOneNumber = (raw: Balanced): boolean => raw.balance_loss || raw.main_loss_type !== "BCELoss";
const notOneNumber = {
  path: ["balance_loss"],
  error: "is false, but a BCELoss that is not balanced has a value at every pixel",
};

const beta = number({ min: 0 }).default(10);

/** A DB loss of a single network; its weight is a key or not. */
export const dbLoss = (weight: Schema<number>): Schema<Unresolved<DbTermConfig>> =>
  section({ weight, ramp, ...balancedKeys, beta })
    .refine(isOneNumber, notOneNumber)
    .transform((raw) => ({
      kind: "DBLoss" as const,
      weight: raw.weight,
      ramp: raw.ramp,
      options: { ...toOptions(raw), beta: raw.beta },
      reads: {},
    }));

/** DB losses of several networks. */
export const distillationDb: Schema<Unresolved<DistillationDbTermConfig>> = section({
  weight,
  ramp,
  model_name_list: texts,
  key: readsKeys.key,
  ...balancedKeys,
  beta,
  name: z.string().default("db"),
})
  .refine(isOneNumber, notOneNumber)
  .transform((raw) => ({
    kind: "DistillationDBLoss" as const,
    weight: raw.weight,
    ramp: raw.ramp,
    models: raw.model_name_list,
    options: { ...toOptions(raw), beta: raw.beta },
    reads: { key: raw.key ?? undefined },
    logName: raw.name,
  }));

/** The loss of students against a teacher's shrink map. */
export const dilaDb: Schema<Unresolved<DilaDbTermConfig>> = section({
  weight,
  ramp,
  model_name_pairs: pairs,
  key: readsKeys.key,
  ...balancedKeys,
  name: z.string().default("dila_dbloss"),
})
  .refine(isOneNumber, notOneNumber)
  .transform((raw) => ({
    kind: "DistillationDilaDBLoss" as const,
    weight: raw.weight,
    ramp: raw.ramp,
    pairs: raw.model_name_pairs,
    options: toOptions(raw),
    reads: { key: raw.key ?? undefined },
    logName: raw.name,
  }));
