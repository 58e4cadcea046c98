import { readFileSync } from "node:fs";

const root = new URL("../../../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), "utf8");

/**
 * The fragments that PaddleOCR's guide to distillation prints (sections 2.1.1 to 2.1.4), as one config: our Global, with
 * the anchor that they use, comes first, then our Optimizer, the fragments, and our Train and Eval.
 */
export function seedConfig(architecture: "two-networks" | "three-networks"): string {
  const ours = read("configs/rec/pp-ocrv3-distillation.yml");
  const section = (name: string): string => {
    const [, text] = ours.split(new RegExp(`^(?=${name}:)`, "m"));
    return text.split(/\n(?=[#A-Z])/)[0];
  };
  const printed = [`2.1.1-${architecture}`, "2.1.2-loss", "2.1.3-post-process", "2.1.4-metric"];
  const fragments = printed.map((name) => read(`fixtures/seed/${name}.yml`));
  return [section("Global"), section("Optimizer"), ...fragments, ours.slice(ours.indexOf("\nTrain:"))].join("\n");
}
