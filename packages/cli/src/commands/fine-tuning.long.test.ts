import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const inRoot = (path: string): string => fileURLToPath(new URL(`../../../../${path}`, import.meta.url));
const guide = readFileSync(inRoot("docs/fine-tuning.md"), "utf8");

/** The commands of the guide, in order, lines that end with a backslash joined. */
const commands = [...guide.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block]) =>
  block.replaceAll("\\\n", " ").trim().split("\n"),
);

/** A command as the test runs it: the build, with few images and epochs. */
function smaller(command: string): string {
  const [name] = command.replace("npx retort ", "").split(" ");
  const sized = command.replace(/-n \d+/, "-n 32").replace(/--val \d+/, "--val 8");
  const few = "Train.loader.batch_size_per_card=16 Train.loader.num_workers=0 Eval.loader.num_workers=0";
  const options = { train: `-o ${few} Global.epoch_num=2`, eval: "--json -o Eval.loader.num_workers=0" }[name] ?? "";
  return `${sized.replace("npx retort", '"$NODE" "$RETORT"')} ${options}`;
}

test("the commands of the guide to fine-tuning run in their order, and the Student stays the same network", () => {
  const folder = mkdtempSync(join(tmpdir(), "retort-guide-"));
  try {
    symlinkSync(inRoot("configs"), join(folder, "configs"));
    const env = { ...process.env, NODE: process.execPath, RETORT: inRoot("packages/cli/dist/bin.js") };
    const run = (command: string): string =>
      execFileSync("bash", ["-c", smaller(command)], {
        cwd: folder,
        env,
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"],
      });
    expect(commands.map((command) => command.split(" ")[2])).toEqual([
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
    expect(alone.checkpoint).toBe("output/for_paddle");
    expect(alone.metrics).toEqual({ acc: both.metrics.acc, norm_edit_dis: both.metrics.norm_edit_dis });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 600_000);
