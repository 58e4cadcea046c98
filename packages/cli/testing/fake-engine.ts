import type {
  DataReport,
  DoctorReport,
  ImageBoxes,
  ImageReading,
  PlanReport,
  Recogniser,
  RunFolder,
  TrainReport,
} from "@retort/distill";
import type { Engine } from "../src/engine.js";

/** An engine that trains nothing and keeps what it was called with, for tests of the terminal side. */
export function fakeEngine(acc = 0.95): {
  engine: Engine;
  calls: { name: string; config?: string; overrides: readonly string[] }[];
} {
  const calls: { name: string; config?: string; overrides: readonly string[] }[] = [];
  const note = (name: string, config: string, overrides: readonly string[]): void => {
    calls.push({ name, config, overrides });
    if (config === "bad.yml")
      throw Object.assign(new Error("bad.yml: Global.epoch_num: missing"), { name: "ConfigError" });
  };
  const noteRecogniser = (recogniser: Recogniser): void => {
    if ("onnx" in recogniser) note("recogniser", recogniser.onnx, []);
    else note("recogniser", recogniser.config, recogniser.overrides as string[]);
  };
  const engine: Engine = {
    async plan(config, overrides) {
      note("plan", config, overrides);
      return planReport;
    },
    async inspectData(config, overrides, options) {
      note("data", config, overrides);
      return { ...dataReport, section: options.section ?? "Train" };
    },
    async openDevice(_config, overrides) {
      return { name: "cpu", reasons: overrides.includes("Global.use_gpu=true") ? ["there is no GPU"] : [] };
    },
    async *train(config, overrides, signal) {
      note("train", config, overrides);
      for (const report of trainReports(acc)) {
        if (signal.aborted) break;
        yield report;
      }
      yield { kind: "saved", path: "out/latest" };
    },
    async evaluate(config, overrides) {
      note("evaluate", config, overrides);
      const metrics = { acc, norm_edit_dis: 0.99, Teacher_acc: 0.9 };
      const found = { metrics, networks: {}, agreement: [], images: 20 };
      return { ...found, network: "Student", checkpoint: "out/best_accuracy", device: "cpu" };
    },
    async findsBoxes(config) {
      return config === "det.yml";
    },
    async *detect(config, overrides, images, recogniser) {
      note("detect", config, overrides);
      if (recogniser) noteRecogniser(recogniser);
      const box = recogniser ? { ...fakeBox, readings: { Student: fakeReading } } : fakeBox;
      for (const image of images) yield { image, boxes: { Student: [box] } };
    },
    async *infer(config, overrides, images) {
      note("infer", config, overrides);
      for (const image of images) yield { image, readings: { Student: fakeReading } };
    },
    async onnxFindsBoxes(file) {
      return file === "det.onnx";
    },
    async *detectWithOnnx(file, images, recogniser) {
      note("detectWithOnnx", file, []);
      if (recogniser) noteRecogniser(recogniser);
      for (const image of images) yield { image, boxes: { Student: [fakeBox] } };
    },
    async *inferWithOnnx(file, images) {
      note("inferWithOnnx", file, []);
      for (const image of images) yield { image, readings: { Student: fakeReading } };
    },
    async export(config, overrides, { models = ["Student"], out = "inference", check, images = 20 }) {
      note("export", config, overrides);
      const files = { "inference.onnx": 5e6, "inference.safetensors": 6e6 };
      const found = check ? { images, difference: 2e-6, metrics: { acc, norm_edit_dis: 0.99 } } : undefined;
      const networks = models.map((model) => ({ model, folder: `${out}/${model}`, files, check: found }));
      return { checkpoint: "out/best_accuracy.json", networks };
    },
    async extract({ checkpoint, model, out, config }) {
      note("extract", config ?? checkpoint, []);
      const compared = { backbone_out: [1, 64, 1, 20] };
      return { checkpoint: `${checkpoint}.json`, model, out, keys: 12, parameters: 1234567, bytes: 5e6, compared };
    },
    async import({ weights, out, config, model = "Student" }) {
      note("import", config ?? weights, []);
      const none = { missing: 0, misshaped: 0, unexpected: 0 };
      const parts = [
        { part: "backbone", tensors: 120, matched: 120, ...none },
        { part: "head.sar_head", tensors: 20, matched: 0, ...none, missing: 20 },
      ];
      const differences = [{ key: "head.sar_head.linear.weight", problem: "missing" as const, expected: [2, 2] }];
      return { weights, model, out, parts, differences, difference: weights.endsWith(".onnx") ? 3e-6 : undefined };
    },
    async *examine(config, overrides) {
      note("examine", config, overrides);
      yield* config === "ill.yml" ? illReports : illReports.slice(0, 2);
    },
    async openRun(folder) {
      note("openRun", folder, []);
      return fakeRun(folder);
    },
    async reviewRun({ folder }, overrides) {
      note("review", folder, overrides);
      throw new Error("there is no val.txt");
    },
    async benchTrainStep({ config, overrides, device }) {
      note("bench", config, overrides);
      return {
        seconds: 2,
        imagesPerSecond: 4,
        peakMemoryBytes: 2 ** 31,
        device: "cpu",
        noGpu: device === "gpu" ? ["no adapter"] : [],
        fallbacks: {},
        kept: 0,
        share: { conv2d: 0.25, matmul: 0.75 },
      };
    },
    async benchInference({ config, overrides, model }) {
      note(`bench inference ${model}`, config, overrides);
      const here = { device: "cpu", noGpu: [], fallbacks: {}, kept: 0 };
      return { seconds: 0.0125, imagesPerSecond: 80, peakMemoryBytes: 2 ** 30, share: { conv2d: 1 }, ...here };
    },
  };
  return { engine, calls };
}

