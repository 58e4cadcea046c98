// Layers and classes that packages export, and the rows of docs/config.md.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { evidence } from "./choices.mjs";
import { declarationOf, exportsOf, reached, root } from "./source.mjs";

/** Exported classes and functions whose file lies in `folder`, with what tests say of them. */
export function exportedFrom(files, entry, folder, tests, isWanted) {
  return [...new Set(exportsOf(files, entry))].flatMap((name) => {
    const declaration = declarationOf(files, entry, name);
    if (declaration === undefined || !folder.test(declaration.file)) return [];
    const node = files.get(declaration.file).declared.get(declaration.name);
    if (!isWanted(node, name)) return [];
    const id = `${declaration.file}#${declaration.name}`;
    return [{ name, id, ...evidence("", [id], { stored: new Set(), tests }) }];
  });
}

export const isClass = (node) => ts.isClassDeclaration(node);

/** A class that extends another one which is no error. */
export const isModule = (node) =>
  ts.isClassDeclaration(node) &&
  node.heritageClauses !== undefined &&
  !node.heritageClauses.some((clause) => clause.getText().endsWith("Error"));

/** Whether one of some declarations reaches another. */
export function reachesAny(files, declarations, id) {
  const starts = [...declarations].map((one) => ({ file: one.split("#")[0], name: one.split("#")[1] }));
  return reached(files, starts).has(id);
}

/** Keys of configs by section and state, from docs/config.md, which a test holds against the schemas. */
export function configKeys() {
  const sections = [];
  for (const line of readFileSync(join(root, "docs/config.md"), "utf8").split("\n")) {
    if (line.startsWith("## ")) sections.push({ name: line.slice(3), keys: new Map() });
    const [, keys, state] = line.split("|").map((cell) => cell.trim());
    if (!keys?.startsWith("`") || sections.length === 0) continue;
    const { keys: known } = sections.at(-1);
    known.set(state, [...(known.get(state) ?? []), ...[...keys.matchAll(/`([^`]+)`/g)].map(([, key]) => key)]);
  }
  return sections;
}
