// Losses, with the laws that their tests hold them against.
import ts from "typescript";
import { evidence, meaningOf } from "./choices.mjs";
import { declarationOf, exportsOf, reached } from "./source.mjs";

const folder = /^packages\/(ocr-models|distill)\/src\/losses\//;
const entries = ["packages/ocr-models/src/index.ts", "packages/distill/src/index.ts"];
const idOf = ({ file, name }) => `${file}#${name}`;

/** Laws among what a test imports of a testing kit, lists of laws taken apart. `kits` holds the values by name. */
function lawsOf(files, test, kits) {
  const found = new Set();
  for (const { from, name } of files.get(test).imported.values()) {
    const declaration = declarationOf(files, from, name);
    if (!declaration?.file.includes("/src/testing/")) continue;
    const value = kits[declaration.name];
    const laws = Array.isArray(value) ? value : [value];
    for (const law of laws) if (typeof law?.holds === "function") found.add(law.name);
    // Functions beside laws make them, but for one that only computes.
    const makesLaws = /laws\.ts$|\/ctc\.ts$|\/divergences\.ts$/.test(declaration.file);
    if (makesLaws && typeof value === "function" && !name.startsWith("ctcB")) found.add(name);
  }
  return [...found];
}

function lossFunctions(files) {
  return entries.flatMap((entry) =>
    exportsOf(files, entry).flatMap((name) => {
      const declaration = declarationOf(files, entry, name);
      if (declaration === undefined || !folder.test(declaration.file) || !/(Loss|Losses|CrossEntropy)$/.test(name))
        return [];
      return ts.isFunctionDeclaration(files.get(declaration.file).declared.get(declaration.name)) ? [declaration] : [];
    }),
  );
}

/** Every loss: the names in configs that mean it, whether it is compared with the reference, and its laws. */
export function losses(files, { names, places, tests, kits }) {
  const all = lossFunctions(files);
  const meanings = names.map((name) => [name, meaningOf(files, places.get(name), folder)]);
  const comparedDirectly = all.filter((one) => evidence("", [idOf(one)], { stored: new Set(), tests }).golden);
  return all.map((loss) => {
    const id = idOf(loss);
    const within = comparedDirectly.find((other) => other !== loss && reached(files, [other]).has(id));
    const own = tests.get(id)?.filter((file) => file === loss.file.replace(/\.ts$/, ".test.ts")) ?? [];
    const laws = own.flatMap((file) => lawsOf(files, file, kits));
    return {
      name: loss.name,
      configs: meanings.filter(([, meaning]) => meaning.has(id)).map(([name]) => name),
      golden: comparedDirectly.includes(loss) ? "yes" : within === undefined ? "no" : `in \`${within.name}\``,
      gradient: laws.some((law) => law.startsWith("gradientMatches")),
      laws: new Set(laws).size,
    };
  });
}
