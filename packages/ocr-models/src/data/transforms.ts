import { decodeImage } from "./decode-image.js";
import { keepKeys, keptKeys } from "./keep-keys.js";
import {
  ctcLabelEncode,
  type LabelSetup,
  multiLabelEncode,
  nrtrLabelEncode,
  sarLabelEncode,
} from "./label-transforms.js";
import { normalizeImage, toChwImage } from "./normalize-image.js";
import { nearestName, type Options } from "./options.js";
import { recResizeImg } from "./rec-resize-img.js";
import { Rejection, type Sample, type Transform, type TransformContext } from "./sample.js";

/** One entry of a config's `transforms`: a mapping with one key, `{ RecResizeImg: { image_shape: [3, 48, 320] } }`. */
export type TransformConfig = Readonly<Record<string, Options | null>>;

/** What transforms need beside their options. */
export interface TransformSetup extends LabelSetup {
  /** How many bytes of decoded pictures may be kept in memory; none if missing. */
  cacheBytes?: number;
}

interface TransformKind {
  /** Makes the transform; throws an Error for wrong options. */
  make: (options: Options, setup: TransformSetup) => Transform;
  /** The fields that it can give to KeepKeys. */
  gives: readonly string[];
  /** It looks at the label only, so that a survey of labels can run it without reading images. */
  label?: boolean;
}

/** Every transform that a config can name. */
const kinds: Readonly<Record<string, TransformKind>> = {
  DecodeImage: { make: decodeImage, gives: [] },
  CTCLabelEncode: { make: ctcLabelEncode, gives: ["label", "length", "label_ace"], label: true },
  SARLabelEncode: { make: sarLabelEncode, gives: ["label", "length"], label: true },
  NRTRLabelEncode: { make: nrtrLabelEncode, gives: ["label", "length"], label: true },
  MultiLabelEncode: { make: multiLabelEncode, gives: ["label_ctc", "label_sar", "label_gtc", "length"], label: true },
  RecResizeImg: { make: recResizeImg, gives: ["image", "valid_ratio"] },
  NormalizeImage: { make: normalizeImage, gives: [] },
  ToCHWImage: { make: toChwImage, gives: ["image"] },
  KeepKeys: { make: keepKeys, gives: [] },
};

/** A chain of transforms made from a config. */
export interface Pipeline {
  /** Runs all transforms, up to the first rejection. */
  run(sample: Sample, context: TransformContext): Promise<Sample | Rejection>;
  /** Runs only the transforms that look at the label. */
  checkLabel(sample: Sample, context: TransformContext): Promise<Sample | Rejection>;
}

/**
 * Makes the transforms of a config, in its order. Throws an Error for a name or an option that does not exist (with the
 * nearest one that does), and for a key in KeepKeys that no transform before it gives.
 */
export function makePipeline(configs: readonly TransformConfig[], setup: TransformSetup): Pipeline {
  const steps = configs.map((config, i) => {
    const { name, options } = readEntry(config, i);
    return { name, options, kind: kinds[name], transform: kinds[name].make(options, setup) };
  });
  if (steps.at(-1)?.name !== "KeepKeys") throw new Error("transforms: the last one must be KeepKeys");
  const given = steps.flatMap(({ kind }) => kind.gives);
  for (const key of keptKeys(steps[steps.length - 1].options)) {
    if (given.includes(key)) continue;
    const origin = Object.keys(kinds).filter((name) => kinds[name].gives.includes(key));
    const hint = origin.length > 0 ? `${origin.join(" or ")} would` : `did you mean "${nearestName(key, given)}"?`;
    throw new Error(`KeepKeys: no transform of this list gives "${key}"; ${hint}`);
  }
  return {
    run: (sample, context) =>
      runAll(
        steps.map(({ transform }) => transform),
        sample,
        context,
      ),
    checkLabel: (sample, context) =>
      runAll(
        steps.filter(({ kind }) => kind.label).map(({ transform }) => transform),
        sample,
        context,
      ),
  };
}

async function runAll(transforms: Transform[], sample: Sample, context: TransformContext): Promise<Sample | Rejection> {
  let current = sample;
  for (const transform of transforms) {
    const next = await transform(current, context);
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
