import type { ConfigPath } from "../path.js";
import type { Findings } from "../problems.js";
import type { ArchitectureConfig } from "../schema/architecture.js";
import type { DataConfig } from "../schema/data.js";
import type { LossConfig } from "../schema/loss.js";
import type { PostProcessConfig } from "../schema/post-process.js";
import { supplies, type TransformConfig } from "../schema/transform.js";
import { checkDetectionPictures, readsRegions } from "./detection-data.js";
import { called, networksOf, type Part, type PlacedNetwork, partsOf } from "./networks.js";
import { backboneShape, ctcNeckOf, otherPoolInTraining } from "./shapes.js";

type Side = "Train" | "Eval";

/** Which value holds the label of a head, by the transform that makes it. */
const labels: ({ name: TransformConfig["name"] } & { [P in Part]?: string })[] = [
  { name: "MultiLabelEncode", ctc: "label_ctc", sar: "label_sar", nrtr: "label_gtc" },
  { name: "CTCLabelEncode", ctc: "label" },
  { name: "SARLabelEncode", sar: "label" },
];

const transformsPath = (side: Side): ConfigPath => [side, "dataset", "transforms"];

/** [height, width] that a transform gives to every picture. */
function sizeOf(transform: TransformConfig): [number, number] | undefined {
  switch (transform.name) {
    case "RecResizeImg":
    case "SVTRRecResizeImg":
      return [transform.imageShape[1], transform.imageShape[2]];
    case "EastRandomCropData":
      return [transform.size[1], transform.size[0]];
    case "DetResizeForTest":
      return transform.keepRatio ? undefined : transform.imageShape;
    default:
      return undefined;
  }
}

/** [height, width] of a data set's pictures, or undefined when nothing brings them to one size. */
export function pictureSize(data: DataConfig): [number, number] | undefined {
  return data.dataset.transforms.map(sizeOf).find((size) => size !== undefined);
}

/** The values that make a batch. */
export function keptKeys(data: DataConfig): readonly string[] {
  const keep = data.dataset.transforms.at(-1);
  return keep?.name === "KeepKeys" ? keep.keepKeys : [];
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
  const made = new Set(transforms.flatMap(({ name }) => supplies[name]));
  const keepPath = [...path, transforms.length - 1, "KeepKeys", "keep_keys"];
  keptKeys(data).forEach((key, i) => {
    if (made.has(key)) return;
    const makers = Object.entries(supplies).filter(([, keys]) => keys.includes(key));
    const how =
      makers.length > 0 ? `${makers.map(([name]) => name).join(" or ")} would make it` : "no transform makes it";
    findings.problem([...keepPath, i], `no transform before it makes "${key}"; ${how}`);
  });
}

/** The heads whose labels a side of the data has to bring: in training also what drives a decoder. */
function headsInNeed(side: Side, architecture: ArchitectureConfig, loss: LossConfig, post: PostProcessConfig): Part[] {
  if (side === "Eval") return post.decoder === "db" ? [] : [post.decoder];
  const ofLoss = loss.terms.flatMap((term): Part[] => {
    if (term.kind === "CTCLoss" || term.kind === "DistillationCTCLoss") return ["ctc"];
    return term.kind === "SARLoss" || term.kind === "DistillationSARLoss" ? ["sar"] : [];
  });
  const driven = (part: Part): boolean => part === "sar" || part === "nrtr";
  const ofHeads = networksOf(architecture).flatMap(({ network }) => partsOf(network).filter(driven));
  return [...new Set([...ofLoss, ...ofHeads])];
}

function makersOf(part: Part): string {
  return labels.flatMap((label) => (label[part] ? [`${label.name} makes ${label[part]}`] : [])).join(", ");
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
  const names = data.dataset.transforms.map((transform) => transform.name);
  const kept = keptKeys(data);
  const encoder = labels.find(({ name }) => names.includes(name));
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
    `a picture ${size[0]} high and ${size[1]} wide does not fit ${called(placed)}: expected multiples of 32`,
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
      `${picture} makes ${called(placed)} pool ${pooled} columns into one in training, but 2 in evaluation: make it 320 ` +
        "wide, or name a last_pool_kernel_size in its Backbone",
    );
  }
  if (rows < 1 || steps < 1) findings.problem(path, `${picture} is too small for the backbone of ${called(placed)}`);
  else if (ctcNeckOf(network) && rows !== 1) {
    findings.problem(path, `${picture} leaves ${called(placed)} ${rows} rows, but its neck takes one`);
  } else if (steps < labelLength && partsOf(network).includes("ctc") && side === "Train") {
    findings.warn(
      path,
      `${picture} leaves ${called(placed)} ${steps} time steps: CTC cannot read texts that are longer, and ` +
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
    const size = pictureSize(data);
    if (isDetection) checkDetectionPictures(side, data, size, findings);
    else if (!size)
      findings.problem(transformsPath(side), "nothing brings the pictures to one size; RecResizeImg does");
    if (size) for (const placed of networks) checkPicture(placed, size, side, labelLength, findings);
  }
  const [a, b] = [pictureSize(train), pictureSize(evaluation)];
  if (!isDetection && a && b && a[0] !== b[0]) {
    findings.problem(transformsPath("Eval"), `pictures are ${b[0]} high here, but ${a[0]} in Train`);
  }
}
