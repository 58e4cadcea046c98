import { backward, noGrad, withRandom } from "@retort/autograd";
import { Adam } from "@retort/autograd/optim";
import { featureOf, RecognitionNetwork, type RecognitionOptions, type RecognitionOutput } from "@retort/ocr-models";
import { Random, tensor } from "@retort/tensor";
import { expect, test } from "vitest";
import { distanceLoss } from "../losses/distance.js";
import { DistillationModel, type Freeze } from "./distillation-model.js";

const options: RecognitionOptions = {
  backbone: {
    name: "MobileNetV1Enhance",
    scale: 0.125,
    lastConvStride: [1, 2],
    lastPoolType: "avg",
    lastPoolKernelSize: [2, 2],
  },
  head: {
    name: "MultiHead",
    ctc: {
      neck: {
        encoder: "svtr",
        dims: 8,
        depth: 1,
        hiddenDims: 8,
        useGuide: true,
        numHeads: 2,
        qkvBias: true,
        mlpRatio: 2,
        dropRate: 0.3,
        attnDropRate: 0.3,
        kernelSize: [3, 3],
      },
      head: { fcDecay: 1e-5 },
    },
    sar: {
      encDim: 8,
      dK: 8,
      maxTextLength: 4,
      encDropRnn: 0.3,
      decDropRnn: 0,
      predDropout: 0.3,
      predConcat: true,
    },
  },
};
const labels = tensor(Int32Array.of(7, 1, 2, 7, 7, 3, 7, 8), [2, 4]);
const random = new Random(9);
const images = tensor(
  Float32Array.from({ length: 2 * 3 * 48 * 32 }, () => random.normal()),
  [2, 3, 48, 32],
);

function modelWith(freeze: Freeze): { model: DistillationModel; teacher: RecognitionNetwork } {
  const [teacher, student] = [1, 2].map((seed) =>
    withRandom(new Random(seed), () => new RecognitionNetwork(options, { ctc: 7, sar: 9, nrtr: 10 })),
  );
  const networks = new Map([
    ["Teacher", { network: teacher, freeze }],
    ["Student", { network: student, freeze: "learning" as const }],
  ]);
  return { model: new DistillationModel(networks).train(), teacher };
}

/** Every value of a network's state whose key matches, in order. */
const stateOf = (network: RecognitionNetwork, keys: RegExp): number[] =>
  [...network.stateDict()].flatMap(([key, value]) => (keys.test(key) ? [...value.dataSync()] : []));

function train(model: DistillationModel, steps: number): void {
  const optimizer = new Adam(model.parameters(), { learningRate: 1e-3, l2: 1e-2 });
  for (let step = 0; step < steps; step++) {
    const outputs = model.train().forward(images, { labels });
    const [student, teacher] = ["Student", "Teacher"].map((name) => {
      const output = outputs.get(name);
      return featureOf(output as NonNullable<typeof output>, "head_out.sar");
    });
    optimizer.step(backward(distanceLoss(student, teacher, "l2")));
  }
}

const statistics = /\._(mean|variance)$/;
const weights = /^(?!.*\._(mean|variance)$)/;

test("a frozen network is the same after training, its running statistics included", () => {
  const { model, teacher } = modelWith("frozen");
  const student = model.networks.get("Student")?.network as RecognitionNetwork;
  const [before, studentBefore] = [stateOf(teacher, /./), stateOf(student, weights)];
  train(model, 2);
  expect(stateOf(teacher, /./)).toEqual(before);
  expect(stateOf(student, weights)).not.toEqual(studentBefore);
});

test("a frozen network in the reference's way keeps its weights and moves its running statistics", () => {
  const { model, teacher } = modelWith("reference");
  const [weightsBefore, statisticsBefore] = [stateOf(teacher, weights), stateOf(teacher, statistics)];
  train(model, 1);
  expect(stateOf(teacher, weights)).toEqual(weightsBefore);
  expect(stateOf(teacher, statistics)).not.toEqual(statisticsBefore);
});

