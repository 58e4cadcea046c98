import type { ConfigPath } from "../path.js";
import type { Findings } from "../problems.js";
import type { DataConfig } from "../schema/data.js";
import type { TransformConfig } from "../schema/transform.js";

type Name = TransformConfig["name"];

const resizing: readonly Name[] = ["RecResizeImg", "SVTRRecResizeImg"];
const encoding: readonly Name[] = ["CTCLabelEncode", "SARLabelEncode", "MultiLabelEncode"];

/** What changes samples at random, and the transforms that it has to stand before. */
const augmentations: { name: Name; before: readonly Name[] }[] = [
  { name: "RecConAug", before: [...encoding, ...resizing] },
  { name: "RecAug", before: resizing },
];

/** The reference's default of `ext_op_transform_idx`. */
const defaultPreparing = 2;

/** Checks where transforms stand that change samples at random, and what those that join samples need. */
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
  const joining = names.indexOf("RecConAug");
  const path: ConfigPath = [side, "dataset", "ext_op_transform_idx"];
  if (joining >= 0) checkPreparing(path, dataset.extOpTransformIdx, joining, findings);
  else if (dataset.extOpTransformIdx !== undefined) {
    findings.warn(path, "has no effect: no transform here takes further samples");
  }
}

/** Further samples go through the first transforms, but not through RecConAug, which takes them in. */
function checkPreparing(path: ConfigPath, given: number | undefined, joining: number, findings: Findings): void {
  const count = given ?? defaultPreparing;
  if (count >= 1 && count <= joining) return;
  const found = given === undefined ? `missing, which means ${count}` : `found the number ${count}`;
  findings.problem(
    path,
    `expected at least 1 and at most ${joining}, the number of transforms before RecConAug: the samples that it joins ` +
      `have gone through so many; ${found}`,
  );
}
