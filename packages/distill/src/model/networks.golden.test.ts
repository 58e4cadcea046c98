import { backward, type Gradients, noGrad, type Parameter, Variable } from "@retort/autograd";
import { Dropout, type ModuleBuffer } from "@retort/autograd/nn";
import { Adam } from "@retort/autograd/optim";
import type { NetworkOutput } from "@retort/ocr-models";
import { assign, type Tensor, tensor } from "@retort/tensor";
import { expect } from "vitest";
import { fill, type Golden, golden, goldenSuite } from "../../../../fixtures/goldens.js";
import { resolveLoss } from "../config/checks/loss.js";
import { Collected } from "../config/problems.js";
import { type ArchitectureConfig, architecture } from "../config/schema/architecture.js";
import { check } from "../config/schema/build.js";
import { loss as lossSchema } from "../config/schema/loss.js";
import { combined } from "../losses/combined.js";
import { termsFromConfig } from "../losses/from-config.js";
import type { Targets } from "../losses/terms.js";
import type { DistillationModel } from "./distillation-model.js";
import { modelFromConfig } from "./from-config.js";

interface Case {
  readonly Architecture: unknown;
  readonly Loss: unknown;
  readonly classes: number;
  readonly salt: number;
  readonly optimizer: { lr: number; L2: number };
  readonly steps: number;
  readonly state_dict: Record<string, number[]>;
  readonly parameters: string[];
  readonly losses: Record<string, number[]>[];
  readonly after: string[];
}

function build(c: Case): { model: DistillationModel; lossOf: ReturnType<typeof combined> } {
  const arch = check(architecture, c.Architecture);
  const loss = check(lossSchema, c.Loss);
  if (!arch.success || !loss.success) throw new Error(`config: ${arch.error ?? loss.error}`);
  const findings = new Collected(() => "golden");
  const resolved = resolveLoss(loss.data, arch.data, findings);
  if (resolved === undefined) throw new Error(`loss: ${JSON.stringify(findings.problems)}`);
  const model = modelFromConfig(asReference(arch.data), { ctc: c.classes, sar: c.classes + 2 });
  return { model, lossOf: combined(termsFromConfig(resolved, c.classes + 1)) };
}

/** The reference's frozen teacher runs on batch statistics. */
function asReference(config: ArchitectureConfig): ArchitectureConfig {
  if (config.kind === "single") return config;
  const models = config.models.map((m) => ({
    ...m,
    freeze: m.freeze === "frozen" ? ("reference" as const) : m.freeze,
  }));
  return { ...config, models };
}

/** Members by every key that they have. */
const membersOf = (model: DistillationModel): Map<string, Parameter | ModuleBuffer> => new Map(model.entries());

function load(model: DistillationModel, c: Case): void {
  const members = membersOf(model);
  expect([...members].map(([key, { value }]) => [key, [...value.shape]]).sort()).toEqual(
    Object.entries(c.state_dict).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  for (const [key, shape] of Object.entries(c.state_dict)) {
    assign((members.get(key) as Parameter).value, tensor(fill(key, shape, c.salt), shape));
  }
  for (const module of model.modules()) if (module instanceof Dropout) module.probability = 0;
}

interface Batch {
  readonly images: Tensor;
  readonly targets: Targets;
  readonly validRatio?: Float32Array;
}

function batchOf(g: Golden): Batch {
  const [images, labels] = [g.floats("in.0"), g.ints("in.1")];
  const withSar = g.has("in.4");
  const lengths = g.ints(withSar ? "in.3" : "in.2");
  const sar = withSar ? g.ints("in.2") : undefined;
  return {
    images: tensor(images.data, images.shape),
    targets: {
      ctc: { labels: tensor(labels.data, labels.shape), lengths: tensor(lengths.data, lengths.shape) },
      sar: sar && tensor(sar.data, sar.shape),
    },
    validRatio: withSar ? g.floats("in.4").data : undefined,
  };
}

const maxOf = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => Math.max(a, Math.abs(b)), 0);

/** Outputs of more than 20,000 elements are stored with a stride. */
function expectOutput(actual: Variable, g: Golden, name: string): void {
  const stored = g.floats(name).data;
  const all = actual.value.dataSync();
  const stride = all.length > 20_000 ? Math.floor(all.length / 20_000) : 1;
  const limit = 1e-4 * maxOf(stored);
  for (let i = 0; i < stored.length; i++) {
    const difference = Math.abs(all[i * stride] - stored[i]);
    if (!(difference <= limit))
      throw new Error(`${name}[${i}]: ${all[i * stride]}, expected ${stored[i]} within ${limit}`);
  }
}

function expectOutputs(outputs: ReadonlyMap<string, NetworkOutput>, g: Golden, mode: "eval" | "train"): void {
  for (const [name, output] of outputs) {
    const prefix = name === "" ? `${mode}.` : `${mode}.${name}.`;
    const all: Record<string, unknown> = { ...output };
    for (const [key, value] of Object.entries(all)) {
      if (value instanceof Variable) {
        if (mode === "train" || key === "head_out") expectOutput(value, g, prefix + key);
      } else if (value !== undefined) {
        const { ctc, ...rest } = value as Record<string, Variable>;
        if (mode === "eval") expectOutput(ctc, g, prefix + key);
        else
          for (const [part, inner] of Object.entries({ ctc, ...rest }))
            expectOutput(inner, g, `${prefix}${key}.${part}`);
      }
    }
  }
}

