import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import { capture } from "../../testing/capture.js";
import { fakeBox, fakeEngine, fakeReading } from "../../testing/fake-engine.js";
import { main } from "../main.js";

async function retort(args: string[], acc?: number, interrupted = false) {
  const { terminal, out, err, interrupt } = capture();
  const { engine, calls } = fakeEngine(acc);
  if (interrupted) interrupt();
  const code = await main(args, terminal, engine);
  return { code, out: out(), err: err(), calls };
}

const folder = (): string => mkdtempSync(join(tmpdir(), "retort-commands-"));

test("-o takes several values and may be repeated", async () => {
  const { calls } = await retort(["plan", "-c", "a.yml", "-o", "A.b=1", "C.d=x=y", "-o", "E.f=[1, 2]"]);
  expect(calls).toEqual([{ name: "plan", config: "a.yml", overrides: ["A.b=1", "C.d=x=y", "E.f=[1, 2]"] }]);
});

test("plan prints what it found, with titles, and JSON on request", async () => {
  const { code, out } = await retort(["plan", "-c", "a.yml"]);
  expect(code).toBe(0);
  expect(out).toBe("Student 1.1 M parameters\n\nlosses\n  dml_ctc: 1.0 x Student, Teacher\n\nwarnings\n  no gpu\n");
  expect(JSON.parse((await retort(["plan", "-c", "a.yml", "--json"])).out).warnings).toEqual(["no gpu"]);
});

test("a config that cannot be used gives code 2, for plan, data and train", async () => {
  for (const command of ["plan", "data", "train"]) {
    const { code, err } = await retort([command, "-c", "bad.yml"]);
    expect(code).toBe(2);
    expect(err).toBe("error: bad.yml: Global.epoch_num: missing\n");
  }
});

test("data describes a section and draws its samples", async () => {
  const out = join(folder(), "sheets", "seen.png");
  const shown = await retort(["data", "-c", "a.yml", "--section", "Eval", "--out", out]);
  expect(shown.code).toBe(0);
  expect(shown.calls).toEqual([{ name: "data", config: "a.yml", overrides: [] }]);
  expect(shown.out).toBe(
    `Train: 2 lines, all usable\n\nlines\n  train.txt: 2 lines\n\n2 samples as the network sees them: ${out}\n`,
  );
  expect([...readFileSync(out).subarray(1, 4)]).toEqual([...Buffer.from("PNG")]);
  const report = JSON.parse((await retort(["data", "-c", "a.yml", "-d", out, "--json"])).out);
  expect(report).toMatchObject({ section: "Train", lines: 2, sheet: out, images: { inputs: [[2, 3]] } });
  expect(report.samples).toEqual([
    { text: "12", path: "a.png", width: 3, height: 2 },
    { text: "34", path: "b.png", width: 3, height: 2 },
  ]);
});

test.each([
  [["--images", "many"], /--images: expected a number or "all", found "many"/],
  [["--samples", "-1"], /--samples: expected a whole number from 0 to 1,000/],
  [["--section", "Test"], /Invalid values/],
])("data %j is called wrongly", async (args, message) => {
  const { code, err } = await retort(["data", "-c", "a.yml", ...args]);
  expect(code).toBe(2);
  expect(err).toMatch(message);
});

test("samples that training could not use are shown as a warning", async () => {
  const { terminal, err } = capture();
  const { engine } = fakeEngine();
  const train: typeof engine.train = async function* () {
    yield { kind: "skipped", section: "Train", count: 3, byReason: { "label empty": 2, "unreadable image": 1 } };
  };
  expect(await main(["train", "-c", "a.yml"], terminal, { ...engine, train })).toBe(0);
  expect(err()).toContain("warning: Train: 3 samples cannot be used: 2 x label empty, 1 x unreadable image");
});

test("train shows steps and evaluations", async () => {
  const { code, out, err } = await retort(["train", "-c", "a.yml"]);
  expect(code).toBe(0);
  expect(out).toContain("Student 1.1 M parameters");
  expect(err).toContain("warning: no gpu");
  expect(err).toContain("epoch 1/1  50%  100 img/s  loss 3.00 (ctc 1.00 sar 2.00)  lr 1.0e-3  ETA 0:01");
  expect(err).toContain("eval  step 1  Student acc 0.950 edit 0.990  Teacher acc 0.900  (best, saved)");
  const lines = (await retort(["train", "-c", "a.yml", "--json"])).out.trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line).kind)).toEqual(["step", "evaluation", "step", "saved"]);
});

