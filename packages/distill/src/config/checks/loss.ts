import type { FeatureName } from "@retort/ocr-models";
import { suggestion } from "../nearest.js";
import type { ConfigPath } from "../path.js";
import type { Findings } from "../problems.js";
import type { ArchitectureConfig } from "../schema/architecture.js";
import type { LossConfig, LossTermConfig, Unresolved, UnresolvedLoss } from "../schema/loss.js";
import { commonFeature, featureOf, type Wanted } from "./features.js";
import { networksOf, type PlacedNetwork } from "./networks.js";

type Term = Unresolved<LossTermConfig>;

const wantedByKind: Record<Term["kind"], Wanted> = {
  DistillationDMLLoss: "head",
  DistillationKLDivLoss: "head",
  DistillationDKDLoss: "nrtr",
  DistillationNRTRDMLLoss: "nrtr",
  DistillCTCLogits: "ctc",
  DistillationDistanceLoss: "tensor",
  DistillationCTCLoss: "ctc",
  DistillationSARLoss: "sar",
  DistillationNRTRLoss: "nrtr",
  CTCLoss: "ctc",
  SARLoss: "sar",
  NRTRLoss: "nrtr",
  DBLoss: "maps",
  DistillationDBLoss: "maps",
  DistillationDilaDBLoss: "maps",
};

function wantedBy(term: Term): Wanted {
  return term.kind === "DistillationDMLLoss" && term.maps !== undefined ? "maps" : wantedByKind[term.kind];
}

/** Where a term stands in the file. */
export function termPath(loss: Pick<LossConfig, "name">, index: number, kind: string): ConfigPath {
  return loss.name === kind ? ["Loss"] : ["Loss", "loss_config_list", index, kind];
}

function namesOf(term: Term): string[] {
  if ("pairs" in term) return [...new Set(term.pairs.flat())];
  return "models" in term ? [...term.models] : [];
}

/** The networks of these names; unknown ones are problems. */
export function findNetworks(
  names: readonly string[],
  networks: readonly PlacedNetwork[],
  path: ConfigPath,
  findings: Findings,
): PlacedNetwork[] {
  const known = networks.map((placed) => placed.name as string);
  return names.flatMap((name) => {
    const found = networks.find((placed) => placed.name === name);
    if (!found) findings.problem(path, `there is no network "${name}"; ${suggestion(name, known)}`);
    return found ? [found] : [];
  });
}

function checkFrozen(term: Term, networks: readonly PlacedNetwork[], path: ConfigPath, findings: Findings): void {
  const frozen = (name: string): boolean =>
    networks.some(
      (placed) => placed.name === name && "freeze" in placed.network && placed.network.freeze !== "learning",
    );
  const idle = "models" in term ? term.models.filter(frozen) : [];
  if (idle.length > 0) findings.warn(path, `${idle.join(", ")}: frozen, so this loss teaches it nothing`);
  for (const [a, b] of "pairs" in term ? term.pairs : []) {
    if (a === b) findings.problem(path, `the pair ["${a}", "${b}"] is one network with itself`);
    else if (frozen(a) && frozen(b))
      findings.warn(path, `["${a}", "${b}"]: both frozen, so this loss teaches them nothing`);
  }
}

/** Two heads can only learn from each other when they write the same classes. */
function checkSamePart(features: ReadonlyMap<string, string>, path: ConfigPath, findings: Findings): void {
  const parts = [...new Set(features.values())];
  if (parts.length < 2) return;
  const which = [...features].map(([name, part]) => `${name} ${part}`).join(", ");
  findings.problem(path, `compares outputs of different heads (${which})`);
}

function featureOfTerm(
  term: Term,
  networks: readonly PlacedNetwork[],
  path: ConfigPath,
  findings: Findings,
): FeatureName | undefined {
  const features: FeatureName[] = [];
  const parts = new Map<string, string>();
  for (const placed of networks) {
    const found = featureOf(placed, term.reads, wantedBy(term));
    if ("problem" in found) findings.problem(path, found.problem);
    else {
      features.push(found.feature);
      const head = placed.network.head.name === "SARHead" ? "sar" : "ctc";
      parts.set(placed.name ?? "", found.feature === "head_out" ? head : found.feature.replace("head_out.", ""));
    }
  }
  if (wantedBy(term) === "head") checkSamePart(parts, path, findings);
  return features.length === networks.length && features.length > 0 ? commonFeature(features) : undefined;
}

/** Checks one term against the networks and settles which feature it reads. */
function resolveTerm(
  term: Term,
  architecture: ArchitectureConfig,
  path: ConfigPath,
  findings: Findings,
): LossTermConfig | undefined {
  const networks = networksOf(architecture);
  const distilled = "pairs" in term || "models" in term;
  if (distilled !== (architecture.kind === "distillation")) {
    const want = distilled
      ? "needs several networks (Architecture.name: DistillationModel)"
      : "is for a single network";
    findings.problem(
      path,
      `${term.kind} ${want}${distilled ? "" : "; in a DistillationModel use its Distillation form"}`,
    );
    return undefined;
  }
  const namesPath = [...path, "pairs" in term ? "model_name_pairs" : "model_name_list"];
  const named = distilled ? findNetworks(namesOf(term), networks, namesPath, findings) : networks;
  if (distilled && named.length < namesOf(term).length) return undefined;
  checkFrozen(term, networks, path, findings);
  const feature = featureOfTerm(term, named, path, findings);
  if (feature === undefined) return undefined;
  const { reads: _, ...rest } = term;
  return { ...rest, feature } as LossTermConfig;
}

function warnOfLogNames(loss: UnresolvedLoss, findings: Findings): void {
  const seen = new Set<string>();
  loss.terms.forEach((term, i) => {
    if (!("logName" in term)) return;
    if (seen.has(term.logName)) {
      const path = [...termPath(loss, i, term.kind), "name"];
      findings.warn(path, `an earlier loss is called "${term.logName}" too; the log shows only this one`);
    }
    seen.add(term.logName);
  });
}

function warnOfIdle(loss: UnresolvedLoss, architecture: ArchitectureConfig, findings: Findings): void {
  if (architecture.kind === "single") return;
  const read = new Set(loss.terms.flatMap(namesOf));
  for (const { name } of architecture.models) {
    if (!read.has(name)) findings.warn(["Architecture", "Models", name], "no loss reads this network");
  }
}

/** Checks the losses against the networks. Returns the loss with every feature settled, or undefined after a problem. */
export function resolveLoss(
  loss: UnresolvedLoss,
  architecture: ArchitectureConfig,
  findings: Findings,
): LossConfig | undefined {
  warnOfLogNames(loss, findings);
  warnOfIdle(loss, architecture, findings);
  const terms = loss.terms.map((term, i) => resolveTerm(term, architecture, termPath(loss, i, term.kind), findings));
  const settled = terms.filter((term) => term !== undefined);
  return settled.length === terms.length ? { name: loss.name, terms: settled } : undefined;
}
