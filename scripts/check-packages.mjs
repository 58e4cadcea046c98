// Checks the packages as others will install them: packs all five, lints the tarballs, installs them together in an
// empty folder, loads every entry point there as an ES module and by require, and runs the examples of every README, as
// they stand and, of the packages that browsers run too, bundled by Vite. `npm run check:packages`, after a build.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle, writeExamples } from "./try-examples.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const names = ["tensor", "autograd", "ocr-models", "distill", "cli"];
/** Those that run in browsers too; of these, the entry points that need Node are in their READMEs' tables. */
const forBrowsers = ["tensor", "autograd", "ocr-models", "distill"];
/** The most that a package may weigh, in KiB, packed. */
const heaviest = 600;
const wanted = ["package.json", "README.md", "LICENSE", "dist/index.js", "dist/index.d.ts", "src/index.ts"];

function run(command, args, cwd = root) {
  try {
    return execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    throw new Error(`${command} ${args.join(" ")} failed:\n${error.stdout}\n${error.stderr}`);
  }
}

const json = (path) => JSON.parse(readFileSync(path, "utf8"));

/** Packs one package into `folder` and says where the tarball lies. */
function pack(name, folder) {
  const [{ filename, files, size }] = JSON.parse(
    run("npm", ["pack", "--json", "--workspace", `packages/${name}`, "--pack-destination", folder]),
  );
  const paths = new Set(files.map(({ path }) => path));
  const missing = wanted.filter((path) => !paths.has(path));
  const tests = [...paths].filter((path) => /\.test\.[^/]+$/.test(path));
  if (missing.length > 0) throw new Error(`${filename} lacks ${missing.join(", ")}`);
  if (tests.length > 0) throw new Error(`${filename} holds tests: ${tests.join(", ")}`);
  if (size > heaviest * 1024) throw new Error(`${filename} has ${size} bytes, more than ${heaviest} KiB`);
  statesSupport(name);
  console.log(`${filename}: ${files.length} files, ${(size / 1024).toFixed(0)} KiB`);
  return join(folder, filename);
}

/** A package says where it runs and that loading it does nothing: in its package.json, for npm and bundlers, and its README. */
function statesSupport(name) {
  const { engines, sideEffects } = json(join(root, "packages", name, "package.json"));
  const readme = readFileSync(join(root, "packages", name, "README.md"), "utf8");
  if (engines?.node === undefined || sideEffects !== false)
    throw new Error(`${name}: engines.node or sideEffects is missing`);
  const inReadme = [/Node 20\.19/, /browser/i].filter((pattern) => !pattern.test(readme));
  if (inReadme.length > 0)
    throw new Error(`the README of ${name} does not say where it runs: ${inReadme.join(" and ")}`);
}

/** Every entry point that the package names, as others write it. */
function entries(name) {
  const { exports } = json(join(root, "packages", name, "package.json"));
  return Object.keys(exports)
    .filter((path) => path !== "./package.json")
    .map((path) => `@retort/${name}${path.slice(1)}`);
}

/** Loads an entry point in a process of its own, both ways, and compares what they give. */
function load(entry, folder) {
  const source = `
    import { createRequire } from "node:module";
    const imported = Object.keys(await import("${entry}"));
    const required = Object.keys(createRequire(process.cwd() + "/")("${entry}"));
    const same = imported.every((name) => required.includes(name));
    if (imported.length === 0 || !same) throw new Error("import gives " + imported + "; require gives " + required);
    process.stdout.write(String(imported.length));
  `;
  const count = run("node", ["--input-type=module", "--eval", source], folder);
  console.log(`${entry}: ${count} exports, the same by import and by require`);
}

/** Runs the examples of a README, and bundles of them, and compares what they print with what stands there. */
async function tryExamples(name, folder) {
  const examples = writeExamples(name, join(root, "packages", name, "README.md"), folder);
  if (examples.length === 0) throw new Error(`the README of ${name} has no example`);
  const sizes = [];
  for (const { file, expected } of examples) {
    comparePrinted(file, expected, folder);
    if (!forBrowsers.includes(name)) continue;
    const { output, kib } = await bundle(file);
    comparePrinted(output, expected, folder);
    sizes.push(kib);
  }
  const bundled = sizes.length === 0 ? "" : `; bundled too, in ${Math.min(...sizes)} to ${Math.max(...sizes)} KiB`;
  console.log(`${name}: ${examples.length} examples of the README print what it says${bundled}`);
}

function comparePrinted(file, expected, folder) {
  const printed = run("node", [file], folder).trimEnd();
  if (expected.length === 0 ? printed !== "" : printed === expected.join("\n")) return;
  throw new Error(`${file} prints\n${printed}\nand its README says\n${expected.join("\n")}`);
}

const folder = mkdtempSync(join(tmpdir(), "retort-packages-"));
try {
  const tarballs = names.map((name) => pack(name, folder));
  for (const tarball of tarballs) {
    run("npx", ["--no-install", "publint", "run", tarball, "--strict"]);
    run("npx", ["--no-install", "attw", tarball, "--ignore-rules", "cjs-resolves-to-esm"]);
  }
  console.log("publint and attw have no complaints");
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "user", private: true }));
  const peers = Object.entries(json(join(root, "packages/autograd/package.json")).peerDependencies);
  const packages = [...tarballs, ...peers.map(([name, range]) => `${name}@${range}`)];
  run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", ...packages], folder);
  for (const entry of names.flatMap(entries)) load(entry, folder);
  for (const name of names) await tryExamples(name, folder);
  const help = run("npx", ["--no-install", "retort", "--help"], folder);
  if (!help.includes("quickstart")) throw new Error(`retort --help does not name its commands:\n${help}`);
  console.log("retort --help runs");
} finally {
  rmSync(folder, { recursive: true });
}
