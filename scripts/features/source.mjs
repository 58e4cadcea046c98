// The sources as a graph: which file declares what, and what a declaration reaches. Read with the TypeScript parser,
// without types.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

export const root = fileURLToPath(new URL("../..", import.meta.url));
const packages = ["tensor", "autograd", "ocr-models", "distill", "cli"];

/** Every TypeScript file of the packages, by its path in the repository. */
export function readSources() {
  const files = new Map();
  for (const name of packages) {
    const folder = join(root, "packages", name, "src");
    for (const path of readdirSync(folder, { recursive: true })) {
      if (!path.endsWith(".ts") || path.endsWith(".d.ts")) continue;
      const file = relative(root, join(folder, path));
      files.set(file, parsed(file));
    }
  }
  return files;
}

function parsed(file) {
  const text = readFileSync(join(root, file), "utf8");
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found = { file, tree, declared: new Map(), imported: new Map(), exported: new Map(), stars: [] };
  for (const statement of tree.statements) note(found, statement);
  return found;
}

function note(found, statement) {
  if (ts.isImportDeclaration(statement)) noteImport(found, statement);
  else if (ts.isExportDeclaration(statement)) noteExport(found, statement);
  else if (ts.isVariableStatement(statement)) {
    for (const { name, ...rest } of statement.declarationList.declarations) {
      const node = rest.initializer;
      for (const identifier of namesIn(name)) if (node !== undefined) found.declared.set(identifier, node);
    }
  } else if (statement.name !== undefined && ts.isIdentifier(statement.name)) {
    if (!ts.isInterfaceDeclaration(statement) && !ts.isTypeAliasDeclaration(statement))
      found.declared.set(statement.name.text, statement);
  }
}

function namesIn(name) {
  return ts.isIdentifier(name)
    ? [name.text]
    : name.elements.flatMap((element) => (element.name ? namesIn(element.name) : []));
}

function noteImport({ imported, file }, { importClause, moduleSpecifier }) {
  const from = target(file, moduleSpecifier.text);
  const bindings = importClause?.namedBindings;
  if (from === undefined || bindings === undefined || importClause.isTypeOnly) return;
  if (ts.isNamespaceImport(bindings)) imported.set(bindings.name.text, { from, name: "*" });
  else
    for (const { name, propertyName, isTypeOnly } of bindings.elements)
      if (!isTypeOnly) imported.set(name.text, { from, name: (propertyName ?? name).text });
}

function noteExport({ exported, stars, file }, { exportClause, moduleSpecifier, isTypeOnly }) {
  const from = moduleSpecifier && target(file, moduleSpecifier.text);
  if (from === undefined || isTypeOnly) return;
  if (exportClause === undefined) stars.push(from);
  else if (ts.isNamespaceExport(exportClause)) exported.set(exportClause.name.text, { from, name: "*" });
  else
    for (const { name, propertyName, isTypeOnly: type } of exportClause.elements)
      if (!type) exported.set(name.text, { from, name: (propertyName ?? name).text });
}

/** The file that an import names; undefined for packages that are not ours. */
function target(file, specifier) {
  const own = specifier.match(/^@retort\/([^/]+)(?:\/(.+))?$/);
  if (own) return `packages/${own[1]}/src/${own[2] ? `${own[2]}/` : ""}index.ts`;
  if (!specifier.startsWith(".")) return undefined;
  return join(dirname(file), specifier.replace(/\.js$/, ".ts"));
}

/** Where a name that a file exports, imports or declares is declared: { file, name }; name "*" is the file itself. */
export function declarationOf(files, file, name) {
  const source = files.get(file);
  if (source === undefined) return undefined;
  if (name === "*" || source.declared.has(name)) return { file, name };
  const next = source.imported.get(name) ?? source.exported.get(name);
  if (next !== undefined) return declarationOf(files, next.from, next.name);
  for (const star of source.stars) {
    const found = declarationOf(files, star, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** All names that a file exports by itself or from others. */
export function exportsOf(files, file) {
  const { exported, stars, tree } = files.get(file);
  const own = tree.statements.flatMap((statement) =>
    statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
      ? ts.isVariableStatement(statement)
        ? statement.declarationList.declarations.flatMap(({ name }) => namesIn(name))
        : ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)
          ? []
          : [statement.name.text]
      : [],
  );
  return [...exported.keys(), ...own, ...stars.flatMap((star) => exportsOf(files, star))];
}

/** Visits a node and everything below it, types left out. */
export function visit(node, look) {
  if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return;
  look(node);
  ts.forEachChild(node, (child) => visit(child, look));
}

/** The declarations that a node of a file names, as { file, name }. */
export function named(files, file, node) {
  const found = [];
  visit(node, (inner) => {
    if (!ts.isIdentifier(inner)) return;
    const { parent } = inner;
    if (ts.isPropertyAccessExpression(parent) && parent.name === inner) {
      const space = ts.isIdentifier(parent.expression) && files.get(file).imported.get(parent.expression.text);
      if (space?.name === "*") found.push(declarationOf(files, space.from, inner.text));
      return;
    }
    if ((ts.isPropertyAssignment(parent) || ts.isMethodDeclaration(parent)) && parent.name === inner) return;
    found.push(declarationOf(files, file, inner.text));
  });
  return found.filter((one) => one !== undefined && one.name !== "*");
}

const idOf = ({ file, name }) => `${file}#${name}`;

/**
 * Everything that a declaration, or a node of a file, reaches through what it names: a map from "file#name" to
 * { file, name, node }. `enters` says whether to go on from a declaration.
 */
export function reached(files, starts, enters = () => true) {
  const found = new Map();
  const queue = [...starts];
  while (queue.length > 0) {
    const next = queue.pop();
    const node = files.get(next.file).declared.get(next.name);
    if (found.has(idOf(next)) || node === undefined) continue;
    const declaration = { ...next, node };
    found.set(idOf(next), declaration);
    if (enters(declaration)) queue.push(...named(files, next.file, node));
  }
  return found;
}
