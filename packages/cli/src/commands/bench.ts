import { writeFile } from "node:fs/promises";
import type { BenchReport, KernelProfile, Profile } from "@retort/distill";
import type { Argv, CommandModule } from "yargs";
import type { Engine } from "../engine.js";
import { shippedConfig } from "../shipped.js";
import { type Terminal, writeJson, writeLine } from "../terminal.js";
import { jsonOption, overrideOption } from "./config-options.js";

interface BenchArguments {
  what: "train-step" | "inference";
  config?: string;
  override: string[];
  batch: number;
  width?: number;
  height?: number;
  classes: number;
  threads?: number;
  device: "cpu" | "gpu";
  steps: number;
  profile: boolean;
  trace?: string;
  model?: string;
  onnx?: string;
  json: boolean;
}

const FULL_SIZE = "rec/pp-ocrv3-distillation.yml";

/** `retort bench train-step` and `inference`: times training steps, or one network's passes, on random images. */
export function benchCommand(terminal: Terminal, engine: Engine): CommandModule<object, BenchArguments> {
  return {
    command: "bench <what>",
    describe: "Time training steps, or the passes of one network, on random images",
    builder: options,
    async handler(args) {
      const { what, override, batch, width, height, classes, threads, device, steps, trace, model, onnx } = args;
      const config = args.config ?? shippedConfig(FULL_SIZE);
      const profile = args.profile || trace !== undefined;
      const common = { config, overrides: override, batch, width, height, classes, threads, device, steps, profile };
      const report = await (what === "inference"
        ? engine.benchInference({ ...common, model, onnx })
        : engine.benchTrainStep(common));
      if (trace !== undefined) await writeFile(trace, JSON.stringify({ traceEvents: report.profile?.trace }));
      if (args.json) writeJson(terminal.out, withoutTrace(report));
      else writeLine(terminal.out, describeBench(report, what === "inference" ? "pass" : "step"));
    },
  };
}

function options(yargs: Argv<object>): Argv<BenchArguments> {
  return yargs
    .positional("what", { choices: ["train-step", "inference"] as const, demandOption: true, describe: "What to time" })
    .options({
      config: { alias: "c", type: "string", describe: "Config file [default: full-size PP-OCRv3 distillation]" },
      override: overrideOption,
      batch: { type: "number", default: 8, describe: "Images a step or pass" },
      width: { type: "number", describe: "Image width [default: the config's]" },
      height: { type: "number", describe: "Image height [default: the config's]" },
      classes: { type: "number", default: 6625, describe: "Classes of a CTC head, blank included" },
      threads: { type: "number", describe: "Threads [default: RETORT_THREADS, else the cores at hand]" },
      device: {
        choices: ["cpu", "gpu"] as const,
        default: "cpu" as const,
        describe: "Where; gpu needs the package gpu.js (and in Node, webgpu)",
      },
      steps: { type: "number", default: 5, describe: "Steps or passes that are timed, after one that is not" },
      profile: { type: "boolean", default: false, describe: "Say where the time went, by kernel and shapes" },
      model: { type: "string", describe: "Network whose inference is timed [default: the only one, or Student]" },
      onnx: { type: "string", describe: "Also write the network whose inference is timed to this ONNX file" },
      trace: { type: "string", describe: "Write every call to this file, for Perfetto or Chrome's viewer" },
      json: jsonOption,
    })
    .example("$0 bench train-step --batch 8 --width 320 --classes 6625 --threads 2", "")
    .example("$0 bench train-step -c configs/rec/quickstart.yml --batch 32 --classes 11 --json", "")
    .example("$0 bench train-step -c configs/det/pp-ocrv3-cml-small.yml --width 320 --height 320", "maps for labels")
    .example("$0 bench inference --batch 1 --width 320 --steps 20", "the Student alone");
}

function withoutTrace({ profile, ...report }: BenchReport): object {
  return profile === undefined ? report : { ...report, profile: { ...profile, trace: undefined } };
}

function describeBench(report: BenchReport, unit: "step" | "pass"): string {
  const { seconds, imagesPerSecond, peakMemoryBytes, share, profile } = report;
  const shares = Object.entries(share)
    .sort(([, a], [, b]) => b - a)
    .map(([name, part]) => `  ${(100 * part).toFixed(1).padStart(5)} %  ${name}`);
  return [
    `${seconds.toFixed(3)} s a ${unit}, ${imagesPerSecond.toFixed(1)} images/s, peak ${(peakMemoryBytes / 2 ** 30).toFixed(2)} GiB`,
    ...shares,
    ...describeDevice(report, unit),
    ...(profile === undefined ? [] : describeProfile(profile, unit)),
  ].join("\n");
}

/** Of a GPU, what it left to the CPU; where there is none, why. */
function describeDevice({ device, noGpu, fallbacks, kept, workThreshold }: BenchReport, unit: string): string[] {
  const reasons = noGpu.map((reason) => `not used: ${reason}`);
  if (device === "cpu") return reasons;
  const calls = Object.entries(fallbacks).map(([kernel, count]) => `  ${count.toFixed(1).padStart(7)}  ${kernel}`);
  const heading =
    calls.length === 0 ? "it has a kernel for every call" : `calls that it has no kernel for, in one ${unit}`;
  const { numbers = 0, operations = 0 } = workThreshold ?? {};
  const small = `calls below ${numbers} numbers and ${operations} operations that stayed on the CPU: ${kept.toFixed(1)}`;
  return [`on ${device}: ${heading}`, ...calls, small, ...reasons];
}

const shownShapes = 40;

function describeProfile({ kernels, shapes }: Profile, unit: string): string[] {
  const heading = "      ms   calls   GFLOP/s    GB/s";
  return [
    "",
    `${heading}  kernel, in one ${unit}`,
    ...kernels.map(profileLine),
    "",
    `${heading}  the ${shownShapes} slowest kernels with their shapes, in one ${unit}`,
    ...shapes.slice(0, shownShapes).map(profileLine),
  ];
}

function profileLine({ kernel, shapes, calls, milliseconds, gigaflops, gigabytes }: KernelProfile): string {
  const numbers = [
    milliseconds.toFixed(2).padStart(8),
    calls.toFixed(1).padStart(8),
    (gigaflops?.toFixed(1) ?? "").padStart(10),
    gigabytes.toFixed(1).padStart(8),
  ];
  return `${numbers.join("")}  ${[kernel, shapes].join(" ").trimEnd()}`;
}
