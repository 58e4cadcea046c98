import { decodeImage } from "./decode-image.js";
import { copyPaste } from "./detection/copy-paste.js";
import { detLabelEncode } from "./detection/det-label-encode.js";
import { detResizeForTest } from "./detection/det-resize-for-test.js";
import { eastRandomCropData } from "./detection/east-random-crop-data.js";
import { iaaAugment } from "./detection/iaa-augment.js";
import { makeBorderMap } from "./detection/make-border-map.js";
import { makeShrinkMap } from "./detection/make-shrink-map.js";
import { keepKeys, keptKeys } from "./keep-keys.js";
import {
  ctcLabelEncode,
  type LabelSetup,
  multiLabelEncode,
  nrtrLabelEncode,
  sarLabelEncode,
} from "./label-transforms.js";
import { multiScaleResize } from "./multi-scale-resize.js";
import { normalizeImage, toChwImage } from "./normalize-image.js";
import { nearestName, type Options } from "./options.js";
import { recAug } from "./rec-aug.js";
import { recConAug } from "./rec-con-aug.js";
import { recResizeImg, svtrRecResizeImg } from "./rec-resize-img.js";
import { Rejection, type Sample, type Transform, type TransformContext } from "./sample.js";

/** One entry of a config's `transforms`: a mapping with one key, `{ RecResizeImg: { image_shape: [3, 48, 320] } }`. */
export type TransformConfig = Readonly<Record<string, Options | null>>;

/** What transforms need beside their options. */
export interface TransformSetup extends LabelSetup {
  /** How many bytes of decoded pictures may be kept in memory; none if missing. */
  cacheBytes?: number;
}

type Part = "picture" | "label" | "regions";

interface TransformKind {
  /** Makes the transform; throws an Error for wrong options. */
  make: (options: Options, setup: TransformSetup) => Transform;
  /** The fields that it can give to KeepKeys. */
  gives: readonly string[];
  /** What of a sample it turns into numbers. */
  reads?: Part;
  /** What of a sample it changes, so that it has to stand before those that read it. */
  changes?: readonly Part[];
  /** It takes further samples in. */
  takesFurther?: boolean;
}

/** Every transform that a config can name. */
const kinds: Readonly<Record<string, TransformKind>> = {
  DecodeImage: { make: decodeImage, gives: [] },
  RecConAug: { make: recConAug, gives: [], changes: ["picture", "label"], takesFurther: true },
  RecAug: { make: recAug, gives: [], changes: ["picture"] },
  CTCLabelEncode: { make: ctcLabelEncode, gives: ["label", "length", "label_ace"], reads: "label" },
  SARLabelEncode: { make: sarLabelEncode, gives: ["label", "length"], reads: "label" },
  NRTRLabelEncode: { make: nrtrLabelEncode, gives: ["label", "length"], reads: "label" },
  MultiLabelEncode: {
    make: multiLabelEncode,
    gives: ["label_ctc", "label_sar", "label_gtc", "length"],
    reads: "label",
  },
  DetLabelEncode: { make: detLabelEncode, gives: ["polys", "ignore_tags"], reads: "label" },
  CopyPaste: { make: copyPaste, gives: [], changes: ["picture", "regions"], takesFurther: true },
  IaaAugment: { make: iaaAugment, gives: [], changes: ["picture", "regions"] },
  EastRandomCropData: { make: eastRandomCropData, gives: [], changes: ["picture", "regions"] },
  MakeBorderMap: { make: makeBorderMap, gives: ["threshold_map", "threshold_mask"], reads: "regions" },
  MakeShrinkMap: { make: makeShrinkMap, gives: ["shrink_map", "shrink_mask"], reads: "regions" },
  DetResizeForTest: { make: detResizeForTest, gives: ["shape"], changes: ["picture"] },
  RecResizeImg: { make: recResizeImg, gives: ["image", "valid_ratio"], reads: "picture" },
  SVTRRecResizeImg: { make: svtrRecResizeImg, gives: ["image", "valid_ratio"], reads: "picture" },
  MultiScaleResize: { make: multiScaleResize, gives: ["image", "valid_ratio"], reads: "picture" },
  NormalizeImage: { make: normalizeImage, gives: [], reads: "picture" },
  ToCHWImage: { make: toChwImage, gives: ["image"], reads: "picture" },
  KeepKeys: { make: keepKeys, gives: [] },
};

