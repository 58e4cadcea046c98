import { noGrad } from "@retort/autograd";
import {
  CtcDecoder,
  type Decoder,
  type Dictionary,
  type FeatureName,
  featureOf,
  type Metric,
  type Reading,
  RecMetric,
  SarDecoder,
} from "@retort/ocr-models";
import type { Batch, DataLoader } from "@retort/ocr-models/data";
import type { RecognitionConfig } from "../config/recognition.js";
import { onlyNetwork } from "../losses/from-config.js";
import { DistillationMetric } from "../metrics/distillation-metric.js";
import type { DistillationModel } from "../model/distillation-model.js";
import { tensorsOf } from "./tensors.js";

/** Turns outputs into text: which decoder reads which feature of which networks. */
export interface Reader {
  readonly decoder: Decoder;
  readonly feature: FeatureName;
  readonly models: readonly string[];
}

/** The reader of a config's PostProcess section. */
export function readerFromConfig({ postProcess }: RecognitionConfig, dictionary: Dictionary): Reader {
  const decoder = postProcess.decoder === "ctc" ? new CtcDecoder(dictionary) : new SarDecoder(dictionary);
  return { decoder, feature: postProcess.feature, models: postProcess.models ?? [onlyNetwork] };
}

/** Readings of a batch by every network that the reader names. The model is in evaluation mode afterwards. */
export function readBatch(model: DistillationModel, reader: Reader, batch: Batch): Record<string, Reading[]> {
  return noGrad(() => {
    const { images, heads } = tensorsOf(batch);
    const outputs = model.eval().forward(images, heads);
    return Object.fromEntries(
      reader.models.map((name) => {
        const output = outputs.get(name);
        if (output === undefined) throw new Error(`PostProcess.model_name: there is no network "${name}"`);
        const { value } = featureOf(output, reader.feature);
        const [samples, steps, classes] = value.shape;
        return [name, reader.decoder.decodeProbabilities(value.dataSync() as Float32Array, [samples, steps, classes])];
      }),
    );
  });
}

/** The texts that a batch's labels stand for, as the decoder reads them. */
function targetsOf(batch: Batch, { decoder, feature }: Reader): Reading[] {
  const labels = feature.endsWith("sar") ? batch.fields.label_sar : (batch.fields.label_ctc ?? batch.fields.label);
  if (labels === undefined) throw new Error("evaluation needs the labels that its decoder reads: add them to KeepKeys");
  return decoder.decodeLabels(labels.data as Int32Array, [batch.size, labels.shape[1]]);
}

/** Reads all of `data` and measures it. Values have the reference's names: `acc`, `norm_edit_dis`, `Teacher_acc`. */
export async function evaluate(
  model: DistillationModel,
  reader: Reader,
  config: RecognitionConfig["metric"],
  data: DataLoader,
): Promise<{ metrics: Record<string, number>; images: number }> {
  const makeMetric = (): Metric =>
    new RecMetric({ ignoreSpace: config.ignoreSpace, isFilter: config.isFilter, countUnusable: config.countUnusable });
  const key = config.key ?? onlyNetwork;
  const metric = new DistillationMetric({ key, names: reader.models, makeMetric });
  let images = 0;
  data.position = { epoch: 0, batch: 0 };
  for await (const batch of data.epoch()) {
    metric.add(readBatch(model, reader, batch), targetsOf(batch, reader));
    images += batch.size;
  }
  metric.addUnusable(data.unusable.count);
  return { metrics: metric.result(), images };
}
