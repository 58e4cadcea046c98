import { readFileSync } from "node:fs";

const root = new URL("../../../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), "utf8");

/** A section of one of our configs, its name included. */
function sectionOf(config: string, name: string): string {
  const [, text] = read(config).split(new RegExp(`^(?=${name}:)`, "m"));
  return text.split(/\n(?=[#A-Z])/)[0];
}

const printed = (name: string): string => read(`fixtures/seed/${name}.yml`);
const together = (...sections: string[]): string => sections.join("\n");

/**
 * The fragments that PaddleOCR's guide to distillation prints (sections 2.1.1 to 2.1.4), as one config: our Global, with
 * the anchor that they use, comes first, then our Optimizer, the fragments, and our Train and Eval.
 */
export function seedConfig(architecture: "two-networks" | "three-networks"): string {
  const ours = (name: string): string => sectionOf("configs/rec/pp-ocrv3-distillation.yml", name);
  const fragments = [`2.1.1-${architecture}`, "2.1.2-loss", "2.1.3-post-process", "2.1.4-metric"].map(printed);
  return together(ours("Global"), ours("Optimizer"), ...fragments, ours("Train"), ours("Eval"));
}

/**
 * The fragments for detection (sections 2.2.1 to 2.2.4) with our other sections. Of `dml` the guide prints the networks
 * alone, and calls the second one Teacher; our losses of twins and their decoding say so too here.
 */
export function seedDetection(fragments: "cml" | "dml"): string {
  const ours = (name: string): string => sectionOf(`configs/det/pp-ocrv3-${fragments}.yml`, name);
  const learnt =
    fragments === "cml"
      ? ["2.2.2-loss", "2.2.3-post-process"].map(printed)
      : ["Loss", "PostProcess"].map((name) => ours(name).replaceAll("Student2", "Teacher"));
  const given = [printed(`2.2.1-${fragments}-networks`), ...learnt, printed("2.2.4-metric")];
  return together(ours("Global"), ours("Optimizer"), ...given, ours("Train"), ours("Eval"));
}