test("a learning network moves both", () => {
  const { model, teacher } = modelWith("learning");
  const [weightsBefore, statisticsBefore] = [stateOf(teacher, weights), stateOf(teacher, statistics)];
  train(model, 1);
  expect(stateOf(teacher, weights)).not.toEqual(weightsBefore);
  expect(stateOf(teacher, statistics)).not.toEqual(statisticsBefore);
});

test("a frozen network returns what heads return in training, without dropout or a graph", () => {
  const { model } = modelWith("frozen");
  const forward = () => {
    const output = model.forward(images, { labels }).get("Teacher");
    return output as RecognitionOutput;
  };
  const output = forward();
  expect(Object.keys(output.head_out)).toEqual(["ctc", "ctc_neck", "sar"]);
  expect(featureOf(output, "head_out.sar").shape).toEqual([2, 4, 8]);
  const ctc = featureOf(output, "head_out.ctc");
  expect(ctc.requiresGrad).toBe(false);
  const sums = Array.from({ length: 8 }, (_, row) =>
    Array.from(ctc.value.dataSync().slice(7 * row, 7 * row + 7)).reduce((a, b) => a + b, 0),
  );
  expect(
    sums.every((sum) => Math.abs(sum - 1) < 1e-3),
    "logits, no probabilities",
  ).toBe(false);
  expect([...featureOf(forward(), "head_out.sar").value.dataSync()]).toEqual([
    ...featureOf(output, "head_out.sar").value.dataSync(),
  ]);
});

test("a frozen network uses its running statistics: one image's features do not depend on the others", () => {
  const alone = tensor(images.dataSync().slice(0, 3 * 48 * 32), [1, 3, 48, 32]);
  const difference = (freeze: Freeze): number => {
    const { model } = modelWith(freeze);
    const run = (x: typeof images): number[] => {
      const output = noGrad(() =>
        model.forward(x, { labels: tensor(labels.dataSync().slice(0, 4 * x.shape[0]), [x.shape[0], 4]) }),
      );
      const { backbone_out } = output.get("Teacher") as RecognitionOutput;
      return [...backbone_out.value.dataSync().slice(0, 128 * 4)];
    };
    const [together, single] = [run(images), run(alone)];
    return together.reduce((most, value, i) => Math.max(most, Math.abs(value - single[i])), 0);
  };
  expect(difference("frozen")).toBeLessThan(1e-5);
  expect(difference("reference")).toBeGreaterThan(1e-3);
});

test("a frozen network runs before those that learn, wherever it stands", () => {
  const { model, teacher } = modelWith("frozen");
  const student = model.networks.get("Student")?.network as RecognitionNetwork;
  const networks = new Map([
    ["Student", { network: student, freeze: "learning" as const }],
    ["Teacher", { network: teacher, freeze: "frozen" as const }],
  ]);
  const outputs = new DistillationModel(networks).train().forward(images, { labels });
  expect([...outputs.keys()]).toEqual(["Teacher", "Student"]);
});

test("evaluation evaluates every network, and training turns back", () => {
  const { model } = modelWith("frozen");
  model.eval();
  expect([...model.modules()].some((module) => module.training)).toBe(false);
  model.train();
  const student = model.networks.get("Student")?.network as RecognitionNetwork;
  expect([...student.modules()].every((module) => module.training)).toBe(true);
});

test("keys carry the networks' names, and those of a network alone do not", () => {
  const { model, teacher } = modelWith("frozen");
  expect([...model.stateDict().keys()]).toContain("Teacher.backbone.conv1._conv.weight");
  const alone = new DistillationModel(new Map([["", { network: teacher, freeze: "learning" as const }]]));
  expect([...alone.stateDict().keys()]).toEqual([...teacher.stateDict().keys()]);
});
