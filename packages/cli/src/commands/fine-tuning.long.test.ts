import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const inRoot = (path: string): string => fileURLToPath(new URL(`../../../../${path}`, import.meta.url));
const guide = readFileSync(inRoot("docs/fine-tuning.md"), "utf8");

/** Commands, in order, lines that end with a backslash joined. */
const commandsIn = (text: string): string[] =>
  [...text.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block]) => block.replaceAll("\\\n", " ").trim().split("\n"));

const [, detection] = /^## Networks that find text$([\s\S]*?)^## /m.exec(guide) ?? [];

/** How small a test makes what the guide makes: images to train with and to measure, epochs, a batch. */
interface Size {
  readonly train: number;
  readonly val: number;
  readonly epochs: number;
  readonly batch: number;
}

/** A command as the test runs it: the build, with few images and epochs. */
function smaller(command: string, { train, val, epochs, batch }: Size): string {
  const [name] = command.replace("npx retort ", "").split(" ");
  const sized = command.replace(/-n \d+/, `-n ${train}`).replace(/--val \d+/, `--val ${val}`);
  const few = `Train.loader.batch_size_per_card=${batch} Train.loader.num_workers=0 Eval.loader.num_workers=0`;
  const options =
    { train: `-o ${few} Global.epoch_num=${epochs}`, eval: "--json -o Eval.loader.num_workers=0" }[name] ?? "";
  return `${sized.replace("npx retort", '"$NODE" "$RETORT"')} ${options}`;
}

/** Runs something in a folder that has the configs, with what runs commands there and gives their output. */
function inFolder(size: Size, use: (run: (command: string) => string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "retort-guide-"));
  try {
    symlinkSync(inRoot("configs"), join(folder, "configs"));
    const env = { ...process.env, NODE: process.execPath, RETORT: inRoot("packages/cli/dist/bin.js") };
    use((command) =>
      execFileSync("bash", ["-c", smaller(command, size)], {
        cwd: folder,
        env,
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"],
      }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const kinds = (commands: readonly string[]): string[] => commands.map((command) => command.split(" ")[2]);

test(
  "the commands of the guide to fine-tuning run in their order, and the Student stays the same network",
  () =>
    inFolder({ train: 32, val: 8, epochs: 2, batch: 16 }, (run) => {
      const commands = commandsIn(guide.replace(detection, ""));
      expect(kinds(commands)).toEqual([
        "synth",
        "train",
        "synth",
        "train",
        "extract",
        "train",
        "eval",
        "extract",
        "eval",
      ]);
      const outputs = commands.map(run);
      for (const output of outputs) expect(output).not.toBe("");
      const both = JSON.parse(run("npx retort eval -c configs/rec/pp-ocrv3-distillation-small.yml"));
      const alone = JSON.parse(outputs[8]);
      expect(alone.checkpoint).toBe("output/for_paddle.pdparams");
      expect(alone.metrics).toEqual({ acc: both.metrics.acc, norm_edit_dis: both.metrics.norm_edit_dis });
    }),
  600_000,
);

test(
  "so do those for networks that find text",
  () =>
    inFolder({ train: 4, val: 2, epochs: 1, batch: 2 }, (run) => {
      const commands = commandsIn(detection);
      const expected = ["synth", "train", "train", "synth", "extract", "extract", "train", "train", "train", "eval"];
      expect(kinds(commands)).toEqual(expected);
      const outputs = commands.map(run);
      for (const output of outputs) expect(output).not.toBe("");
      const distilled = JSON.parse(run("npx retort eval -c configs/det/pp-ocrv3-cml-small.yml"));
      const alone = JSON.parse(outputs[9]);
      expect(alone.checkpoint).toBe("output/det_student.safetensors");
      expect(alone.metrics).toEqual(distilled.metrics);
    }),
  600_000,
);
