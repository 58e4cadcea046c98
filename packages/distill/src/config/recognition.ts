import { checkArchitecture, checkTextLength } from "./checks/architecture.js";
import { checkAugmentation } from "./checks/augmentation.js";
import { checkBatch, checkPictures, checkTransforms } from "./checks/data.js";
import { checkRegions } from "./checks/detection-data.js";
import { resolveLoss } from "./checks/loss.js";
import { checkDbEvaluation, checkDbTraining } from "./checks/maps.js";
import { checkPairs } from "./checks/pairs.js";
import { batchSizes } from "./checks/picture-sizes.js";
import { checkMetric, resolvePostProcess } from "./checks/post-process.js";
import { checkSampler } from "./checks/sampler.js";
import { checkTeacherCache } from "./checks/teacher-cache.js";
import { checkTime } from "./checks/time.js";
import { suggestion } from "./nearest.js";
import type { Findings } from "./problems.js";
import { type ArchitectureConfig, architecture } from "./schema/architecture.js";
import { check, type Schema } from "./schema/build.js";
import { type DataConfig, data } from "./schema/data.js";
import { type GlobalConfig, globalSection } from "./schema/global.js";
import { type LossConfig, loss, type UnresolvedLoss } from "./schema/loss.js";
import { type MetricConfig, metric } from "./schema/metric.js";
import { type OptimizerConfig, optimizer } from "./schema/optimizer.js";
import { type PostProcessConfig, postProcess, type UnresolvedPostProcess } from "./schema/post-process.js";

/** A config of a text recognition training, checked and with every default filled in. */
export interface RecognitionConfig {
  global: GlobalConfig;
  architecture: ArchitectureConfig;
  loss: LossConfig;
  optimizer: OptimizerConfig;
  postProcess: PostProcessConfig;
  metric: MetricConfig;
  train: DataConfig;
  evaluation: DataConfig;
}

/** What each section gives by itself. */
interface Sections {
  Global: GlobalConfig;
  Architecture: ArchitectureConfig;
  Loss: UnresolvedLoss;
  Optimizer: OptimizerConfig;
  PostProcess: UnresolvedPostProcess;
  Metric: MetricConfig;
  Train: DataConfig;
  Eval: DataConfig;
}

/** Every section of a config. */
export const sections: { [K in keyof Sections]: Schema<Sections[K]> } = {
  Global: globalSection,
  Architecture: architecture,
  Loss: loss,
  Optimizer: optimizer,
  PostProcess: postProcess,
  Metric: metric,
  Train: data,
  Eval: data,
};

/** Checks one section by itself. Returns undefined when it has problems; see `findings`. */
export function readSection<K extends keyof Sections>(
  name: K,
  value: unknown,
  findings: Findings,
): Sections[K] | undefined {
  const result = check(sections[name], value);
  if (result.success) return result.data;
  for (const issue of result.error.issues) report(name, issue, findings);
  return undefined;
}

/** Checks each section by itself; one with problems is left out. */
function readSections(config: Record<string, unknown>, findings: Findings): Partial<Sections> {
  const names = Object.keys(sections) as (keyof Sections)[];
  for (const key of Object.keys(config)) {
    if (!Object.hasOwn(sections, key)) findings.problem([key], `unknown section; ${suggestion(key, names)}`);
  }
  const read: Record<string, unknown> = {};
  for (const name of names) {
    if (Object.hasOwn(config, name)) read[name] = readSection(name, config[name], findings);
    else findings.problem([name], "the section is missing");
  }
  return read as Partial<Sections>;
}

interface Issue {
  code: string;
  path: PropertyKey[];
  message: string;
  keys?: string[];
}

function report(section: string, issue: Issue, findings: Findings): void {
  const path = [section, ...(issue.path as (string | number)[])];
  if (issue.code === "unrecognized_keys" && issue.keys) {
    const messages = issue.message.split("\n");
    for (const [i, key] of issue.keys.entries()) findings.problem([...path, key], messages[i]);
  } else findings.problem(path, issue.message);
}

/** Checks what concerns two sections or more, as far as those have no problems of their own. */
function checkTogether(read: Partial<Sections>, findings: Findings): RecognitionConfig | undefined {
  const { Global, Architecture, Loss, Optimizer, PostProcess, Metric, Train, Eval } = read;
  if (Architecture) checkArchitecture(Architecture, findings);
  if (Architecture && Global) checkTextLength(Architecture, Global, findings);
  if (Global && Optimizer) checkTime(Global, Optimizer, findings);
  if (Metric && PostProcess) checkMetric(Metric, PostProcess, findings);
  if (Train) checkTransforms("Train", Train, findings);
  if (Train) checkRegions("Train", Train, findings);
  if (Train) checkAugmentation("Train", Train, findings);
  if (Train) checkSampler("Train", Train, findings);
  if (Eval) checkTransforms("Eval", Eval, findings);
  if (Eval) checkRegions("Eval", Eval, findings);
  if (Eval) checkAugmentation("Eval", Eval, findings);
  if (Eval) checkSampler("Eval", Eval, findings);
  if (Global && Train && Eval) checkPictures(Train, Eval, Architecture, Global.maxTextLength, findings);
  if (!Architecture) return undefined;
  const loss = Loss && resolveLoss(Loss, Architecture, findings);
  const post = PostProcess && resolvePostProcess(PostProcess, Architecture, findings);
  if (loss && post && Train) checkBatch("Train", Train, Architecture, loss, post, findings);
  if (loss && post && Eval) checkBatch("Eval", Eval, Architecture, loss, post, findings);
  if (loss && Train) checkDbTraining(Train, loss, findings);
  if (post && Eval) checkDbEvaluation(Eval, post, findings);
  if (loss && Global && Train) checkTeacherCache(Global, Architecture, loss, Train, findings);
  for (const { height, width } of (loss && Train && batchSizes(Train)) ?? []) {
    if (loss) checkPairs(loss, Architecture, [height, width], findings);
  }
  if (!Global || !loss || !Optimizer || !post || !Metric || !Train || !Eval) return undefined;
  return {
    global: Global,
    architecture: Architecture,
    loss,
    optimizer: Optimizer,
    postProcess: post,
    metric: Metric,
    train: Train,
    evaluation: Eval,
  };
}

/** Checks a whole config. Returns undefined when a section is missing or has problems; see `findings`. */
export function checkRecognition(config: Record<string, unknown>, findings: Findings): RecognitionConfig | undefined {
  return checkTogether(readSections(config, findings), findings);
}
