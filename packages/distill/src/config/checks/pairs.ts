import type { ConfigPath } from "../path.js";
import type { Findings } from "../problems.js";
import type { ArchitectureConfig, SubNetworkConfig } from "../schema/architecture.js";
import type { AdapterConfig, DistanceTermConfig, DmlTermConfig, LossConfig } from "../schema/loss.js";
import { termPath } from "./loss.js";
import { adapterFits, featureShape } from "./shapes.js";

const changes: { readonly [K in AdapterConfig["type"]]: string } = {
  conv1x1: "the channels of maps",
  linear: "the width of sequences",
  resize: "the height and width of maps, and the steps of sequences",
};

const show = (shape: readonly (number | string)[]): string => `[batch, ${shape.join(", ")}]`;

function checkPair(
  term: DmlTermConfig | DistanceTermConfig,
  [student, teacher]: readonly [SubNetworkConfig, SubNetworkConfig],
  [height, width]: readonly [number, number],
  path: ConfigPath,
  findings: Findings,
): void {
  const ours = featureShape(student, term.feature, height, width);
  const theirs = featureShape(teacher, term.feature, height, width);
  if (!ours || !theirs || (!term.adapter && ours.join() === theirs.join())) return;
  const both = `${term.feature} is ${show(ours)} in ${student.name} and ${show(theirs)} in ${teacher.name}`;
  if (!term.adapter) {
    findings.problem(path, `${both}; name an adapter (adapter: {type: conv1x1 | linear | resize})`);
  } else if (!adapterFits(term.adapter.type, ours, theirs)) {
    findings.problem(
      [...path, "adapter"],
      `${both}; the adapter ${term.adapter.type} changes only ${changes[term.adapter.type]}`,
    );
  }
}

/** Checks that features which are compared have one shape, or an adapter that gives them one. */
export function checkPairs(
  loss: LossConfig,
  architecture: ArchitectureConfig,
  picture: readonly [number, number],
  findings: Findings,
): void {
  if (architecture.kind === "single") return;
  loss.terms.forEach((term, i) => {
    // The others compare maps, which are as large as the picture in every network.
    if (!("adapter" in term)) return;
    for (const pair of term.pairs) {
      const [a, b] = pair.map((name) => architecture.models.find((model) => model.name === name) as SubNetworkConfig);
      checkPair(term, [a, b], picture, termPath(loss, i, term.kind), findings);
    }
  });
}
