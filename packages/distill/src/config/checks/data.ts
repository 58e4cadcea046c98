import type { ConfigPath } from "../path.js";
import type { Findings } from "../problems.js";
import type { ArchitectureConfig } from "../schema/architecture.js";
import type { DataConfig } from "../schema/data.js";
import type { LossConfig } from "../schema/loss.js";
import type { PostProcessConfig } from "../schema/post-process.js";
import { supplies, type TransformConfig } from "../schema/transform.js";
import { called, networksOf, type PlacedNetwork, partsOf } from "./networks.js";
import { batchSizes } from "./picture-sizes.js";
import { backboneShape, ctcNeckOf } from "./shapes.js";

type Side = "Train" | "Eval";
type Part = "ctc" | "sar";

/** Which value holds the label of a head, by the transform that makes it. */
const labels: { name: TransformConfig["name"]; ctc?: string; sar?: string }[] = [
  { name: "MultiLabelEncode", ctc: "label_ctc", sar: "label_sar" },
  { name: "CTCLabelEncode", ctc: "label" },
  { name: "SARLabelEncode", sar: "label" },
];

const transformsPath = (side: Side): ConfigPath => [side, "dataset", "transforms"];

/** The values that make a batch. */
function keptKeys(data: DataConfig): readonly string[] {
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
  const resized = data.dataset.name === "MultiScaleDataSet" ? supplies.RecResizeImg : [];
  const made = new Set([...transforms.flatMap(({ name }) => supplies[name]), ...resized]);
  const keepPath = [...path, transforms.length - 1, "KeepKeys", "keep_keys"];
  keptKeys(data).forEach((key, i) => {
    if (made.has(key)) return;
    const makers = Object.entries(supplies).filter(([, keys]) => keys.includes(key));
    const how =
      makers.length > 0 ? `${makers.map(([name]) => name).join(" or ")} would make it` : "no transform makes it";
    findings.problem([...keepPath, i], `no transform before it makes "${key}"; ${how}`);
  });
}

/** The heads whose labels a side of the data has to bring: in training also what drives a SAR head's decoder. */
function headsInNeed(side: Side, architecture: ArchitectureConfig, loss: LossConfig, post: PostProcessConfig): Part[] {
  if (side === "Eval") return [post.decoder];
  const ofLoss = loss.terms.flatMap((term): Part[] => {
    if (term.kind === "CTCLoss" || term.kind === "DistillationCTCLoss") return ["ctc"];
    return term.kind === "SARLoss" || term.kind === "DistillationSARLoss" ? ["sar"] : [];
  });
  const ofHeads = networksOf(architecture).flatMap(({ network }) => partsOf(network).filter((part) => part === "sar"));
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
    if (part === "ctc") missing("length", "a batch has to hold the length of its labels, for CTC");
  }
  const hasSar = networksOf(architecture).some(({ network }) => partsOf(network).includes("sar"));
  if (hasSar && (side === "Train" || post.decoder === "sar")) {
    missing("valid_ratio", "a batch has to hold valid_ratio (RecResizeImg makes it), for the SAR head");
  }
}

function checkPicture(
  placed: PlacedNetwork,
  size: [number, number],
  side: Side,
  labelLength: number,
  findings: Findings,
): void {
  const [, rows, steps] = backboneShape(placed.network.backbone, ...size);
  const path = transformsPath(side);
  const picture = `a picture ${size[0]} high and ${size[1]} wide`;
  if (rows < 1 || steps < 1) findings.problem(path, `${picture} is too small for the backbone of ${called(placed)}`);
  else if (ctcNeckOf(placed.network) && rows !== 1) {
    findings.problem(path, `${picture} leaves ${called(placed)} ${rows} rows, but its neck takes one`);
  } else if (steps < labelLength && partsOf(placed.network).includes("ctc") && side === "Train") {
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

/** Checks that pictures have a size, that both sides agree on the height, and that the networks can take it. */
export function checkPictures(
  train: DataConfig,
  evaluation: DataConfig,
  architecture: ArchitectureConfig,
  labelLength: number,
  findings: Findings,
): void {
  const sides: [Side, DataConfig][] = [
    ["Train", train],
    ["Eval", evaluation],
  ];
  for (const [side, data] of sides) {
    checkWidths(side, data, findings);
    const sizes = batchSizes(data);
    if (sizes.length === 0 && data.dataset.name !== "MultiScaleDataSet") {
      findings.problem(transformsPath(side), "nothing brings the pictures to one size; RecResizeImg does");
    }
    for (const { height, width } of sizes) {
      for (const placed of networksOf(architecture)) checkPicture(placed, [height, width], side, labelLength, findings);
    }
  }
  const heights = batchSizes(train).map(({ height }) => height);
  const [read] = batchSizes(evaluation);
  if (read && heights.length > 0 && !heights.includes(read.height)) {
    findings.problem(
      transformsPath("Eval"),
      `pictures are ${read.height} high here, but ${heights.join(", ")} in Train`,
    );
  }
}