test("an interrupted training says how to go on and gives code 130", async () => {
  const { code, err } = await retort(["train", "-c", "a.yml"], 0.9, true);
  expect(code).toBe(130);
  expect(err).toContain("interrupted: the training is saved in out/latest; go on with");
  expect(err).toContain("retort train -c a.yml -o Global.checkpoints=out/latest");
});

test("eval prints the metrics by network", async () => {
  const { out } = await retort(["eval", "-c", "a.yml"]);
  expect(out).toBe("20 images, weights of out/best_accuracy\nStudent acc 0.950 edit 0.990  Teacher acc 0.900\n");
  expect(JSON.parse((await retort(["eval", "-c", "a.yml", "--json"])).out).metrics.Teacher_acc).toBe(0.9);
});

test("infer reads files, prints a table and writes the readings", async () => {
  const dir = folder();
  writeFileSync(join(dir, "a.png"), "");
  const out = join(dir, "new", "readings.jsonl");
  const result = await retort(["infer", join(dir, "*.png"), "-c", "a.yml", "--out", out]);
  expect(result.code).toBe(0);
  expect(result.out).toMatch(/image +Student\n.*a\.png +123 0\.50/);
  expect(JSON.parse(readFileSync(out, "utf8"))).toEqual({
    image: join(dir, "a.png"),
    readings: { Student: fakeReading },
  });
  const { out: json } = await retort(["infer", join(dir, "*.png"), "-c", "a.yml", "--json"]);
  expect(JSON.parse(json)).toEqual([{ image: join(dir, "a.png"), readings: { Student: fakeReading } }]);
  const missing = await retort(["infer", join(dir, "no.png"), "-c", "a.yml"]);
  expect(missing.code).toBe(2);
  expect(missing.err).toContain("image file or folder not found");
});

test("infer of a config that finds boxes prints, writes and draws them", async () => {
  const dir = folder();
  const page = join(dir, "page.png");
  await sharp({ create: { width: 40, height: 20, channels: 3, background: "white" } }).toFile(page);
  const [out, draw] = [join(dir, "boxes.jsonl"), join(dir, "drawn")];
  const shown = await retort(["infer", page, "-c", "det.yml", "--out", out, "--draw", draw]);
  expect(shown.code).toBe(0);
  expect(shown.out).toMatch(/image +box +score\n.*page\.png +2,3 10x5 +0\.75\n\npictures with the boxes: .*drawn\n/);
  const pictures = { Student: join(draw, "Student/page.png") };
  expect(JSON.parse(readFileSync(out, "utf8"))).toEqual({ image: page, boxes: { Student: [fakeBox] }, pictures });
  expect(existsSync(pictures.Student)).toBe(true);
  const { out: json } = await retort(["infer", page, "-c", "det.yml", "--json"]);
  expect(JSON.parse(json)).toEqual([{ image: page, boxes: { Student: [fakeBox] } }]);
});

test("infer with a recogniser reads what it finds", async () => {
  const page = join(folder(), "page.png");
  writeFileSync(page, "");
  const args = ["infer", page, "-c", "det.yml", "-o", "A=1", "--rec-config", "rec.yml", "--rec-override", "B=2", "C=3"];
  const { out, calls } = await retort(args);
  expect(calls).toEqual([
    { name: "detect", config: "det.yml", overrides: ["A=1"] },
    { name: "recogniser", config: "rec.yml", overrides: ["B=2", "C=3"] },
  ]);
  expect(out).toMatch(/image +box +score +Student\n.*page\.png +2,3 10x5 +0\.75 +123 0\.50\n/);
});

