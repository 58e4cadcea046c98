import { called } from "../../model/called.js";
import type { ConfigPath } from "../path.js";
import type { Findings } from "../problems.js";
import type { ArchitectureConfig } from "../schema/architecture.js";
import type { DataConfig } from "../schema/data.js";
import type { LossConfig } from "../schema/loss.js";
import type { PostProcessConfig } from "../schema/post-process.js";
import { labelKeys, makerOf, supplies } from "../schema/transform.js";
import { checkDetectionPictures, readsRegions } from "./detection-data.js";
import { networksOf, type Part, type PlacedNetwork, partsOf } from "./networks.js";
import { batchSizes } from "./picture-sizes.js";
import { backboneShape, ctcNeckOf, otherPoolInTraining } from "./shapes.js";

type Side = "Train" | "Eval";

const transformsPath = (side: Side): ConfigPath => [side, "dataset", "transforms"];

/** The values that make a batch. */
export function keptKeys(data: DataConfig): readonly string[] {
  const keep = data.dataset.transforms.at(-1);
  return keep?.name === "KeepKeys" ? keep.keepKeys : [];
}

/** How a value could be made. */
function makersOfKey(key: string): string {
  const makers = Object.keys(supplies).filter((name) => supplies[name].includes(key));
  return makers.length > 0 ? `${makers.join(" or ")} would make it` : "no transform makes it";
}

/** Checks the order of the transforms, and that each kept value has been made by one of them. */
export function checkTransforms(side: Side, data: DataConfig, findings: Findings): void {
  const { transforms } = data.dataset;
  const path = transformsPath(side);
  if (transforms[0].name !== "DecodeImage") findings.problem([...path, 0], "the first transform has to be DecodeImage");
  if (transforms.at(-1)?.name !== "KeepKeys") {
    findings.problem(path, "the last transform has to be KeepKeys: it says what makes a batch");
    return;
  }
  const resized = data.dataset.name === "MultiScaleDataSet" ? supplies.RecResizeImg : [];
  const made = new Set([...transforms.flatMap((transform) => supplies[makerOf(transform)]), ...resized]);
  const keepPath = [...path, transforms.length - 1, "KeepKeys", "keep_keys"];
  keptKeys(data).forEach((key, i) => {
    if (made.has(key)) return;
    findings.problem([...keepPath, i], `no transform before it makes "${key}"; ${makersOfKey(key)}`);
  });
}

/** A part of a head's output that reads text. */
type TextPart = Exclude<Part, "maps">;

/** The heads whose labels a side of the data has to bring: in training also what drives a decoder. */
function headsInNeed(
  side: Side,
  architecture: ArchitectureConfig,
  loss: LossConfig,
  post: PostProcessConfig,
): TextPart[] {
  if (side === "Eval") return post.decoder === "db" ? [] : [post.decoder];
  const ofLoss = loss.terms.flatMap((term): TextPart[] => {
    if (term.kind === "CTCLoss" || term.kind === "DistillationCTCLoss") return ["ctc"];
    return term.kind === "SARLoss" || term.kind === "DistillationSARLoss" ? ["sar"] : [];
  });
  const driven = (part: Part): part is TextPart => part === "sar" || part === "nrtr";
  const ofHeads = networksOf(architecture).flatMap(({ network }) => partsOf(network).filter(driven));
  return [...new Set([...ofLoss, ...ofHeads])];
}

/** How the label of a head could be made. */
function makersOf(part: TextPart): string {
  const makers = new Map<string, string>();
  for (const { maker, [part]: key } of labelKeys) if (key !== undefined && !makers.has(key)) makers.set(key, maker);
  return [...makers].map(([key, maker]) => `${maker} makes ${key}`).join(", ");
}

/** Checks that a batch has what losses, heads and metric need. */
export function checkBatch(
  side: Side,
  data: DataConfig,
  architecture: ArchitectureConfig,
  loss: LossConfig,
  post: PostProcessConfig,
  findings: Findings,
): void {
  const makers = data.dataset.transforms.map(makerOf);
  const kept = keptKeys(data);
  const encoder = labelKeys.find(({ maker }) => makers.includes(maker));
  const missing = (key: string | undefined, why: string): void => {
    if (key === undefined || !kept.includes(key)) findings.problem(transformsPath(side), why);
  };
  missing("image", "a batch has to hold the image");
  for (const part of headsInNeed(side, architecture, loss, post)) {
    missing(encoder?.[part], `a batch has to hold the label of the ${part} output (${makersOf(part)})`);
    if (part !== "sar") missing("length", `a batch has to hold the length of its labels, for the ${part} output`);
  }
  const hasSar = networksOf(architecture).some(({ network }) => partsOf(network).includes("sar"));
  if (hasSar && (side === "Train" || post.decoder === "sar")) {
    missing("valid_ratio", "a batch has to hold valid_ratio (RecResizeImg makes it), for the SAR head");
  }
}

