import type { ConfigPath } from "../path.js";
import type { Findings } from "../problems.js";
import type { DataConfig, DatasetConfig } from "../schema/data.js";
import type { TransformConfig } from "../schema/transform.js";

type Name = TransformConfig["name"];

const resizing: readonly Name[] = ["RecResizeImg", "SVTRRecResizeImg"];
const encoding: readonly Name[] = ["CTCLabelEncode", "SARLabelEncode", "MultiLabelEncode"];
const drawing: readonly Name[] = ["MakeBorderMap", "MakeShrinkMap", "NormalizeImage", "ToCHWImage"];

/** What changes samples at random, and the transforms that it has to stand before. */
const augmentations: { name: Name; before: readonly Name[] }[] = [
  { name: "RecConAug", before: [...encoding, ...resizing] },
  { name: "RecAug", before: resizing },
  { name: "CopyPaste", before: drawing },
  { name: "IaaAugment", before: drawing },
  { name: "EastRandomCropData", before: drawing },
];

/** The transforms of a data set that change samples at random. */
export function randomTransforms({ transforms }: DatasetConfig): Name[] {
  return augmentations.map(({ name }) => name).filter((name) => transforms.some((other) => other.name === name));
}

/** What takes further samples in, and the transform that those must have gone through. */
const takers: { name: Name; after: Name }[] = [
  { name: "RecConAug", after: "DecodeImage" },
  { name: "CopyPaste", after: "DetLabelEncode" },
];

/** The reference's defaults of `ext_op_transform_idx`. */
const defaultPreparing: { readonly [K in DatasetConfig["name"]]: number } = {
  SimpleDataSet: 2,
  MultiScaleDataSet: 2,
  LMDBDataSet: 1,
};

/** Checks where transforms stand that change samples at random, and what those need that take further samples in. */
export function checkAugmentation(side: "Train" | "Eval", { dataset }: DataConfig, findings: Findings): void {
  const names = dataset.transforms.map(({ name }) => name);
  for (const { name, before } of augmentations) {
    const place = names.indexOf(name);
    if (place < 0) continue;
    const path: ConfigPath = [side, "dataset", "transforms", place, name];
    const earlier = names.slice(0, place).find((other) => before.includes(other));
    if (earlier !== undefined) findings.problem(path, `changes what ${earlier} reads, so it has to stand before it`);
    if (side === "Eval") findings.warn(path, "changes samples at random: the scores are those of the changed ones");
  }
  const taker = takers.find(({ name }) => names.includes(name));
  const path: ConfigPath = [side, "dataset", "ext_op_transform_idx"];
  if (taker !== undefined) checkPreparing(path, dataset, names, taker, findings);
  else if (dataset.extOpTransformIdx !== undefined) {
    findings.warn(path, "has no effect: no transform here takes further samples");
  }
}

/** Further samples go through the first transforms, but not through the one that takes them in. */
function checkPreparing(
  path: ConfigPath,
  { name: dataSet, extOpTransformIdx: given }: DatasetConfig,
  names: readonly Name[],
  { name, after }: { name: Name; after: Name },
  findings: Findings,
): void {
  const count = given ?? defaultPreparing[dataSet];
  const [least, most] = [Math.max(1, names.indexOf(after) + 1), names.indexOf(name)];
  if (count >= least && count <= most) return;
  const found = given === undefined ? `missing, which means ${count}` : `found the number ${count}`;
  findings.problem(
    path,
    `expected at least ${least} and at most ${most}, the number of transforms before ${name}: the samples that it takes ` +
      `in have gone through so many; ${found}`,
  );
}
