import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EvaluationReport, StepReport, TrainReport } from "@retort/distill";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hasMpi, type Job, mpirun } from "../../distill/testing/mpirun.js";
import { writeTinyDetection } from "../../distill/testing/tiny-detection.js";
import { argumentsOf, tinyAloneConfig, tinyConfig, writeTinyData } from "../../distill/testing/tiny-training.js";

const bin = new URL("../dist/bin.js", import.meta.url).pathname;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "retort-together-"));
  await writeTinyData(folder, 40);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/**
 * A training of 20 steps of 8 samples over all ranks, without dropout, whose masks are each rank's own. The rate is low:
 * at the 0.003 of the config roundings of 5e-8 in the first step have grown to 4e-3 after 18 steps, for any two orders
 * of addition.
 */
function command(ranks: number, place: string, more: Record<string, unknown> = {}, name = "train"): string[] {
  const [config, overrides] = tinyAloneConfig(folder, {
    "Global.save_model_dir": join(folder, place),
    "Global.epoch_num": 4,
    "Global.eval_batch_step": [0, 10],
    "Global.use_sync_bn": true,
    "Optimizer.lr": { name: "Const", learning_rate: 0.0003 },
    "Train.loader.batch_size_per_card": 8 / ranks,
    "Eval.loader.batch_size_per_card": 1,
    "Architecture.Head.head_list.0.CTCHead.Neck.drop_rate": 0,
    "Architecture.Head.head_list.0.CTCHead.Neck.attn_drop_rate": 0,
    "Architecture.Head.head_list.1.SARHead.pred_dropout": 0,
    "Architecture.Head.head_list.1.SARHead.enc_drop_rnn": 0,
    ...more,
  });
  return [bin, name, "--json", ...argumentsOf(config, overrides)];
}

const reportsIn = ({ out }: Job): TrainReport[] =>
  out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
const stepsIn = (job: Job): StepReport[] => reportsIn(job).filter((report) => report.kind === "step");
const evaluationsIn = (job: Job): EvaluationReport[] =>
  reportsIn(job).filter(({ kind }) => kind === "evaluation") as never;

function expectSameSteps(found: readonly StepReport[], wanted: readonly StepReport[]): void {
  expect(found.map(({ step }) => step)).toEqual(wanted.map(({ step }) => step));
  for (const [i, { losses, step, learningRate }] of found.entries()) {
    expect(learningRate).toBe(wanted[i].learningRate);
    for (const [name, value] of Object.entries(wanted[i].losses)) {
      expect(Math.abs(losses[name] - value), `step ${step}, ${name}`).toBeLessThanOrEqual(1e-4 * Math.abs(value));
    }
  }
}

let whole: Promise<Job> | undefined;
/** The training of one process. */
function alone(): Promise<Job> {
  whole ??= mpirun(1, command(1, "whole"));
  return whole;
}

test.skipIf(!hasMpi)("MPI: 2 and 4 processes train as one does with the same batch", async () => {
  const one = await alone();
  expect(one.code, one.err).toBe(0);
  expect(stepsIn(one)).toHaveLength(20);
  for (const ranks of [2, 4]) {
    const job = await mpirun(ranks, command(ranks, `of-${ranks}`));
    expect(job.code, job.err).toBe(0);
    expect(job.err).toBe(one.err);
    expectSameSteps(stepsIn(job), stepsIn(one));
    expect(evaluationsIn(job).map(({ metrics }) => Object.keys(metrics))).toEqual(
      evaluationsIn(one).map(({ metrics }) => Object.keys(metrics)),
    );
    expect(readdirSync(join(folder, `of-${ranks}`)).sort()).toEqual(readdirSync(join(folder, "whole")).sort());
    const lines = (place: string): number => readFileSync(join(folder, place, "train.log"), "utf8").split("\n").length;
    expect(lines(`of-${ranks}`)).toBe(lines("whole"));
  }
});

/** A training of 20 steps of 4 pages over all ranks. Dice losses and mined pixels are of the whole batch, too. */
function detection(ranks: number, file: string): string[] {
  return [
    bin,
    "train",
    "--json",
    ...argumentsOf(file, {
      "Global.save_model_dir": join(folder, `detection-of-${ranks}`),
      "Global.epoch_num": 20,
      "Global.use_sync_bn": true,
      "Optimizer.lr": { name: "Const", learning_rate: 0.0001 },
      "Loss.loss_config_list.2.DistillationDBLoss.main_loss_type": "BCELoss",
      "Train.loader.batch_size_per_card": 4 / ranks,
    }),
  ];
}

test.skipIf(!hasMpi)(
  "MPI: 2 and 4 processes learn to find text as one does with the same batch",
  { timeout: 180_000 },
  async () => {
    const file = await writeTinyDetection(folder);
    const one = await mpirun(1, detection(1, file));
    expect(one.code, one.err).toBe(0);
    expect(stepsIn(one)).toHaveLength(20);
    for (const ranks of [2, 4]) {
      const job = await mpirun(ranks, detection(ranks, file));
      expect(job.code, job.err).toBe(0);
      expectSameSteps(stepsIn(job), stepsIn(one));
    }
  },
);

