import { called } from "../model/called.js";
import { memoryHint } from "../training/memory-hint.js";
import type { DataPlan, LossPlan, MemoryPlan, NetworkPlan, SchedulePlan } from "./report.js";

const count = (value: number): string => value.toLocaleString("en-US");
const rate = (value: number): string => String(Number(value.toPrecision(3)));

/** Bytes in MiB or GiB, for a reader. */
function bytes(value: number): string {
  return value < 2 ** 30 ? `${(value / 2 ** 20).toFixed(0)} MiB` : `${(value / 2 ** 30).toFixed(2)} GiB`;
}

const roles: { readonly [K in NetworkPlan["freeze"]]: string } = {
  learning: "learning",
  frozen: "frozen",
  reference: "frozen but for its batch statistics",
};

/** `Student: 1,234,567 parameters, learning, from student.safetensors`. */
export function networkLine({ name, parameters, freeze, pretrained }: NetworkPlan): string {
  const from = pretrained === undefined ? "from fresh weights" : `from ${pretrained}`;
  return `${called(name)}: ${count(parameters)} parameters, ${roles[freeze]}, ${from}`;
}

/** `DistillationCTCLoss, weight 1: head_out.ctc of Student [32, 40, 11]`. */
export function lossLine({ kind, weight, ramp, feature, adapter, reads }: LossPlan): string {
  const rising = ramp === undefined ? "" : `, rising from step ${ramp.start} to ${ramp.start + ramp.steps}`;
  const features = reads.map(({ network, shape }) => `${network === "" ? "" : `${network} `}[${shape.join(", ")}]`);
  const through = adapter === undefined ? "" : `, through a ${adapter} adapter`;
  return `${kind}, weight ${weight}${rising}: reads ${feature} of ${features.join(" and ")}${through}`.replace(
    "of [",
    "[",
  );
}

/** Lines about steps and learning rates. */
export function scheduleLines({ epochs, stepsPerEpoch, steps, warmupSteps, learningRates }: SchedulePlan): string[] {
  const [first, middle, last] = learningRates.map(rate);
  return [
    `${count(epochs)} epochs of ${count(stepsPerEpoch)} steps: ${count(steps)} steps, ${count(warmupSteps)} of them warm-up`,
    `learning rate ${first} in the first step, ${middle} in the middle one, ${last} in the last`,
  ];
}

/** Lines about label files and what cannot be used of them. */
export function dataLines({ section, files, images, regions, unusable }: DataPlan): string[] {
  const total = files.reduce((sum, { lines }) => sum + lines, 0);
  const held =
    regions && `${section}: ${count(regions.count)} regions of text, ${count(regions.ignored)} of them to ignore`;
  return [
    ...files.map(({ file, lines }) => `${section}: ${file}: ${count(lines)} lines`),
    `${section}: ${count(images)} of ${count(total)} images decoded to see whether they can be`,
    ...(held === undefined ? [] : [held]),
    ...Object.entries(unusable).map(
      ([reason, { count: n, first }]) => `${section}: ${count(n)} cannot be used: ${reason}, such as ${first}`,
    ),
  ];
}

const shown = 20;

/** Which characters of the labels the dictionary lacks; undefined when it has them all. */
export function unknownLine({
  section,
  unknownCharacters: unknown,
}: Pick<DataPlan, "section" | "unknownCharacters">): string | undefined {
  if (unknown.length === 0) return undefined;
  const list = unknown.slice(0, shown).map(({ character, count: n }) => `${JSON.stringify(character)} ${count(n)}x`);
  const more = unknown.length > shown ? `, and ${count(unknown.length - shown)} more` : "";
  return `${section}: the dictionary lacks ${count(unknown.length)} characters of the labels: ${list.join(", ")}${more}`;
}

/** `one step of 8 samples at a time takes 1.20 GiB; this process may use 4.00 GiB`. */
export function memoryLine({ peakBytes, availableBytes, microBatch }: MemoryPlan): string {
  const step = `a step with ${count(microBatch)} samples at a time takes ${bytes(peakBytes)}`;
  return `${step}; this process may use ${bytes(availableBytes)}`;
}

/** What to do when a step does not fit; undefined when it does. */
export function memoryWarning({ peakBytes, availableBytes, microBatch }: MemoryPlan): string | undefined {
  if (peakBytes <= availableBytes) return undefined;
  return `a step takes ${bytes(peakBytes)}, but this process may use ${bytes(availableBytes)}: ${memoryHint(microBatch)}`;
}
