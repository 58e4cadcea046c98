// Operations and kernels, with what their definitions and tests say of them.
import ts from "typescript";
import { declarationOf, exportsOf, named, reached, visit } from "./source.mjs";

const entry = "packages/autograd/src/index.ts";
const isOperation = ({ file }) => file.startsWith("packages/autograd/src/ops/");

/** What a kernel map of a device lists: kernel name -> the declaration of its function. */
function kernelsOf(files, file, name) {
  const found = new Map();
  const map = files.get(file)?.declared.get(name);
  if (map === undefined) return found;
  for (const { name: key, initializer } of map.properties)
    found.set(key.text, declarationOf(files, file, initializer.text));
  return found;
}

/** Every kernel: whether it has a SIMD form, and whether the GPU has it. */
export function kernels(files) {
  const gpu = kernelsOf(files, "packages/tensor/src/gpu/kernels/index.ts", "gpuKernels");
  const cpu = kernelsOf(files, "packages/tensor/src/cpu/device.ts", "kernels");
  return new Map(
    [...cpu].map(([kernel, run]) => {
      const simd = [...reached(files, [run]).values()].some(({ file }) => /\/kernels\/.*\/simd\.ts$/.test(file));
      return [kernel, { simd, gpu: gpu.has(kernel) }];
    }),
  );
}

/** Kernels that declarations run: the texts that `device.run` and `run` are called with. */
function kernelsRun(declarations, known) {
  const found = new Set();
  for (const { node } of declarations) {
    visit(node, (inner) => {
      if (ts.isStringLiteral(inner) && known.has(inner.text) && ts.isCallExpression(inner.parent))
        found.add(inner.text);
    });
  }
  return [...found].sort();
}

const isOnce = ({ node }) => {
  let once = false;
  visit(node, (inner) => {
    if (
      ts.isPropertyAssignment(inner) &&
      inner.name.text === "once" &&
      inner.initializer.kind === ts.SyntaxKind.TrueKeyword
    )
      once = true;
  });
  return once;
};

/** What a node names, and what the variables of the functions around it that it names do. */
function namedNearby(files, file, node) {
  const found = named(files, file, node);
  visit(node, (inner) => {
    const around = ts.isIdentifier(inner) ? variableAround(inner) : undefined;
    if (around !== undefined) found.push(...named(files, file, around));
  });
  return found;
}

/** The initializer of the variable of that name in the nearest block around, but for those of the file itself. */
function variableAround(identifier) {
  for (let at = identifier.parent; at !== undefined && !ts.isSourceFile(at); at = at.parent) {
    if (!ts.isBlock(at)) continue;
    const variables = at.statements.filter(ts.isVariableStatement).flatMap((one) => one.declarationList.declarations);
    const found = variables.find(({ name }) => name.text === identifier.text);
    if (found !== undefined) return found.initializer;
  }
  return undefined;
}

/** Operations whose gradients the tests of `ops/` hold against finite differences, by opChecks, gradCheck or a law. */
function gradientChecked(files) {
  const checked = new Set();
  for (const [file, { tree }] of files) {
    if (!/^packages\/autograd\/src\/ops\/.*\.test\.ts$/.test(file)) continue;
    visit(tree, (node) => {
      if (!ts.isCallExpression(node) || !["opChecks", "gradCheck"].includes(node.expression.text)) return;
      const starts = node.arguments.flatMap((argument) => namedNearby(files, file, argument));
      for (const { file: at, name } of reached(files, starts, (one) => one.file === file).values()) {
        if (isOperation({ file: at })) checked.add(`${at}#${name}`);
      }
    });
  }
  return checked;
}

/** Every operation that autograd exports, in the order of the index. */
export function operations(files, known) {
  const checked = gradientChecked(files);
  const names = [...new Set(exportsOf(files, entry))];
  return names.flatMap((name) => {
    const declaration = declarationOf(files, entry, name);
    if (declaration === undefined || !isOperation(declaration)) return [];
    const node = files.get(declaration.file).declared.get(declaration.name);
    if (!ts.isFunctionDeclaration(node)) return [];
    const all = [...reached(files, [declaration], (one) => !ts.isClassDeclaration(one.node)).values()];
    return {
      name,
      gradient: checked.has(`${declaration.file}#${declaration.name}`),
      secondOrder: !all.some((one) => isOperation(one) && isOnce(one)),
      kernels: kernelsRun(
        all.filter(({ file }) => file.startsWith("packages/tensor/src/ops/")),
        known,
      ),
    };
  });
}