test.skipIf(!hasMpi)("MPI: the signal USR2 ends a training after a checkpoint, from which it goes on", async () => {
  let sent = false;
  const stopped = await mpirun(2, command(2, "stopped"), {}, (text, _, job) => {
    if (sent || !text.includes('"step":3,')) return;
    sent = true;
    process.kill(job, "SIGUSR2");
  });
  expect(sent).toBe(true);
  const latest = join(folder, "stopped", "latest");
  const { step } = JSON.parse(readFileSync(`${latest}.json`, "utf8")).progress;
  expect(step).toBeGreaterThanOrEqual(3);
  expect(step).toBeLessThan(20);
  expectSameSteps(stepsIn(stopped), stepsIn(await alone()).slice(0, step));
  const rest = await mpirun(2, command(2, "stopped", { "Global.checkpoints": latest }));
  expect(rest.code, rest.err).toBe(0);
  expectSameSteps(stepsIn(rest), stepsIn(await alone()).slice(step));
});

test.skipIf(!hasMpi)("MPI: after a rank was killed, another number of ranks goes on from the checkpoint", async () => {
  let saved = 0;
  let killed = false;
  const broken = await mpirun(2, command(2, "broken"), {}, (text, processes) => {
    saved += text.split('"kind":"saved"').length - 1;
    if (saved < 2 || killed) return;
    killed = true;
    process.kill(processes()[1], "SIGKILL");
  });
  expect(broken.code).not.toBe(0);
  expect(broken.err).toMatch(/rank 1 .*signal 9/s);
  const latest = join(folder, "broken", "latest");
  const { step } = JSON.parse(readFileSync(`${latest}.json`, "utf8")).progress;
  expect(step % 5).toBe(0);
  const rest = await mpirun(4, command(4, "broken", { "Global.checkpoints": latest }));
  expect(rest.code, rest.err).toBe(0);
  expectSameSteps(stepsIn(rest), stepsIn(await alone()).slice(step));
});

test.skipIf(!hasMpi)("MPI: a rank that hangs while training ends all, by name", async () => {
  const job = await mpirun(2, command(2, "hanging"), { RETORT_PATIENCE: "3" }, (text, processes) => {
    if (text.includes('"step":3,')) process.kill(processes()[1], "SIGSTOP");
  });
  expect(job.code).not.toBe(0);
  expect(job.err).toMatch(/rank 1 \(\S+, process \d+\) has not answered for 3 s/);
});

test.skipIf(!hasMpi)("MPI: a rank with another config is refused, with the difference", async () => {
  const other = command(2, "other", { "Global.seed": 5 });
  const job = await mpirun(1, [...command(2, "other"), ":", "-np", "1", process.execPath, ...other]);
  expect(job.code).not.toBe(0);
  expect(job.err).toMatch(/rank 1: .*the state of the networks is \w+, on rank 0 \w+; Global\.seed is 5, on rank 0 /);
  expect(job.out).not.toContain('"kind":"step"');
});

test.skipIf(!hasMpi)("MPI: evaluating and drawing give what one process gives", async () => {
  await alone();
  const [one, two] = [
    await mpirun(1, command(1, "whole", {}, "eval")),
    await mpirun(2, command(1, "whole", {}, "eval")),
  ];
  expect(two.code, two.err).toBe(0);
  const [a, b] = [one, two].map(({ out }) => JSON.parse(out));
  expect(b.images).toBe(4);
  expect(b.metrics.acc).toBe(a.metrics.acc);
  expect(b.metrics.norm_edit_dis).toBeCloseTo(a.metrics.norm_edit_dis, 12);

  const draw = (out: string): string[] => [bin, "synth", "-d", join(folder, out), "-n", "7", "--val", "2", "--json"];
  const [single, shared] = [await mpirun(1, draw("drawn")), await mpirun(2, draw("drawn-by-two"))];
  expect(shared.code, shared.err).toBe(0);
  expect({ ...JSON.parse(shared.out), out: "" }).toEqual({ ...JSON.parse(single.out), out: "" });
  const files = readdirSync(join(folder, "drawn"), { recursive: true, withFileTypes: true }).filter((f) => f.isFile());
  expect(files.length).toBe(7 + 2 + 4);
  for (const { parentPath, name } of files) {
    const file = join(parentPath, name);
    expect(readFileSync(file.replace("drawn", "drawn-by-two")), file).toEqual(readFileSync(file));
  }
});

test.skipIf(!hasMpi)(
  "MPI: ranks fill one cache of a frozen Teacher, and read what the others have stored",
  async () => {
    const [config, overrides] = tinyConfig(folder, {
      "Global.save_model_dir": join(folder, "cached"),
      "Global.epoch_num": 3,
      "Global.teacher_cache": join(folder, "teacher-cache"),
      "Architecture.Models.Teacher.freeze_params": true,
      "Train.loader.num_workers": 0,
      "Eval.loader.num_workers": 0,
    });
    const job = await mpirun(2, [bin, "train", ...argumentsOf(config, overrides)]);
    expect(job.code, job.err).toBe(0);
    const log = readFileSync(join(folder, "cached", "train.log"), "utf8");
    expect(log.match(/teacher_cache: .*/g)).toEqual([
      "teacher_cache: 0 outputs were stored, 40 computed",
      "teacher_cache: 40 outputs were stored, 0 computed",
      "teacher_cache: 40 outputs were stored, 0 computed",
    ]);
  },
);

test.skipIf(!hasMpi)("MPI: a command that cannot be shared is refused once", async () => {
  const job = await mpirun(2, [bin, "plan", "-c", "none.yml"]);
  expect(job.code).toBe(2);
  expect(job.err.match(/several processes \(mpirun\) can only do train, eval, synth/g)).toHaveLength(1);
});
