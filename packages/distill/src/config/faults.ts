import { placesOf } from "./ignored.js";
import type { ConfigPath } from "./path.js";
import type { Findings } from "./problems.js";

type Mapping = Readonly<Record<string, unknown>>;

const mappingAt = (value: unknown, key: string): Mapping | undefined => {
  const inner = (value as Mapping | undefined)?.[key];
  return typeof inner === "object" && inner !== null && !Array.isArray(inner) ? (inner as Mapping) : undefined;
};

/** [tokens, width] of what SVTRNet gives: a quarter of the image's columns, a sixteenth of its rows. */
function tokensOf({ img_size, embed_dim }: Mapping): readonly (number | string)[] {
  const [height, width] = Array.isArray(img_size) ? img_size : [];
  const tokens = (Number(height) / 16) * (Number(width) / 4);
  const last = Array.isArray(embed_dim) ? embed_dim.at(-1) : undefined;
  return [Number.isInteger(tokens) ? tokens : "tokens", typeof last === "number" ? last : "channels"];
}

/** The reference's teacher of PP-OCRv4 gives tokens, which its head would have to make a map of. */
function reportTokens(network: Mapping, path: ConfigPath, findings: Findings): void {
  const [backbone, head] = [mappingAt(network, "Backbone"), mappingAt(network, "Head")];
  if (backbone?.name !== "SVTRNet" || head?.name !== "MultiHead" || head.use_pool === true) return;
  findings.problem(
    [...path, "Head"],
    `use_pool is missing: SVTRNet gives tokens [batch, ${tokensOf(backbone).join(", ")}], but the neck of the CTCHead ` +
      "reads a map [batch, channels, height, width]. PaddleOCR stops here too",
  );
}

/** Reports what cannot run anywhere, in files of the reference too, though each section by itself looks right. */
export function reportFaults(config: unknown, findings: Findings): void {
  for (const pattern of [["Architecture"], ["Architecture", "Models", "*"]]) {
    for (const { mapping, path } of placesOf(config, pattern, [])) reportTokens(mapping, path, findings);
  }
}
