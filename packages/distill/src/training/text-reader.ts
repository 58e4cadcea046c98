import { CtcDecoder, type Dictionary, type Reading, RecMetric, SarDecoder } from "@retort/ocr-models";
import type { MetricConfig } from "../config/schema/metric.js";
import type { TextPostProcessConfig } from "../config/schema/post-process.js";
import { onlyNetwork } from "../losses/from-config.js";
import type { Reader } from "./reader.js";

/** Reads text from class probabilities. */
export function textReader(
  postProcess: TextPostProcessConfig,
  metric: MetricConfig,
  dictionary: Dictionary,
): Reader<Reading, Reading> {
  const { feature, models = [onlyNetwork] } = postProcess;
  const decoder = postProcess.decoder === "ctc" ? new CtcDecoder(dictionary) : new SarDecoder(dictionary);
  return {
    models,
    feature,
    read(value) {
      const [samples, steps, classes] = value.shape;
      return decoder.decodeProbabilities(value.dataSync() as Float32Array, [samples, steps, classes]);
    },
    wanted({ fields, size }) {
      const labels = feature.endsWith("sar") ? fields.label_sar : (fields.label_ctc ?? fields.label);
      if (labels === undefined) {
        throw new Error("evaluation needs the labels that its decoder reads: add them to KeepKeys");
      }
      return decoder.decodeLabels(labels.data as Int32Array, [size, labels.shape[1]]);
    },
    makeMetric() {
      if (metric.base !== "RecMetric") throw new Error(`Metric: a ${metric.base} does not measure text`);
      return new RecMetric(metric);
    },
  };
}