const subNetworkOf = (key: string): string => key.split(".")[0];

function largestNorms(c: Case, norms: Float32Array): Map<string, number> {
  const largest = new Map<string, number>();
  for (const [i, key] of c.parameters.entries()) {
    largest.set(subNetworkOf(key), Math.max(largest.get(subNetworkOf(key)) ?? 0, norms[i]));
  }
  return largest;
}

function expectGradients(gradients: Gradients, model: DistillationModel, c: Case, g: Golden): void {
  const members = membersOf(model);
  const [norms, firsts] = [g.floats("grad.norm").data, g.floats("grad.first4").data];
  const largest = largestNorms(c, norms);
  for (const [i, key] of c.parameters.entries()) {
    const found = gradients.get(members.get(key) as Parameter)?.value.dataSync();
    if (norms[i] < 0) {
      expect(found === undefined || maxOf(found) === 0, `${key} has no gradient`).toBe(true);
      continue;
    }
    if (found === undefined) throw new Error(`${key} has no gradient, expected norm ${norms[i]}`);
    const limit = 1e-3 * norms[i] + 1e-6 * (largest.get(subNetworkOf(key)) as number);
    const norm = Math.sqrt(found.reduce((sum: number, v: number) => sum + v * v, 0));
    expect(Math.abs(norm - norms[i]), `gradient norm of ${key}: ${norm}, expected ${norms[i]}`).toBeLessThanOrEqual(
      limit,
    );
    for (let j = 0; j < Math.min(4, found.length); j++) {
      const difference = Math.abs(found[j] - firsts[4 * i + j]);
      expect(difference, `gradient of ${key}[${j}]: ${found[j]}, expected ${firsts[4 * i + j]}`).toBeLessThanOrEqual(
        limit,
      );
    }
  }
}

function expectAfter(model: DistillationModel, c: Case, g: Golden): void {
  const members = membersOf(model);
  const stored = g.floats("after.norm_sum").data;
  const norms = g.floats("grad.norm").data;
  const largest = largestNorms(c, norms);
  const noise = new Map(
    c.parameters.map((key, i) => [key, norms[i] < 1e-5 * (largest.get(subNetworkOf(key)) as number)]),
  );
  for (const [i, key] of c.after.entries()) {
    const values = (members.get(key) as Parameter).value.dataSync();
    const norm = Math.sqrt(values.reduce((sum: number, v: number) => sum + v * v, 0));
    const total = values.reduce((sum: number, v: number) => sum + v, 0);
    const [wantedNorm, wantedSum] = [stored[2 * i], stored[2 * i + 1]];
    const base = 1e-3 * (wantedNorm + Math.abs(wantedSum)) + 1e-6;
    const moved = noise.get(key) ? c.steps * c.optimizer.lr * values.length : 0;
    expect(Math.abs(norm - wantedNorm), `norm of ${key} after training`).toBeLessThanOrEqual(base + moved);
    expect(Math.abs(total - wantedSum), `sum of ${key} after training`).toBeLessThanOrEqual(base + moved);
  }
}

goldenSuite("recognition networks", () => {
  for (const name of [
    "model-rec-v3-distillation",
    "model-rec-v3-student",
    "model-rec-v3-three-networks",
    "model-rec-v2-distillation",
  ]) {
    golden(
      `${name}.safetensors`,
      (g) => {
        const c = g.case as Case;
        const { model, lossOf } = build(c);
        load(model, c);
        const { images, targets, validRatio } = batchOf(g);
        const heads = { labels: targets.sar, validRatio };
        noGrad(() => expectOutputs(model.eval().forward(images, heads), g, "eval"));
        model.train();
        const optimizer = new Adam(model.parameters(), { learningRate: c.optimizer.lr, l2: c.optimizer.L2 });
        for (let step = 0; step < c.steps; step++) {
          const outputs = model.forward(images, heads);
          if (step === 0) expectOutputs(outputs, g, "train");
          const { loss, parts } = lossOf(outputs, targets, step);
          const wanted = c.losses[step];
          const actual = new Map([...parts, ["loss", loss] as const]);
          expect([...actual.keys()].sort()).toEqual(Object.keys(wanted).sort());
          for (const [key, value] of actual) {
            const relative = Math.abs(value.item() - wanted[key][0]) / Math.abs(wanted[key][0]);
            expect(relative, `step ${step}: ${key} is ${value.item()}, expected ${wanted[key][0]}`).toBeLessThanOrEqual(
              step === 0 ? 1e-4 : 1e-3,
            );
          }
          const gradients = backward(loss);
          if (step === 0) expectGradients(gradients, model, c, g);
          optimizer.step(gradients);
        }
        expectAfter(model, c, g);
      },
      { timeout: 240_000 },
    );
  }
});
