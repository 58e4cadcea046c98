import type { SimpleDataSet } from "@retort/ocr-models/data";
import { kernelSet, type Tensor } from "@retort/tensor";
import type { LoadedConfig } from "../config/load.js";
import type { Facts } from "./same-facts.js";

type Hash = import("node:crypto").Hash;

async function digest(feed: (hash: Hash) => void): Promise<string> {
  const { createHash } = await import("node:crypto");
  const hash = createHash("sha256");
  feed(hash);
  return hash.digest("hex").slice(0, 16);
}

/** The packages whose code takes part, by their entry points. */
const packages = ["@retort/tensor", "@retort/autograd", "@retort/ocr-models"];

/** A digest of all files of code that a run may load. */
async function codeDigest(): Promise<string> {
  const { readdirSync, readFileSync } = await import("node:fs");
  const { fileURLToPath } = await import("node:url");
  const own = new URL("..", import.meta.url);
  const folders = [own, ...packages.map((name) => new URL(".", import.meta.resolve(name)))];
  return digest((hash) => {
    for (const folder of folders.map((url) => fileURLToPath(url))) {
      const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => /\.[jt]s$/.test(file));
      for (const file of files.sort()) hash.update(file).update(readFileSync(`${folder}/${file}`));
    }
  });
}

/** Every value of nested data by its path. */
function flat(value: unknown, path: string): [string, string][] {
  if (typeof value !== "object" || value === null) return [[path, JSON.stringify(value) ?? "nothing"]];
  return Object.entries(value).flatMap(([key, inner]) => flat(inner, path === "" ? key : `${path}.${key}`));
}

/** The labels of a data set and the names of its images; what is in the images is not looked at. */
async function dataFact(data: SimpleDataSet): Promise<string> {
  const found = await digest((hash) => {
    for (let i = 0; i < data.size; i++) {
      const { paths, label } = data.line(i);
      hash.update(`${paths.join("\t")}\t${label}\n`);
    }
  });
  return `${data.size} lines (${found})`;
}

/** What the ranks of a run must have in common: code, config, dictionary, labels, and weights. */
export async function runFacts(
  { raw, dictionary }: Pick<LoadedConfig, "raw" | "dictionary">,
  weights: ReadonlyMap<string, Tensor>,
  data: Readonly<Record<string, SimpleDataSet>>,
): Promise<Facts> {
  const characters = dictionary.characters;
  const facts: Record<string, string> = {
    "Retort's code": await codeDigest(),
    "Node.js": process.versions.node.split(".")[0],
    "the kernel set": kernelSet(),
    "the dictionary": `${characters.length} characters (${await digest((hash) => hash.update(characters.join("\n")))})`,
  };
  for (const [name, set] of Object.entries(data)) facts[`${name} data`] = await dataFact(set);
  facts["the state of the networks"] = await digest((hash) => {
    for (const [key, value] of weights) {
      const { buffer, byteOffset, byteLength } = value.dataSync();
      hash.update(key).update(new Uint8Array(buffer, byteOffset, byteLength));
    }
  });
  return { ...facts, ...Object.fromEntries(flat(raw, "")) };
}
