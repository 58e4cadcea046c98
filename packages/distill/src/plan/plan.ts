import { threads } from "@retort/tensor";
import { stepWarnings } from "../config/checks/steps.js";
import type { LoadedConfig } from "../config/load.js";
import type { Overrides } from "../config/overrides.js";
import type { RecognitionConfig } from "../config/recognition.js";
import { alone, type Ranks } from "../parallel/communicator.js";
import { BlindRun } from "./blind-run.js";
import { type FoundData, findData } from "./data.js";
import { dataLines, lossLine, memoryLine, memoryWarning, networkLine, scheduleLines, unknownLine } from "./lines.js";
import { availableMemory } from "./memory.js";
import type { LossPlan, NetworkPlan, PlanReport } from "./report.js";
import { planSchedule } from "./schedule.js";
import { loadWithWeights } from "./weights.js";

/**
 * Checks a config and says what it means, without training: networks, losses and what they read, schedule, data,
 * dictionary, memory. Steps are those of `ranks` that train together, memory is what each takes. Runs in Node.
 * @throws ConfigError with all problems of the config, files with weights that are missing among them
 * @throws Error naming a dictionary, label file or database that is missing, or the reasons when no line of a section can
 * be used
 */
export async function plan(path: string, overrides: Overrides = [], ranks: Ranks = alone): Promise<PlanReport> {
  const loaded = await loadWithWeights(path, overrides);
  const { config, dictionary, classes } = loaded;
  const data = [await findData(loaded, "Train", ranks), await findData(loaded, "Eval")];
  const schedule = planSchedule(config.optimizer, config.global.epochNum, stepsPerEpoch(config, data[0]));
  const run = new BlindRun(config, classes);
  const networks = planNetworks(config, run);
  const losses = planLosses(config, run);
  const memory = { peakBytes: run.step(), microBatch: run.microBatch, availableBytes: await availableMemory() };
  const found = {
    networks,
    losses,
    schedule,
    data: data.map(({ linesPerEpoch, batchesPerEpoch, ...report }) => report),
    dictionary: { characters: dictionary.characters.length, file: config.global.characterDictPath },
    memory,
  };
  return {
    headline: headline(found, ranks),
    warnings: warningsOf(loaded, found),
    sections: sectionsOf(found),
    ...found,
  };
}

type Found = Omit<PlanReport, "headline" | "warnings" | "sections">;

function stepsPerEpoch(
  { train: { loader } }: RecognitionConfig,
  { batchesPerEpoch, linesPerEpoch, files }: FoundData,
): number {
  if (batchesPerEpoch > 0) return batchesPerEpoch;
  const names = files.map(({ file }) => file).join(", ");
  throw new Error(`Train: ${names}: an epoch has ${linesPerEpoch} lines, less than one batch of ${loader.batchSize}`);
}

function planNetworks({ architecture }: RecognitionConfig, { model }: BlindRun): NetworkPlan[] {
  const pretrained = new Map(
    architecture.kind === "single" ? [] : architecture.models.map((model) => [model.name, model.pretrained]),
  );
  return [...model.networks].map(([name, { network, freeze }]) => ({
    name,
    parameters: network.parameters().reduce((sum, parameter) => sum + parameter.value.size, 0),
    freeze,
    pretrained: pretrained.get(name),
  }));
}

function planLosses({ loss }: RecognitionConfig, run: BlindRun): LossPlan[] {
  return loss.terms.map((term) => ({
    kind: term.kind,
    weight: term.weight,
    ramp: term.ramp,
    feature: term.feature,
    adapter: "adapter" in term ? term.adapter?.type : undefined,
    reads: run.reads(term),
  }));
}

function headline({ networks, losses, schedule, data }: Found, { size }: Ranks): string {
  const sizes = networks.map(({ parameters }) => (parameters / 1e6).toFixed(2)).join(" + ");
  const lines = data[0].files.reduce((sum, { lines }) => sum + lines, 0);
  return [
    `${some(networks.length, "network")} (${sizes} M parameters)`,
    some(losses.length, "loss", "losses"),
    some(lines, "line"),
    some(schedule.steps, "step"),
    size > 1 ? `${some(size, "process", "processes")} of ${some(threads(), "thread")}` : some(threads(), "thread"),
  ].join(", ");
}

function some(count: number, one: string, more = `${one}s`): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? one : more}`;
}

function warningsOf({ config, warnings }: LoadedConfig, { schedule, data, memory }: Found): string[] {
  return [
    ...warnings,
    ...stepWarnings(config, schedule.stepsPerEpoch),
    ...data.map(unknownLine),
    memoryWarning(memory),
  ].filter((line) => line !== undefined);
}

function sectionsOf({ networks, losses, schedule, data, dictionary, memory }: Found): PlanReport["sections"] {
  const file = dictionary.file ?? "digits and small letters";
  const coverage = data.map((section) => unknownLine(section) ?? `${section.section}: every character is in it`);
  const texts = {
    title: "dictionary",
    lines: [`${file}: ${dictionary.characters.toLocaleString("en-US")} characters`, ...coverage],
  };
  return [
    { title: "networks", lines: networks.map(networkLine) },
    { title: "losses", lines: losses.map(lossLine) },
    { title: "schedule", lines: scheduleLines(schedule) },
    { title: "data", lines: data.flatMap(dataLines) },
    ...(data.some(({ regions }) => regions === undefined) ? [texts] : []),
    { title: "memory", lines: [memoryLine(memory)] },
  ];
}
