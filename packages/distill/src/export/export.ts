import { DetectionNetwork, MultiHead, type Network } from "@retort/ocr-models";
import { type LoadedConfig, loadConfig } from "../config/load.js";
import type { Overrides } from "../config/overrides.js";
import { decidingNetwork } from "../training/evaluate.js";
import { type Reader, readerFromConfig } from "../training/reader.js";
import { makeLoader } from "../training/run.js";
import { loadTrained } from "../training/trained.js";
import { networkAlone, networkOf, sectionOf } from "../weights/alone.js";
import { checkFree, hostArrays, weightFormats } from "../weights/formats.js";
import { sameOutputs } from "../weights/same-outputs.js";
import { checkExport, type ExportCheck } from "./check.js";
import { describeNetwork, imageHeight } from "./description.js";
import { metadataOf } from "./metadata.js";
import { openSession, requireRuntime } from "./runtime.js";

/** What to export, and where to. */
export interface ExportOptions {
  /** The sub-networks. Default: the one that `Metric.key` names. */
  readonly models?: readonly string[];
  /** The folder to write to. Default: `Global.save_inference_dir`, or `inference` in `Global.save_model_dir`. */
  readonly out?: string;
  /** How many images of the Eval data outputs are compared on. Default: all. */
  readonly images?: number;
  /** False writes without running the ONNX file, which needs onnxruntime-node. Default true. */
  readonly check?: boolean;
  /** Whether a folder that is there is replaced. Default false. */
  readonly force?: boolean;
}

/** One network that was exported. */
export interface ExportedNetwork {
  /** The name of the network; empty for one alone. */
  readonly model: string;
  readonly folder: string;
  /** Names of the files in the folder and their sizes in bytes. */
  readonly files: Readonly<Record<string, number>>;
  /** What onnxruntime and the network agreed on; missing when they were not compared. */
  readonly check?: ExportCheck;
}

/** What was exported. */
export interface ExportReport {
  /** The file that the weights are from. */
  readonly checkpoint: string;
  readonly networks: readonly ExportedNetwork[];
}

const baseName = "inference";

/**
 * Writes trained sub-networks of a config, each into a folder of its name: `inference.onnx`, `inference.safetensors` and
 * `inference.pdparams`. The ONNX file is then run on the Eval images: its outputs must lie within 1e-4 of the network's
 * and its metrics be the same; the other two must give the same bits. Runs in Node.
 * @throws Error naming the checkpoint that is missing, a sub-network that there is not, a folder that is there already, a
 *   missing onnxruntime-node, or what differs; of the network that fails nothing is left
 */
export async function exportNetworks(
  config: string,
  overrides: Overrides = [],
  options: ExportOptions = {},
): Promise<ExportReport> {
  const loaded = await loadConfig(config, overrides);
  const { global, metric, architecture } = loaded.config;
  const models = options.models ?? [decidingNetwork(metric)];
  for (const model of models) sectionOf(architecture, model);
  const out = options.out ?? global.saveInferenceDir ?? `${global.saveModelDir}/inference`;
  const { join } = await import("node:path");
  const folders = models.map((model) => join(out, model));
  if (!options.force) for (const folder of folders) await checkFree(join(folder, `${baseName}.onnx`));
  if (options.check ?? true) await requireRuntime();
  const { model: trained, checkpoint } = await loadTrained(loaded);
  const networks: ExportedNetwork[] = [];
  for (const [i, model] of models.entries()) {
    const network = networkOf(trained, model).eval();
    networks.push(await exportOne(loaded, { model, network, folder: folders[i] }, options));
  }
  return { checkpoint, networks };
}

/** A network that is to be written into a folder. */
interface Target {
  readonly model: string;
  readonly network: Network;
  readonly folder: string;
}

async function exportOne(
  loaded: LoadedConfig,
  { model, network, folder }: Target,
  { check = true, images }: ExportOptions,
): Promise<ExportedNetwork> {
  const { mkdir, readFile, rename, rm, writeFile } = await import("node:fs/promises");
  const { join } = await import("node:path");
  const files = await filesOf(loaded, model, network);
  const unchecked = (name: string): string => join(folder, `${name}.unchecked`);
  await mkdir(folder, { recursive: true });
  try {
    for (const [name, bytes] of files) await writeFile(unchecked(name), bytes);
    const onnx = `${baseName}.onnx`;
    const found = check
      ? await checkFile(loaded, { model, network, folder }, await readFile(unchecked(onnx)), images)
      : undefined;
    for (const name of files.keys()) await rename(unchecked(name), join(folder, name));
    const sizes = Object.fromEntries([...files].map(([name, { length }]) => [name, length]));
    return { model, folder, files: sizes, check: found };
  } finally {
    for (const name of files.keys()) await rm(unchecked(name), { force: true });
  }
}

/** The bytes of each file by its name. @throws Error naming the file whose weights give other outputs */
async function filesOf(loaded: LoadedConfig, model: string, network: Network): Promise<Map<string, Uint8Array>> {
  const height = network instanceof DetectionNetwork ? 32 : imageHeight(loaded);
  const { onnxOf, writeOnnx } = await import("@retort/ocr-models/onnx");
  const metadata = metadataOf(await describeNetwork(loaded, model), await version());
  const files = new Map([[`${baseName}.onnx`, writeOnnx(onnxOf(network, height, metadata))]]);
  const section = sectionOf(loaded.config.architecture, model);
  emitGuide(network, true);
  for (const format of weightFormats) {
    const name = baseName + format.ending;
    const bytes = format.write(hostArrays(network, format));
    sameOutputs(network, networkAlone(loaded, section, format.read(bytes), name), height, 64);
    files.set(name, bytes);
  }
  emitGuide(network, false);
  return files;
}

/** Whether evaluation runs the branch that guides CTC: its weights are written too, but not into the ONNX file. */
function emitGuide({ head }: Network, on: boolean): void {
  if (head instanceof MultiHead) head.emitGuide = on;
}

/** Runs the ONNX file that was written. */
async function checkFile(
  loaded: LoadedConfig,
  { model, network, folder }: Target,
  bytes: Uint8Array,
  images: number | undefined,
): Promise<ExportCheck> {
  const reader = await ctcReader(loaded);
  const session = await openSession(bytes, `${folder}/${baseName}.onnx`);
  const data = makeLoader(loaded, "eval");
  try {
    return await checkExport({ name: model, network, session, reader }, data, images);
  } catch (error) {
    throw new Error(`${folder} is not exported: ${(error as Error).message}`, { cause: error });
  } finally {
    await session.close();
    await data.close();
  }
}

/** The reader of what an exported network gives: boxes, or the CTC head whatever the config reads. */
function ctcReader({ config, dictionary, lexicon }: LoadedConfig): Promise<Reader> {
  const { postProcess } = config;
  if (postProcess.decoder === "db") return readerFromConfig(config, dictionary);
  const ctc = { ...postProcess, decoder: "ctc", feature: "head_out.ctc" } as const;
  return readerFromConfig({ ...config, postProcess: ctc }, dictionary, lexicon);
}

/** The version of this package. */
async function version(): Promise<string> {
  const { readFile } = await import("node:fs/promises");
  const { version } = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  return version;
}