interface Step {
  name: string;
  options: Options;
  kind: TransformKind;
  transform: Transform;
}

/** A chain of transforms made from a config. */
export interface Pipeline {
  /** Runs all transforms, up to the first rejection. */
  run(sample: Sample, context: TransformContext): Promise<Sample | Rejection>;
  /** Runs only the first `count` transforms. */
  runFirst(count: number, sample: Sample, context: TransformContext): Promise<Sample | Rejection>;
  /** Runs only the transforms that look at the label. */
  checkLabel(sample: Sample, context: TransformContext): Promise<Sample | Rejection>;
  /** The place of the first transform that takes further samples in, from 0; undefined if none does. */
  readonly takesFurtherAt: number | undefined;
}

/**
 * Makes the transforms of a config, in its order. Throws an Error for a name or an option that does not exist (with the
 * nearest one that does), for a transform that changes what one before it has read, and for a key in KeepKeys that no
 * transform before it gives.
 */
export function makePipeline(configs: readonly TransformConfig[], setup: TransformSetup): Pipeline {
  const steps = configs.map((config, i): Step => {
    const { name, options } = readEntry(config, i);
    return { name, options, kind: kinds[name], transform: kinds[name].make(options, setup) };
  });
  if (steps.at(-1)?.name !== "KeepKeys") throw new Error("transforms: the last one must be KeepKeys");
  checkOrder(steps);
  checkKeys(steps);
  const takesFurtherAt = steps.findIndex(({ kind }) => kind.takesFurther);
  const labels = steps.filter(({ kind }) => kind.reads === "label");
  return {
    run: (sample, context) => runAll(steps, sample, context),
    runFirst: (count, sample, context) => runAll(steps.slice(0, count), sample, context),
    checkLabel: (sample, context) => runAll(labels, sample, context),
    takesFurtherAt: takesFurtherAt < 0 ? undefined : takesFurtherAt,
  };
}

function checkOrder(steps: readonly Step[]): void {
  steps.forEach(({ name, kind }, i) => {
    const reader = steps.slice(0, i).find((step) => step.kind.reads && kind.changes?.includes(step.kind.reads));
    if (reader === undefined) return;
    throw new Error(`transforms[${i}].${name}: it changes what ${reader.name} reads, so it has to stand before it`);
  });
}

function checkKeys(steps: readonly Step[]): void {
  const given = steps.flatMap(({ kind }) => kind.gives);
  for (const key of keptKeys(steps[steps.length - 1].options)) {
    if (given.includes(key)) continue;
    const origin = Object.keys(kinds).filter((name) => kinds[name].gives.includes(key));
    const hint = origin.length > 0 ? `${origin.join(" or ")} would` : `did you mean "${nearestName(key, given)}"?`;
    throw new Error(`KeepKeys: no transform of this list gives "${key}"; ${hint}`);
  }
}

/** Each step has random numbers of its own. */
async function runAll(
  steps: readonly Step[],
  sample: Sample,
  { random, ...shared }: TransformContext,
): Promise<Sample | Rejection> {
  let current = sample;
  for (const [i, { transform }] of steps.entries()) {
    const next = await transform(current, { ...shared, random: random.split("transform", i) });
    if (next instanceof Rejection) return next;
    current = next;
  }
  return current;
}

function readEntry(config: TransformConfig, index: number): { name: string; options: Options } {
  const [name, ...others] = Object.keys(config ?? {});
  if (name === undefined || others.length > 0) {
    throw new Error(`transforms[${index}]: expected one name with its options, found ${JSON.stringify(config)}`);
  }
  if (!Object.hasOwn(kinds, name)) {
    const nearest = nearestName(name, Object.keys(kinds));
    throw new Error(`transforms[${index}]: there is no transform "${name}"; the nearest name is "${nearest}"`);
  }
  const options = config[name] ?? {};
  if (typeof options !== "object" || Array.isArray(options)) {
    throw new Error(`transforms[${index}].${name}: expected options, found ${JSON.stringify(options)}`);
  }
  return { name, options };
}