test.each([
  [["-c", "rec.yml", "--draw", "x"], "--draw: is for a config that finds boxes, but rec.yml reads text"],
  [
    ["-c", "rec.yml", "--rec-config", "r.yml"],
    "--rec-config: is for a config that finds boxes, but rec.yml reads text",
  ],
  [["-c", "det.yml", "--rec-override", "A=1"], "--rec-override: belongs to --rec-config"],
  [
    ["--model", "rec.onnx", "--rec-model", "r.onnx"],
    "--rec-model: is for a model that finds boxes, but rec.onnx reads",
  ],
  [["--model", "det.onnx", "--rec-model", "det.onnx"], "--rec-model: expected a model that reads text, but det.onnx"],
  [
    ["-c", "det.yml", "--rec-config", "r.yml", "--rec-model", "r.onnx"],
    "--rec-config and --rec-model: name one of the",
  ],
  [["-c", "det.yml", "--model", "det.onnx"], "-c and --model: name one of the two"],
  [["--model", "det.onnx", "-o", "A=1"], "-o: belongs to a config, which --model has none of"],
  [[], "-c or --model: name a config, or an ONNX file of retort export"],
  [["-c", "det.yml", "--rec-config", "det.yml"], "--rec-config: expected a config that reads text, but det.yml finds"],
])("infer %j is called wrongly", async (args, message) => {
  const page = join(folder(), "page.png");
  writeFileSync(page, "");
  const { code, err } = await retort(["infer", page, ...args]);
  expect(code).toBe(2);
  expect(err).toContain(message);
});

test("--device replaces Global.use_gpu, for a recogniser too, and a GPU that is not there is told", async () => {
  const page = join(folder(), "page.png");
  writeFileSync(page, "");
  const warning = "warning: Global.use_gpu: there is no GPU; the cpu is used\n";
  const args = [page, "-c", "det.yml", "-o", "A=1", "--rec-config", "rec.yml", "--device", "gpu"];
  const read = await retort(["infer", ...args]);
  expect(read.err).toBe(warning);
  expect(read.calls.map(({ overrides }) => overrides)).toEqual([
    ["A=1", "Global.use_gpu=true"],
    ["Global.use_gpu=true"],
  ]);
  const measured = await retort(["eval", "-c", "a.yml", "--device", "gpu"]);
  expect(measured.err).toBe(warning);
  expect(measured.calls).toEqual([{ name: "evaluate", config: "a.yml", overrides: ["Global.use_gpu=true"] }]);
  const trained = await retort(["train", "-c", "a.yml", "-o", "A=1", "--device", "cpu"]);
  expect(trained.calls.map(({ overrides }) => overrides)).toEqual([
    ["A=1", "Global.use_gpu=false"],
    ["A=1", "Global.use_gpu=false"],
  ]);
  const exported = await retort(["infer", page, "--model", "rec.onnx", "--device", "gpu"]);
  expect(exported.code).toBe(2);
  expect(exported.err).toContain("--device: belongs to a config; --model is run by onnxruntime");
});

test("infer takes an ONNX file in place of a config, and of a recogniser's", async () => {
  const page = join(folder(), "page.png");
  writeFileSync(page, "");
  const line = await retort(["infer", page, "--model", "rec.onnx"]);
  expect(line.calls).toEqual([{ name: "inferWithOnnx", config: "rec.onnx", overrides: [] }]);
  expect(line.out).toMatch(/page\.png +123 0\.50/);
  const boxes = await retort(["infer", page, "--model", "det.onnx", "--rec-model", "rec.onnx"]);
  expect(boxes.calls.map(({ name, config }) => [name, config])).toEqual([
    ["detectWithOnnx", "det.onnx"],
    ["recogniser", "rec.onnx"],
  ]);
  const mixed = await retort(["infer", page, "-c", "det.yml", "--rec-model", "rec.onnx"]);
  expect(mixed.calls.map(({ name, config }) => [name, config])).toEqual([
    ["detect", "det.yml"],
    ["recogniser", "rec.onnx"],
  ]);
});

test("export says where the files are and what they were checked on, and JSON on request", async () => {
  const { code, out, calls } = await retort(["export", "-c", "a.yml", "-o", "A=1", "--model", "Student", "Teacher"]);
  expect(code).toBe(0);
  expect(calls).toEqual([{ name: "export", config: "a.yml", overrides: ["A=1"] }]);
  const lines = (model: string): string =>
    `${model} is in inference/${model}: inference.onnx 5.0 MB, inference.safetensors 6.0 MB\n` +
    "  onnxruntime on 20 Eval images: outputs at most 2.0e-6 apart, and the same\n" +
    "  acc 0.9500, norm_edit_dis 0.9900\n";
  expect(out).toBe(`weights of out/best_accuracy.json\n${lines("Student")}${lines("Teacher")}`);
  const unchecked = await retort(["export", "-c", "a.yml", "--no-check", "--out", "there"]);
  expect(unchecked.out).toContain("Student is in there/Student: ");
  expect(unchecked.out).toContain("not checked: nothing has run the ONNX file");
  const none = await retort(["export", "-c", "a.yml", "--images", "0"]);
  expect([none.code, none.err]).toEqual([2, expect.stringContaining("--images: expected a whole number from 1")]);
  const json = JSON.parse((await retort(["export", "-c", "a.yml", "--images", "5", "--json"])).out);
  expect(json.networks[0].check).toEqual({ images: 5, difference: 2e-6, metrics: { acc: 0.95, norm_edit_dis: 0.99 } });
});

