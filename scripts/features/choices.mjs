// What configs choose by a name: networks, losses, decoders, transforms and the like, and what tests hold of each.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { declarationOf, named, reached, root, visit } from "./source.mjs";

const isGoldenTest = (file) => file.endsWith(".golden.test.ts");
const isTest = (file) => file.endsWith(".test.ts");
const goldens = join(root, "fixtures/goldens");

/** Names of all sections of a config that say what something is. */
export function namesByPlace(sections, schemaChoices) {
  const found = new Map();
  for (const [section, schema] of Object.entries(sections)) {
    for (const { at, names } of schemaChoices(schema, section)) {
      const place = at.split(".").at(-1);
      found.set(place, [...new Set([...(found.get(place) ?? []), ...names])]);
    }
  }
  return found;
}

/** Every text in the cases of the golden files, keys and values: the names that the reference was run with. */
export function storedTexts() {
  const found = new Set();
  const note = (value) => {
    if (typeof value === "string") found.add(value);
    else if (value !== null && typeof value === "object") {
      for (const [key, inner] of Object.entries(value)) {
        found.add(key);
        note(inner);
      }
    }
  };
  for (const file of readdirSync(goldens).sort()) {
    if (file.endsWith(".json")) note(JSON.parse(readFileSync(join(goldens, file), "utf8")));
    else if (file.endsWith(".safetensors"))
      note(JSON.parse(metadataOf(readFileSync(join(goldens, file))).case ?? "null"));
  }
  return found;
}

function metadataOf(bytes) {
  const length = Number(bytes.readBigUInt64LE(0));
  // biome-ignore lint/complexity/useLiteralKeys: the name is the format's.
  return JSON.parse(bytes.subarray(8, 8 + length).toString("utf8"))["__metadata__"] ?? {};
}

/** Where the code makes something by a name: a case of a switch, or an entry of a map. Name -> [{ file, node }]. */
export function dispatches(files) {
  const found = new Map();
  const note = (name, file, nodes) =>
    found.set(name, [...(found.get(name) ?? []), ...nodes.map((node) => ({ file, node }))]);
  for (const [file, { tree }] of files) {
    if (isTest(file) || /\/config\/(schema|checks)\//.test(file)) continue;
    visit(tree, (node) => {
      if (ts.isCaseClause(node) && ts.isStringLiteral(node.expression)) note(node.expression.text, file, bodyOf(node));
      if (ts.isPropertyAssignment(node) && !ts.isComputedPropertyName(node.name))
        note(node.name.text, file, [node.initializer]);
    });
  }
  return found;
}

/** What a case runs: the statements of the next case that has some. */
function bodyOf(clause) {
  const { clauses } = clause.parent;
  return clauses.slice(clauses.indexOf(clause)).find(({ statements }) => statements.length > 0)?.statements ?? [];
}

/** Test files by the declarations that they import: "file#name" -> files. */
export function importers(files) {
  const found = new Map();
  for (const [file, { imported }] of files) {
    if (!isTest(file)) continue;
    for (const { from, name } of imported.values()) {
      const declaration = declarationOf(files, from, name);
      if (declaration === undefined) continue;
      const id = `${declaration.file}#${declaration.name}`;
      found.set(id, [...(found.get(id) ?? []), file]);
    }
  }
  return found;
}

/** The declarations in `folder` that a name stands for, as "file#name". */
export function meaningOf(files, places, folder) {
  const found = new Set();
  for (const { file, node } of places ?? []) {
    const near = reached(
      files,
      named(files, file, node),
      (one) => one.file === file && !ts.isClassDeclaration(one.node),
    );
    for (const [id, one] of near) if (one.file !== file && folder.test(one.file)) found.add(id);
  }
  return found;
}

/** What tests say of a name: whether it is compared with the reference, and which test files look at it alone. */
export function evidence(name, meaning, { stored, tests }) {
  const files = [...new Set([...meaning].flatMap((id) => tests.get(id) ?? []))];
  return {
    golden: stored.has(name) || files.some(isGoldenTest),
    tests: files.filter((file) => !isGoldenTest(file)),
  };
}
