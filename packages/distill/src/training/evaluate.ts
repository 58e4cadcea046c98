import { noGrad } from "@retort/autograd";
import { featureOf } from "@retort/ocr-models";
import type { Batch, DataLoader } from "@retort/ocr-models/data";
import type { MetricConfig } from "../config/schema/metric.js";
import { onlyNetwork } from "../losses/from-config.js";
import { DistillationMetric } from "../metrics/distillation-metric.js";
import type { DistillationModel } from "../model/distillation-model.js";
import type { Reader } from "./reader.js";
import { tensorsOf } from "./tensors.js";

/** What every network that the reader names says of a batch. The model is in evaluation mode afterwards. */
export function readBatch<Found>(
  model: DistillationModel,
  reader: Reader<Found>,
  batch: Batch,
): Record<string, Found[]> {
  return noGrad(() => {
    const { images, heads } = tensorsOf(batch);
    const outputs = model.eval().forward(images, heads);
    return Object.fromEntries(
      reader.models.map((name) => {
        const output = outputs.get(name);
        if (output === undefined) throw new Error(`PostProcess.model_name: there is no network "${name}"`);
        return [name, reader.read(featureOf(output, reader.feature).value, batch)];
      }),
    );
  });
}

/** The network by whose metrics a model is judged. */
export function decidingNetwork({ key }: Pick<MetricConfig, "key">): string {
  return key ?? onlyNetwork;
}

/** Reads all of `data` and measures it. Values have the reference's names: `acc`, `hmean`, `Teacher_acc`. */
export async function evaluate(
  model: DistillationModel,
  reader: Reader,
  config: Pick<MetricConfig, "key">,
  data: DataLoader,
): Promise<{ metrics: Record<string, number>; images: number }> {
  const key = decidingNetwork(config);
  const metric = new DistillationMetric({ key, names: reader.models, makeMetric: () => reader.makeMetric() });
  let images = 0;
  data.position = { epoch: 0, batch: 0 };
  for await (const batch of data.epoch()) {
    metric.add(readBatch(model, reader, batch), reader.wanted(batch));
    images += batch.size;
  }
  metric.addUnusable(data.unusable.count);
  return { metrics: metric.result(), images };
}
