import { withRandom } from "@retort/autograd";
import { StateDictError, type StateDifference } from "@retort/autograd/nn";
import { MultiHead, makeNetwork, type Network } from "@retort/ocr-models";
import { Random, randomUniform, type Tensor } from "@retort/tensor";
import type { ClassCounts } from "../config/classes.js";
import { loadConfig } from "../config/load.js";
import type { NetworkConfig } from "../config/schema/architecture.js";
import { compareOutputs } from "../export/check.js";
import { imageHeight } from "../export/description.js";
import { imageShapeOf } from "../export/metadata.js";
import { hasRuntime, openSession } from "../export/runtime.js";
import { decidingNetwork } from "../training/evaluate.js";
import { descriptionIn, type OnnxFile, readOnnxFile } from "../training/onnx-inference.js";
import { networkAlone, sectionOf } from "./alone.js";
import { differencesOf } from "./differences.js";
import { checkFree, formatOf, hostArrays, writeBytes } from "./formats.js";
import { onnxWeights } from "./onnx-weights.js";
import { type PartMatch, partMatches } from "./part-matches.js";
import { sameOutputs } from "./same-outputs.js";
import { findWeights, readWeightFile } from "./weight-file.js";

/** What to bring in, and as what. */
export interface ImportOptions {
  /** A `.pdparams`, safetensors or ONNX file. */
  readonly weights: string;
  /** The file to write: `.safetensors` or `.pdparams`. */
  readonly out: string;
  /** The config that says what network it is; an ONNX file of Retort says it itself. */
  readonly config?: string;
  /** The sub-network of the config. Default: the one that `Metric.key` names. */
  readonly model?: string;
  /** Takes what matches: what is missing keeps the weights that a training starts from. Default false. */
  readonly partial?: boolean;
  /** Whether a file that is there is replaced. Default false. */
  readonly force?: boolean;
}

/** What was brought in. */
export interface ImportReport {
  /** The file that the weights are from. */
  readonly weights: string;
  readonly model: string;
  readonly out: string;
  /** How much of each part of the network the file had. */
  readonly parts: readonly PartMatch[];
  /** What did not match and was allowed not to. */
  readonly differences: readonly StateDifference[];
  /** How far an ONNX file's outputs in onnxruntime lie from the network's; missing where that was not compared. */
  readonly difference?: number;
}

/** A network to be, and what there is to put into it. */
interface Wanted {
  readonly model: string;
  readonly network: NetworkConfig;
  readonly classes: ClassCounts;
  /** Height of its images. */
  readonly height: number;
  readonly seed: number;
}

/**
 * Brings weights of a known architecture in: puts them into a fresh network of it, strictly unless told otherwise, and
 * writes that as a file of weights. A sub-network's name in front of the keys is taken off. Of an ONNX file that Retort
 * wrote the network is folded, see `foldedState`: it gives the same outputs, to 1e-4 in onnxruntime where that is
 * installed, but batch normalizations have lost their statistics; heads that only guide a training are not in the file.
 * Runs in Node.
 * @throws Error naming the file that is missing or taken, or with how much of each part matched and what did not
 */
export async function importWeights(options: ImportOptions): Promise<ImportReport> {
  const { weights, out } = options;
  const format = formatOf(out);
  if (!options.force) await checkFree(out);
  const onnx = weights.endsWith(".onnx") ? await readOnnxFile(weights) : undefined;
  const wanted =
    onnx === undefined || options.config !== undefined ? await wantedByConfig(options) : wantedByOnnx(onnx, options);
  const network = freshNetwork(wanted);
  const found = onnx === undefined ? await stateOf(weights, wanted) : await stateOfOnnx(onnx, network, wanted);
  const differences = fill(network, found, options.partial ?? false);
  const difference = onnx && (await hasRuntime()) ? await differenceInRuntime(onnx, network, wanted) : undefined;
  const bytes = format.write(hostArrays(network, format));
  if (network.head instanceof MultiHead) network.head.emitGuide = true;
  sameOutputs(network, networkAlone(wanted, wanted.network, format.read(bytes), out), wanted.height, 64);
  await writeBytes(out, bytes);
  const parts = partMatches(network, differences);
  return { weights: found.file, model: wanted.model, out, parts, differences, difference };
}