test("import shows what matched, and JSON on request", async () => {
  const { code, out, calls } = await retort(["import", "s.onnx", "-o", "s.safetensors"]);
  expect(code).toBe(0);
  expect(calls).toEqual([{ name: "import", config: "s.onnx", overrides: [] }]);
  expect(out).toBe(
    "Student of s.onnx is in s.safetensors\n" +
      "part           tensors  matched  missing  other shape  unexpected\n" +
      "backbone       120      120      0        0            0\n" +
      "head.sar_head  20       0        20       0            0\n" +
      "what is missing has the weights that a training starts from\n" +
      "outputs in onnxruntime: at most 3.0e-6 apart\n",
  );
  const json = await retort([
    "import",
    "s.pdparams",
    "-c",
    "a.yml",
    "--model",
    "Teacher",
    "-o",
    "t.safetensors",
    "--json",
  ]);
  expect(JSON.parse(json.out)).toMatchObject({ model: "Teacher", out: "t.safetensors", parts: [{ matched: 120 }, {}] });
  expect(json.calls[0].config).toBe("a.yml");
});

test("doctor tells what it saw and found, and faults give code 3", async () => {
  const { code, out, err, calls } = await retort(["doctor", "-c", "ill.yml", "-o", "A=1"]);
  expect(code).toBe(3);
  expect(err).toBe("");
  expect(calls).toEqual([{ name: "examine", config: "ill.yml", overrides: ["A=1"] }]);
  expect(out).toBe(
    "✓ data: 12 lines\n✗ teacher: Teacher without weights\n    ✗ It teaches noise.\n      → Name weights.\n" +
      "    ? It is large.\n      → Make it smaller.\n\n1 fault and 1 doubt: mend the first one, then ask again.\n",
  );
  const json = await retort(["doctor", "-c", "ill.yml", "--json"]);
  expect(json.code).toBe(3);
  expect(JSON.parse(json.out)).toMatchObject({
    config: "ill.yml",
    faults: 1,
    doubts: 1,
    diagnoses: [{ name: "data" }, {}],
  });
  const well = await retort(["doctor", "-c", "a.yml"]);
  expect([well.code, well.out]).toEqual([0, "✓ data: 12 lines\n\nNothing was found: this config can learn.\n"]);
  expect((await retort(["doctor", "-c", "bad.yml"])).code).toBe(2);
  expect((await retort(["doctor", "-c", "a.yml", "--seconds", "0"])).err).toContain(
    "--seconds: expected a number above 0",
  );
});

test("report writes a page about runs, and says so where their data cannot be read", async () => {
  const page = join(folder(), "new", "page.html");
  const args = ["report", "out/a", "out/b", "-d", page, "-o", "Eval.x=1"];
  const { code, out, err, calls } = await retort(args);
  expect(code).toBe(0);
  expect(calls.map(({ name, config }) => [name, config])).toEqual([
    ["openRun", "out/a"],
    ["review", "out/a"],
    ["openRun", "out/b"],
    ["review", "out/b"],
  ]);
  expect(calls[1].overrides).toEqual(["Eval.x=1"]);
  expect(err).toContain("warning: a: nothing was read: there is no val.txt");
  expect(out).toBe(
    `run  steps  best                   last\na    20     acc 50.0 % at step 10  25.0 %\n` +
      `b    20     acc 50.0 % at step 10  25.0 %\n\nthe report: ${page}\n`,
  );
  expect(readFileSync(page, "utf8")).toContain("Nothing was read: there is no val.txt.");
  const board = join(folder(), "board");
  const json = await retort([...args, "--no-eval", "--json", "--tensorboard", board]);
  expect(["a", "b"].flatMap((name) => readdirSync(join(board, name)))).toEqual(
    Array(2).fill("events.out.tfevents.1700000000.retort"),
  );
  expect(JSON.parse(json.out)).toMatchObject({ page, runs: [{ name: "a", best: { step: 10, value: 0.5 } }, {}] });
  expect(json.calls.map(({ name }) => name)).toEqual(["openRun", "openRun"]);
});

