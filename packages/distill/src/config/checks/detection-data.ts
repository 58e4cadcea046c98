import type { ConfigPath } from "../path.js";
import type { Findings } from "../problems.js";
import type { DataConfig } from "../schema/data.js";
import type { TransformConfig } from "../schema/transform.js";

type Name = TransformConfig["name"];
type Side = "Train" | "Eval";

/** What a transform needs of others that stand before it. */
const needs: { name: Name; after: Name; why: string }[] = [
  { name: "CopyPaste", after: "DetLabelEncode", why: "it copies the regions of a label" },
  { name: "IaaAugment", after: "DetLabelEncode", why: "it moves the regions of a label" },
  { name: "EastRandomCropData", after: "DetLabelEncode", why: "it cuts between the regions of a label" },
  { name: "MakeBorderMap", after: "DetLabelEncode", why: "it draws the regions of a label" },
  { name: "MakeShrinkMap", after: "DetLabelEncode", why: "it draws the regions of a label" },
  { name: "ToCHWImage", after: "NormalizeImage", why: "networks take numbers around 0" },
];

/** Checks the order of the transforms of detection, as far as the data section alone tells. */
export function checkRegions(side: Side, { dataset }: DataConfig, findings: Findings): void {
  const names = dataset.transforms.map(({ name }) => name);
  const at = (place: number): ConfigPath => [side, "dataset", "transforms", place, names[place]];
  for (const { name, after, why } of needs) {
    const place = names.indexOf(name);
    if (place >= 0 && !names.slice(0, place).includes(after)) {
      findings.problem(at(place), `${after} has to stand before it: ${why}`);
    }
  }
  const resize = names.indexOf("DetResizeForTest");
  const drawn = names.findIndex((name) => name === "MakeBorderMap" || name === "MakeShrinkMap");
  if (resize >= 0 && drawn > resize) {
    findings.problem(at(drawn), "DetResizeForTest leaves regions as they are, so they no longer fit the picture here");
  }
}

/** Checks that pictures of detection are brought to a size, those of a batch in training to one. */
export function checkDetectionPictures(
  side: Side,
  { dataset, loader }: DataConfig,
  ofOneSize: boolean,
  findings: Findings,
): void {
  const path: ConfigPath = [side, "dataset", "transforms"];
  const resized = dataset.transforms.some(({ name }) => name === "EastRandomCropData" || name === "DetResizeForTest");
  if (!resized) {
    const resizer = side === "Train" ? "EastRandomCropData" : "DetResizeForTest";
    findings.problem(path, `nothing brings the pictures to a size that networks can halve; ${resizer} does`);
  } else if (side === "Train" && !ofOneSize && loader.batchSize > 1) {
    findings.problem(
      path,
      "pictures differ in size, so batch_size_per_card has to be 1; EastRandomCropData gives one size",
    );
  }
}

/** Whether labels hold regions, as those of detection do. */
export function readsRegions({ dataset }: DataConfig): boolean {
  return dataset.transforms.some(({ name }) => name === "DetLabelEncode");
}
