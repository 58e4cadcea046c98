import { existsSync } from "node:fs";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { alone, type Communicator, checkSameFacts } from "@retort/distill/parallel";
import type { SynthImage } from "./canvas.js";
import { type Plan, planSynth, type SynthOptions, type Task } from "./options.js";
import { prepareScenes } from "./scenes.js";
import { prepare, type SynthSet } from "./synthesize.js";

/** Where and how to write a data set. */
export interface WriteOptions extends SynthOptions {
  /** The folder to write to; made when it does not exist. */
  readonly out: string;
  /** Write into a folder that is not empty. What an earlier run of the generator left there is removed first. */
  readonly force?: boolean;
  /** Called after every few images. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Processes that draw the set together, each its share of the pictures, which are those that one alone draws. */
  readonly ranks?: Communicator;
  /** Stops after the images at hand. */
  readonly signal?: AbortSignal;
}

/** What was written. */
export interface WriteReport {
  readonly out: string;
  readonly task: Task;
  readonly train: number;
  readonly val: number;
  /** Characters in dict.txt. */
  readonly characters: number;
  /** Texts hold spaces, which PaddleOCR's configs add by `use_space_char: true`, not through the dictionary. */
  readonly space: boolean;
  /** Texts in all images, those too small to be read included. */
  readonly regions: number;
  /** How many images were drawn with each font. */
  readonly fonts: Readonly<Record<string, number>>;
  /** What was left out because no font has it. */
  readonly dropped: readonly string[];
}

/** Names in the folder that belong to the generator. */
const OWN = ["images", "train.txt", "val.txt", "dict.txt", "synth.json"];
const SETTINGS = "synth.json";
// Images that are encoded and written beside each other.
const AT_ONCE = 16;

/**
 * Draws a data set into a folder, in PaddleOCR's format: `images/`, the label files `train.txt` and `val.txt` (lines of
 * path, tab, text, or for detection a JSON list of texts and their corners; paths relative to the folder), `dict.txt`,
 * and `synth.json` with the settings.
 *
 * The label files are written last, so that an interrupted run leaves none.
 *
 * @throws Error when the folder is not empty and `force` is not set, and as `planSynth` does.
 */
export async function writeDataset(options: WriteOptions): Promise<WriteReport> {
  const plan = planSynth(options);
  const set = labelled(plan);
  const { ranks = alone } = options;
  const chosen = JSON.stringify(settings(options), null, 2);
  checkSameFacts(ranks, { "the set to draw": chosen, out: options.out });
  if (ranks.rank === 0) {
    await claimFolder(options.out, options.force ?? false);
    await writeFile(join(options.out, SETTINGS), `${chosen}\n`);
  }
  ranks.barrier();
  const drawn: Drawn = { fonts: {}, regions: 0 };
  const train = await writePart(options, set, "train", drawn);
  const val = await writePart(options, set, "val", drawn);
  const characters = plan.source.characters.filter((character) => character !== " ");
  const space = characters.length < plan.source.characters.length;
  if (ranks.rank === 0) {
    await writeFile(join(options.out, "dict.txt"), lines(characters));
    if (val.length > 0) await writeFile(join(options.out, "val.txt"), lines(val));
    await writeFile(join(options.out, "train.txt"), lines(train));
  }
  const counts = { train: train.length, val: val.length, characters: characters.length };
  return { out: options.out, task: options.task ?? "rec", ...counts, space, ...drawn, dropped: plan.dropped };
}

/** An image with what its line of the label file says. */
interface Labelled {
  readonly image: SynthImage;
  readonly label: string;
  readonly fonts: readonly string[];
  /** Texts in it. */
  readonly texts: number;
}

/** What one process has drawn of a part: the lines of its pictures, which are every so many. */
interface Share extends Drawn {
  readonly labels: readonly string[];
}

/** What has been drawn so far. */
interface Drawn {
  fonts: Record<string, number>;
  regions: number;
}

function labelled(plan: Plan): SynthSet<Labelled> {
  if (plan.scene === undefined) {
    return withLabels(prepare(plan), ({ image, text, font }) => ({ image, label: text, fonts: [font], texts: 1 }));
  }
  return withLabels(prepareScenes(plan), ({ image, regions, fonts }) => {
    return { image, label: JSON.stringify(regions), fonts, texts: regions.length };
  });
}

function withLabels<Sample>(set: SynthSet<Sample>, label: (sample: Sample) => Labelled): SynthSet<Labelled> {
  return { ...set, draw: async (part, index) => label(await set.draw(part, index)) };
}

async function writePart(
  options: WriteOptions,
  set: SynthSet<Labelled>,
  part: "train" | "val",
  drawn: Drawn,
): Promise<string[]> {
  const count = set[part];
  if (count > 0) await mkdir(join(options.out, "images", part), { recursive: true });
  const digits = Math.max(5, String(count).length);
  const before = part === "val" ? set.train : 0;
  const { ranks = alone } = options;
  const own: Drawn = { fonts: {}, regions: 0 };
  const drawOne = async (i: number): Promise<string> => {
    const { image, label, fonts, texts } = await set.draw(part, i);
    const path = `images/${part}/${String(i + 1).padStart(digits, "0")}.${image.format}`;
    await writeFile(join(options.out, path), image.bytes);
    for (const font of fonts) own.fonts[font] = (own.fonts[font] ?? 0) + 1;
    own.regions += texts;
    return `${path}\t${label}`;
  };
  const mine = Array.from({ length: count }, (_, i) => i).filter((i) => i % ranks.size === ranks.rank);
  const labels: string[] = [];
  while (labels.length < mine.length) {
    options.signal?.throwIfAborted();
    const next = mine.slice(labels.length, labels.length + AT_ONCE);
    labels.push(...(await Promise.all(next.map(drawOne))));
    options.onProgress?.(before + Math.min(count, labels.length * ranks.size), set.train + set.val);
  }
  const shares = ranks.gather(JSON.stringify({ labels, ...own })).map((text) => JSON.parse(text) as Share);
  for (const { fonts, regions } of shares) {
    for (const [font, times] of Object.entries(fonts)) drawn.fonts[font] = (drawn.fonts[font] ?? 0) + times;
    drawn.regions += regions;
  }
  return Array.from({ length: count }, (_, i) => shares[i % ranks.size].labels[Math.floor(i / ranks.size)]);
}

async function claimFolder(out: string, force: boolean): Promise<void> {
  await mkdir(out, { recursive: true });
  const found = await readdir(out);
  if (found.length === 0) return;
  if (!force) {
    throw new Error(`folder ${out} is not empty (${found.slice(0, 3).join(", ")} ...): name another, or use --force`);
  }
  if (!existsSync(join(out, SETTINGS))) return;
  for (const name of OWN) await rm(join(out, name), { recursive: true, force: true });
}

function settings(options: WriteOptions): object {
  const { words, corpus, exclude, signal: _, onProgress: __, force: ___, out: ____, ranks: _____, ...rest } = options;
  const counted = {
    words: words?.length,
    corpusLines: corpus?.length,
    excluded: exclude?.length,
  };
  return { ...rest, ...counted };
}

const lines = (items: readonly string[]): string => items.map((item) => `${item}\n`).join("");
