// Writes docs/FEATURES.md from the code and the tests: `npm run docs:features`, after a build. With --check it writes
// nothing and fails when the file is not what it would write.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sections } from "../packages/distill/dist/config/recognition.js";
import { schemaChoices } from "../packages/distill/dist/config/schema/keys.js";
import * as kits from "../packages/distill/dist/testing/index.js";
import { dispatches, evidence, importers, meaningOf, namesByPlace, storedTexts } from "./features/choices.mjs";
import { losses } from "./features/losses.mjs";
import { kernels, operations } from "./features/operations.mjs";
import { configKeys, exportedFrom, isClass, isModule, reachesAny } from "./features/parts.mjs";
import { readSources, root } from "./features/source.mjs";
import { code, mark, table } from "./features/table.mjs";

const files = readSources();
const known = kernels(files);
const names = namesByPlace(sections, schemaChoices);
const tests = importers(files);
const stored = storedTexts();
const places = dispatches(files);
const networkParts = ["Backbone", "Neck", "SequenceEncoder", "Head", "head_list"];
const networkFolder = /\/(backbones|necks|heads)\//;
const command = "npm run docs:features";

const intro = `# Features

Written by \`${command}\` from the code and the tests; \`.ci/run\` fails when it is not up to date. A mark says what was
found, not what is meant to be:

- **gradient**: the tests compare it with finite differences, by \`opChecks\`, \`gradCheck\` or a law.
- **second order**: no operation behind it refuses to be differentiated twice.
- **SIMD**: the kernel reaches a WebAssembly form; the plain one takes what that does not.
- **GPU**: a GPU device has a kernel of that name.
- **reference**: golden tests compare it with stored results of PaddleOCR: they import it, or it is named in their cases.
- **tests**: how many other test files import it; what has none is tested as part of something.`;

function kernelMark(run, property) {
  const lacking = run.filter((name) => !known.get(name)[property]);
  if (run.length === 0) return "no kernel";
  return lacking.length === 0 ? "yes" : lacking.length === run.length ? "no" : `but ${code(lacking)}`;
}

function operationTables() {
  const rows = operations(files, known).map((op) => [
    `\`${op.name}\``,
    mark(op.gradient),
    mark(op.secondOrder),
    kernelMark(op.kernels, "simd"),
    kernelMark(op.kernels, "gpu"),
  ]);
  const kernelRows = [...known].map(([name, { simd, gpu }]) => [`\`${name}\``, mark(simd), mark(gpu)]);
  return [
    "## Operations\n\nWhat `@retort/autograd` exports; kernels of their gradients count.",
    table(["operation", "gradient", "second order", "SIMD", "GPU"], rows),
    "## Kernels",
    table(["kernel", "SIMD", "GPU"], kernelRows),
  ];
}

/** A table of what the places of a config choose by a name. */
function choices(title, wanted, folder) {
  const rows = [...new Set(wanted.flatMap((place) => names.get(place) ?? []))].map((name) => {
    const found = evidence(name, meaningOf(files, places.get(name), folder), { stored, tests });
    return [`\`${name}\``, mark(found.golden), found.tests.length];
  });
  if (rows.length === 0) throw new Error(`no config chooses ${wanted.join(" or ")}`);
  return [`## ${title}`, table(["name in configs", "reference", "tests"], rows)];
}

/** Names that places of a config choose from, without marks. */
function listed(title, wanted) {
  return [`## ${title}`, wanted.map((place) => `- ${place}: ${code(names.get(place))}`).join("\n")];
}

function layerTable() {
  const meanings = networkParts
    .flatMap((place) => names.get(place))
    .map((name) => [name, meaningOf(files, places.get(name), networkFolder)]);
  const rows = exportedFrom(files, "packages/autograd/src/nn/index.ts", /\/nn\//, tests, isModule).map((layer) => [
    `\`${layer.name}\``,
    layer.tests.length,
    code([...new Set(meanings.filter(([, meaning]) => reachesAny(files, meaning, layer.id)).map(([name]) => name))]),
  ]);
  return ["## Layers", table(["layer", "tests", "what may hold it"], rows)];
}

function parts(title, entry, folder, isWanted) {
  const rows = exportedFrom(files, `packages/${entry}`, folder, tests, isWanted).map(({ name, golden, tests: own }) => [
    `\`${name}\``,
    mark(golden),
    own.length,
  ]);
  if (rows.length === 0) throw new Error(`${entry} exports nothing of ${folder}`);
  return [`## ${title}`, table(["export", "reference", "tests"], rows)];
}

function lossTable() {
  const all = [...new Set([...names.get("Loss"), ...names.get("loss_config_list")])];
  const rows = losses(files, { names: all, places, tests, kits }).map((loss) => [
    `\`${loss.name}\``,
    code(loss.configs),
    loss.golden,
    mark(loss.gradient),
    loss.laws,
  ]);
  return [
    "## Losses\n\nLaws are those of the testing kit that its own test holds the loss against.",
    table(["loss", "names in configs", "reference", "gradient", "laws"], rows),
  ];
}

function keyTables() {
  const states = ["used", "ours", "ignored", "refused"];
  const all = configKeys();
  const counts = all.map(({ name, keys }) => [name, ...states.map((state) => keys.get(state)?.length ?? 0)]);
  const lists = all.flatMap(({ name, keys }) =>
    states.filter((state) => keys.has(state)).map((state) => `- ${name}, ${state}: ${code(keys.get(state))}`),
  );
  return [
    "## Config keys\n\nStates and reasons are those of [config.md](config.md), which a test holds against the schemas.",
    table(["section", ...states], counts),
    lists.join("\n"),
  ];
}

const text = `${[
  intro,
  ...operationTables(),
  ...layerTable(),
  ...choices("Backbones, necks and heads", networkParts, networkFolder),
  ...lossTable(),
  ...parts("Decoders", "ocr-models/src/index.ts", /\/decode\//, isClass),
  ...parts("Label encoders", "ocr-models/src/index.ts", /\/text\//, isClass),
  ...parts("Metrics", "ocr-models/src/index.ts", /\/metrics\//, isClass),
  ...listed("Decoders and metrics in configs", ["PostProcess", "Metric"]),
  ...choices("Transforms", ["transforms"], /\/(data|text)\//),
  ...choices("Augmenters of IaaAugment", ["augmenter_args"], /\/augmenters\//),
  ...choices("Data sets and samplers", ["dataset", "sampler"], /\/data\//),
  ...choices("Optimizers", ["Optimizer"], /\/optim\//),
  ...choices("Schedules", ["lr"], /\/schedules\//),
  ...keyTables(),
].join("\n\n")}\n`;

const path = join(root, "docs/FEATURES.md");
if (!process.argv.includes("--check")) writeFileSync(path, text);
else if (readFileSync(path, "utf8") !== text) throw new Error(`docs/FEATURES.md is not up to date: ${command}`);
