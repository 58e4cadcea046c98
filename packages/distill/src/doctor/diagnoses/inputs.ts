import { batchSizes } from "../../config/checks/picture-sizes.js";
import type { DataConfig } from "../../config/schema/data.js";
import { type Diagnosis, doubt, type Finding, fault } from "../diagnosis.js";

/** Images that Train and Eval bring into different forms: what is learnt of one is not known of the other. */
export const inputs: Diagnosis = {
  name: "inputs",
  asks: "Do Train and Eval show the network the same kind of images?",
  async examine({ loaded: { config }, findsBoxes }) {
    const [train, evaluation] = [config.train, config.evaluation];
    const [trained, evaluated] = [heightsOf(train), heightsOf(evaluation)];
    const findings: Finding[] = [];
    const copy = "Make the transforms of Eval those of Train, without what changes images at random.";
    if (!findsBoxes && trained.length > 0 && evaluated.length > 0) {
      const problem = `Train makes images ${trained.join(" and ")} pixels high, Eval ${evaluated.join(" and ")}.`;
      if (!evaluated.every((height) => trained.includes(height))) findings.push(fault(problem, copy));
      const [wide, wideInEval] = [widthsOf(train), widthsOf(evaluation)];
      if (Math.max(...wideInEval) < Math.max(...wide) / 1.5) {
        findings.push(
          doubt(
            `Train makes images up to ${Math.max(...wide)} pixels wide, Eval ${Math.max(...wideInEval)}: texts are squeezed.`,
            copy,
          ),
        );
      }
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

const unique = (values: readonly number[]): number[] => [...new Set(values)];
const heightsOf = (data: DataConfig): number[] => unique(batchSizes(data).map(({ height }) => height));
const widthsOf = (data: DataConfig): number[] => batchSizes(data).map(({ width }) => width);

function coloursOf({ dataset }: DataConfig): string {
  const decode = dataset.transforms.find((transform) => transform.name === "DecodeImage");
  return decode?.imgMode ?? "none";
}

function levelsOf({ dataset }: DataConfig): string {
  const normalize = dataset.transforms.find((transform) => transform.name === "NormalizeImage");
  if (normalize === undefined) return "none";
  return JSON.stringify({ scale: normalize.scale, mean: normalize.mean, std: normalize.std });
}