/** Puts what was found into a network, and returns what did not match and was allowed not to. */
function fill(network: Network, { file, state, absent }: Found, partial: boolean): readonly StateDifference[] {
  const differences = differencesOf(network, state);
  const allowed = ({ key, problem }: StateDifference): boolean =>
    absent.has(key) || (partial && (problem === "missing" || problem === "unexpected"));
  const fatal = differences.filter((difference) => !allowed(difference));
  if (fatal.length > 0) throw new Error(refusal(file, partMatches(network, differences), fatal));
  network.loadStateDict(state, { strict: false });
  return differences;
}

function refusal(file: string, parts: readonly PartMatch[], fatal: readonly StateDifference[]): string {
  const matched = parts.map(({ part, tensors, matched }) => `  ${part}: ${matched} of ${tensors} tensors match`);
  const advice = fatal.every(({ problem }) => problem === "missing" || problem === "unexpected")
    ? "\n  partial (--partial) takes what matches"
    : "";
  return `${file} does not fit the network:\n${matched.join("\n")}${advice}\n${new StateDictError(fatal).message}`;
}

/** Networks that find text take images of any size; outputs are compared on some of this height. */
const pageHeight = 32;

async function wantedByConfig({ config, model, weights }: ImportOptions): Promise<Wanted> {
  if (config === undefined) throw new Error(`${weights} does not say what network it is of: name a config`);
  const loaded = await loadConfig(config);
  const name = model ?? decidingNetwork(loaded.config.metric);
  const network = sectionOf(loaded.config.architecture, name);
  const height = network.modelType === "det" ? pageHeight : imageHeight(loaded);
  return { model: name, network, classes: loaded.classes, height, seed: loaded.config.global.seed };
}

function wantedByOnnx(onnx: OnnxFile, { model: asked }: ImportOptions): Wanted {
  const { model, network, classes, transforms } = descriptionIn(onnx);
  if (asked !== undefined && asked !== model) {
    throw new Error(`${onnx.file} holds the network "${model}", not "${asked}"`);
  }
  const [, height] = imageShapeOf(transforms);
  return { model, network, classes, height: network.modelType === "det" ? pageHeight : height, seed: 0 };
}

function freshNetwork({ network, classes, seed }: Wanted): Network {
  return withRandom(new Random(seed).split("weights"), () => makeNetwork(network, classes)).eval();
}

/** Weights by key, and the keys that such a file never has. */
interface Found {
  readonly file: string;
  readonly state: ReadonlyMap<string, Tensor>;
  readonly absent: ReadonlySet<string>;
}

async function stateOf(path: string, { model }: Wanted): Promise<Found> {
  const found = await findWeights(path, "weights");
  if (found.kind === "checkpoint") {
    throw new Error(`${found.file} is a checkpoint of Retort: "retort extract" takes a network out of it`);
  }
  const all = await readWeightFile(found);
  const prefix = `${model}.`;
  const own = [...all].filter(([key]) => model !== "" && key.startsWith(prefix));
  const state = own.length === 0 ? all : new Map(own.map(([key, value]) => [key.slice(prefix.length), value]));
  return { file: found.file, state, absent: new Set() };
}

async function stateOfOnnx({ file, tensors }: OnnxFile, network: Network, { height }: Wanted): Promise<Found> {
  return { file, ...(await onnxWeights(tensors, network, height)) };
}

/** Two images at random, of this height. */
function randomImages(height: number): Tensor {
  const random = new Random(0);
  return randomUniform([2, 3, height, 128], -1, 1, random.words(), 0);
}

async function differenceInRuntime({ bytes, file }: OnnxFile, network: Network, { height }: Wanted): Promise<number> {
  const session = await openSession(bytes, file);
  try {
    return await compareOutputs({ network, session }, randomImages(height));
  } finally {
    await session.close();
  }
}
