import { batchSizes } from "../../config/checks/picture-sizes.js";
import type { DataConfig } from "../../config/schema/data.js";
import { type Diagnosis, doubt, type Finding, fault } from "../diagnosis.js";

/**
 * Images that Train and Eval bring into different forms: what is learnt of one is not known of the other. Different heights
 * are problems of the config already.
 */
export const inputs: Diagnosis = {
  name: "inputs",
  asks: "Do Train and Eval show the network the same kind of images?",
  async examine({ loaded: { config }, findsBoxes }) {
    const [train, evaluation] = [config.train, config.evaluation];
    const findings: Finding[] = [];
    const copy = "Make the transforms of Eval those of Train, without what changes images at random.";
    const [widest, widestInEval] = [widestOf(train), widestOf(evaluation)];
    if (!findsBoxes && widestInEval < widest / 1.5) {
      const problem = `Train makes images up to ${widest} pixels wide, Eval ${widestInEval}: texts are squeezed.`;
      findings.push(doubt(problem, copy));
    }
    for (const [what, of] of Object.entries({
      "the order of colours": coloursOf,
      "levels (NormalizeImage)": levelsOf,
    })) {
      if (of(train) !== of(evaluation)) {
        findings.push(fault(`Train and Eval differ in ${what}: ${of(train)} against ${of(evaluation)}.`, copy));
      }
    }
    const seen = [train, evaluation].map(
      (data) =>
        batchSizes(data)
          .map(({ width, height }) => `${width}x${height}`)
          .join(", ") || "any size",
    );
    return { seen: `Train ${seen[0]}, Eval ${seen[1]}`, findings };
  },
};

/** The widest images of a section; without limit where each has its own width. */
function widestOf(data: DataConfig): number {
  const widths = batchSizes(data).map(({ width }) => width);
  return widths.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...widths);
}

function coloursOf({ dataset }: DataConfig): string {
  const decode = dataset.transforms.find((transform) => transform.name === "DecodeImage");
  return decode?.imgMode ?? "none";
}

function levelsOf({ dataset }: DataConfig): string {
  const normalize = dataset.transforms.find((transform) => transform.name === "NormalizeImage");
  if (normalize === undefined) return "none";
  return JSON.stringify({ scale: normalize.scale, mean: normalize.mean, std: normalize.std });
}
