import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readRaw } from "../src/config/parse.js";
import { supplies } from "../src/config/schema/transform.js";

type Transform = Readonly<Record<string, unknown>>;

/** The path of one of PaddleOCR's own configs in `fixtures/upstream`. */
export function upstreamPath(name: string): string {
  return fileURLToPath(new URL(`../../../fixtures/upstream/${name}.yml`, import.meta.url));
}

/** The training transforms of one of PaddleOCR's own configs that are here, and the names of those that are not. */
export function upstreamTransforms(name: string): { here: Transform[]; missing: string[] } {
  const { Train } = readRaw(readFileSync(upstreamPath(name), "utf8")).value as {
    Train: { dataset: { transforms: Transform[] } };
  };
  const { transforms } = Train.dataset;
  const nameOf = (transform: Transform): string => Object.keys(transform)[0];
  const isHere = (transform: Transform): boolean => Object.hasOwn(supplies, nameOf(transform));
  return {
    here: transforms.filter(isHere),
    missing: transforms.filter((transform) => !isHere(transform)).map(nameOf),
  };
}
