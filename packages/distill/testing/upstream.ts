import { fileURLToPath } from "node:url";

/** The path of one of PaddleOCR's own configs in `fixtures/upstream`. */
export function upstreamPath(name: string): string {
  return fileURLToPath(new URL(`../../../fixtures/upstream/${name}.yml`, import.meta.url));
}