test.each([
  [Array.from({ length: 9 }, (_, i) => `run-${i}`), "a report shows 8 runs at most, found 9"],
  [["run", "--samples", "-1"], "--samples: expected a whole number, found -1"],
  [["bad.yml"], "bad.yml: Global.epoch_num: missing"],
])("report %j is called wrongly", async (args, message) => {
  const { code, err } = await retort(["report", ...args]);
  expect(code).toBe(2);
  expect(err).toContain(message);
});

test("extract says what it wrote and what was compared, and JSON on request", async () => {
  const args = ["extract", "out/best_accuracy", "--model", "Student", "-o", "student.safetensors"];
  const { code, out, calls } = await retort(args);
  expect(code).toBe(0);
  expect(out).toBe(
    "Student of out/best_accuracy.json is in student.safetensors\n" +
      "  12 tensors, 1,234,567 parameters, 5.0 MB\n" +
      "  same outputs to the last bit: backbone_out [1, 64, 1, 20]\n",
  );
  expect(calls[0].config).toBe("out/best_accuracy");
  const json = await retort([...args, "-c", "a.yml", "--json"]);
  expect(JSON.parse(json.out)).toMatchObject({ model: "Student", out: "student.safetensors", keys: 12 });
  expect(json.calls[0].config).toBe("a.yml");
  const missing = await retort(["extract", "out/best_accuracy", "-o", "student.safetensors"]);
  expect(missing.code).toBe(2);
  expect(missing.err).toContain("Missing required argument: model");
});

test("bench prints time, rate, memory and shares, the largest first", async () => {
  const { out, calls } = await retort(["bench", "train-step", "-c", "a.yml", "--batch", "8"]);
  expect(out).toBe("2.000 s a step, 4.0 images/s, peak 2.00 GiB\n   75.0 %  matmul\n   25.0 %  conv2d\n");
  expect(calls[0]).toMatchObject({ name: "bench", config: "a.yml" });
  const gpu = await retort(["bench", "train-step", "-c", "a.yml", "--device", "gpu"]);
  expect(gpu.out).toContain("not used: no adapter");
  expect((await retort(["bench", "nothing", "-c", "a.yml"])).code).toBe(2);
});

test("bench inference times the passes of the network that is named", async () => {
  const { out, calls } = await retort(["bench", "inference", "-c", "a.yml", "--model", "Student", "--batch", "1"]);
  expect(out).toBe("0.013 s a pass, 80.0 images/s, peak 1.00 GiB\n  100.0 %  conv2d\n");
  expect(calls[0]).toMatchObject({ name: "bench inference Student", config: "a.yml" });
});

test("the quickstart draws, trains, evaluates, reads ten lines and says where they lie", async () => {
  const dir = folder();
  const args = ["quickstart", "-d", dir, "-n", "30", "--val", "20", "-o", "Global.epoch_num=1"];
  const { code, out, calls } = await retort(args);
  expect(code).toBe(0);
  expect(calls.map((call) => call.name)).toEqual(["plan", "train", "evaluate", "infer"]);
  for (const { config, overrides } of calls) {
    expect(config).toMatch(/rec[\\/]quickstart\.yml$/);
    expect(overrides).toContain(`Train.dataset.data_dir="${join(dir, "data")}"`);
    expect(overrides.at(-1)).toBe("Global.epoch_num=1");
  }
  expect(existsSync(join(dir, "data", "train.txt"))).toBe(true);
  expect(out.match(/images\/val\/\d+\.(jpg|png) +\d{3,5} +[✓✗] 123 0\.50/g)).toHaveLength(10);
  expect(out).toContain(`Everything lies in ${dir}`);
});

test("a quickstart whose Student does not read has failed", async () => {
  const { code, err } = await retort(["quickstart", "-d", folder(), "-n", "20", "--val", "10"], 0.5);
  expect(code).toBe(1);
  expect(err).toContain("the Student reads 50.0 % of the held-out lines, less than 90.0 %");
});

test("an interrupted quickstart gives code 130", async () => {
  const { code, err } = await retort(["quickstart", "-d", folder(), "-n", "20", "--val", "10"], 0.9, true);
  expect(code).toBe(130);
  expect(err).toContain("stopped while drawing");
});