const illReports: readonly DoctorReport[] = [
  { kind: "asks", name: "data", asks: "Can it be used?" },
  { kind: "found", name: "data", asks: "Can it be used?", seen: "12 lines", findings: [], seconds: 0.5 },
  { kind: "asks", name: "teacher", asks: "Does it know?" },
  {
    kind: "found",
    name: "teacher",
    asks: "Does it know?",
    seen: "Teacher without weights",
    findings: [
      { severity: "fault", problem: "It teaches noise.", change: "Name weights." },
      { severity: "doubt", problem: "It is large.", change: "Make it smaller." },
    ],
    seconds: 1,
  },
];

/** A training of two evaluated epochs, of an earlier version that recorded less, and without a checkpoint. */
export function fakeRun(folder: string): RunFolder {
  const step = (n: number, loss: number): RunFolder["history"]["steps"][number] => ({
    kind: "train",
    epoch: n / 10,
    epochs: 2,
    step: n,
    stats: { lr: 1e-3, loss, loss_ctc_Student_0: loss },
    readerCost: 0.1,
    batchCost: 0.5,
    samples: 8,
    ips: 16,
    eta: 0,
  });
  const evaluation = (n: number, acc: number): RunFolder["history"]["evaluations"][number] => ({
    kind: "eval",
    epoch: n / 10,
    step: n,
    metrics: { acc, norm_edit_dis: acc, Teacher_acc: 0.9, Teacher_norm_edit_dis: 0.95 },
    network: "Student",
    best: true,
  });
  const history = { steps: [step(10, 4), step(20, 2)], evaluations: [evaluation(10, 0.5), evaluation(20, 0.25)] };
  return { folder, history, time: 1.7e9 };
}

const planReport: PlanReport = {
  headline: "Student 1.1 M parameters",
  warnings: ["no gpu"],
  sections: [
    { title: "losses", lines: ["dml_ctc: 1.0 x Student, Teacher"] },
    { title: "nothing", lines: [] },
  ],
  networks: [],
  losses: [],
  schedule: { epochs: 1, stepsPerEpoch: 2, steps: 2, warmupSteps: 0, learningRates: [1e-3, 1e-3, 1e-3] },
  data: [],
  dictionary: { characters: 10 },
  memory: { peakBytes: 1, microBatch: 1, availableBytes: 2 },
};

const dataReport: DataReport = {
  headline: "Train: 2 lines, all usable",
  warnings: [],
  sections: [{ title: "lines", lines: ["train.txt: 2 lines"] }],
  section: "Train",
  files: [{ file: "train.txt", lines: 2 }],
  lines: 2,
  linesPerEpoch: 2,
  unusable: {},
  characters: { counts: [], unknown: [], dictionary: 10, unused: 10 },
  images: { examined: 2, squeezed: 0, inputs: [[2, 3]] },
  samples: [
    { text: "12", path: "a.png", width: 3, height: 2, pixels: Uint8Array.from({ length: 18 }, (_, i) => 10 * i) },
    { text: "34", path: "b.png", width: 3, height: 2, pixels: new Uint8Array(18).fill(200) },
  ],
};

function trainReports(acc: number): TrainReport[] {
  const step = (n: number): TrainReport => ({
    kind: "step",
    epoch: 1,
    epochs: 1,
    step: n,
    steps: 2,
    imagesPerSecond: 100,
    loss: 3,
    losses: { loss_ctc_Student_0: 1, loss_sar_Student_0: 2 },
    learningRate: 1e-3,
    secondsLeft: 2 - n,
  });
  const metrics = { acc, norm_edit_dis: 0.99, Teacher_acc: 0.9 };
  const evaluated = { metrics, networks: {}, agreement: [], network: "Student", best: true };
  return [step(1), { kind: "evaluation", step: 1, ...evaluated }, step(2)];
}

/** What the engine reads in every image. */
export const fakeReading: ImageReading["readings"][string] = {
  text: "123",
  confidence: 0.5,
  words: [{ text: "123", kind: "en&num", steps: [0, 2, 4], left: 0, right: 0.5 }],
};

/** The box that the engine finds in every image. */
export const fakeBox: ImageBoxes["boxes"][string][number] = {
  points: [
    [2, 3],
    [12, 3],
    [12, 8],
    [2, 8],
  ],
  score: 0.75,
};