/** Detection networks halve a picture five times and have to come back to its size. */
function checkHalving(placed: PlacedNetwork, size: readonly [number, number], side: Side, findings: Findings): void {
  if (size.every((length) => length % 32 === 0)) return;
  findings.problem(
    transformsPath(side),
    `a picture ${size[0]} high and ${size[1]} wide does not fit ${called(placed.name)}: expected multiples of 32`,
  );
}

function checkPicture(
  placed: PlacedNetwork,
  size: [number, number],
  side: Side,
  labelLength: number,
  findings: Findings,
): void {
  const { network } = placed;
  if (network.modelType === "det") {
    checkHalving(placed, size, side, findings);
    return;
  }
  const { backbone } = network;
  const [, rows, steps] = backboneShape(backbone, ...size, side === "Train");
  const path = transformsPath(side);
  const picture = `a picture ${size[0]} high and ${size[1]} wide`;
  const pooled = side === "Train" ? otherPoolInTraining(backbone, size[1]) : undefined;
  if (pooled !== undefined) {
    findings.problem(
      path,
      `${picture} makes ${called(placed.name)} pool ${pooled} columns into one in training, but 2 in evaluation: make it 320 ` +
        "wide, or name a last_pool_kernel_size in its Backbone",
    );
  }
  if (rows < 1 || steps < 1)
    findings.problem(path, `${picture} is too small for the backbone of ${called(placed.name)}`);
  else if (ctcNeckOf(network) && rows !== 1) {
    findings.problem(path, `${picture} leaves ${called(placed.name)} ${rows} rows, but its neck takes one`);
  } else if (steps < labelLength && partsOf(network).includes("ctc") && side === "Train") {
    findings.warn(
      path,
      `${picture} leaves ${called(placed.name)} ${steps} time steps: CTC cannot read texts that are longer, and ` +
        `Global.max_text_length allows ${labelLength}`,
    );
  }
}

/** A batch of pictures whose widths grow with them does not fit together. */
function checkWidths(side: Side, { dataset, loader }: DataConfig, findings: Findings): void {
  dataset.transforms.forEach((transform, i) => {
    if (transform.name !== "RecResizeImg" || !transform.evalMode || loader.batchSize === 1) return;
    const path = [...transformsPath(side), i, transform.name, "eval_mode"];
    findings.problem(path, "pictures differ in width then, so batch_size_per_card has to be 1");
  });
}

/** Checks that pictures have a size, that both sides agree on the height, and that the networks, if known, can take it. */
export function checkPictures(
  train: DataConfig,
  evaluation: DataConfig,
  architecture: ArchitectureConfig | undefined,
  labelLength: number,
  findings: Findings,
): void {
  const networks = architecture ? networksOf(architecture) : [];
  const sides: [Side, DataConfig][] = [
    ["Train", train],
    ["Eval", evaluation],
  ];
  const isDetection = readsRegions(train) || networks.some(({ network }) => network.modelType === "det");
  for (const [side, data] of sides) {
    checkWidths(side, data, findings);
    const sizes = batchSizes(data);
    if (isDetection) checkDetectionPictures(side, data, sizes.length > 0, findings);
    else if (sizes.length === 0 && data.dataset.name !== "MultiScaleDataSet") {
      findings.problem(transformsPath(side), "nothing brings the pictures to one size; RecResizeImg does");
    }
    for (const { height, width } of sizes) {
      for (const placed of networks) checkPicture(placed, [height, width], side, labelLength, findings);
    }
  }
  if (!isDetection) checkHeights(train, evaluation, findings);
}

/** Text is read at a height that training has seen. */
function checkHeights(train: DataConfig, evaluation: DataConfig, findings: Findings): void {
  const heights = batchSizes(train).map(({ height }) => height);
  const [read] = batchSizes(evaluation);
  if (read && heights.length > 0 && !heights.includes(read.height)) {
    findings.problem(
      transformsPath("Eval"),
      `pictures are ${read.height} high here, but ${heights.join(", ")} in Train`,
    );
  }
}
