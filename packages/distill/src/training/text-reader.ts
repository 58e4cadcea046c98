import {
  CtcBeamDecoder,
  CtcDecoder,
  type Decoder,
  type Dictionary,
  type Lexicon,
  NrtrDecoder,
  type PlacedWord,
  placeWords,
  type Reading,
  RecMetric,
  SarDecoder,
} from "@retort/ocr-models";
import type { Batch, Field } from "@retort/ocr-models/data";
import type { MetricConfig } from "../config/schema/metric.js";
import type { TextPostProcessConfig } from "../config/schema/post-process.js";
import { onlyNetwork } from "../losses/from-config.js";
import type { FeatureValues, NamedReader } from "./reader.js";

/** A reading whose words, where the decoder was asked for them, have their place in the image. */
export interface PlacedReading extends Reading {
  words?: readonly PlacedWord[];
}

/** What class probabilities [B, T, classes] of a batch say. */
export type TextDecoding = (probabilities: FeatureValues, batch: Pick<Batch, "fields">) => PlacedReading[];

/**
 * Makes text of class probabilities; `lexicon` is what the word list that the section may name holds.
 * @throws Error when the word list was not loaded
 */
export function textDecoding(
  postProcess: TextPostProcessConfig,
  dictionary: Dictionary,
  lexicon?: Lexicon,
): TextDecoding {
  return decodingBy(decoderOf(postProcess, dictionary, lexicon));
}

function decodingBy(decoder: Decoder): TextDecoding {
  return ({ shape, data }, { fields }) => {
    const [samples, steps, classes] = shape;
    const readings = decoder.decodeProbabilities(data, [samples, steps, classes]);
    return readings.map((reading, i) => placed(reading, steps * (fields.valid_ratio?.data[i] ?? 1)));
  };
}

/**
 * Reads text from class probabilities, and measures it; `lexicon` is what the word list that the section may name holds.
 * @throws Error when the word list was not loaded
 */
export function textReader(
  postProcess: TextPostProcessConfig,
  metric: MetricConfig,
  dictionary: Dictionary,
  lexicon?: Lexicon,
): NamedReader<PlacedReading, Reading> {
  const { feature, models = [onlyNetwork] } = postProcess;
  const decoder = decoderOf(postProcess, dictionary, lexicon);
  return {
    models,
    feature,
    read: decodingBy(decoder),
    wanted({ fields, size }) {
      const labels = labelsOf(fields, feature);
      return decoder.decodeLabels(labels.data as Int32Array, [size, labels.shape[1]]);
    },
    makeMetric() {
      if (metric.base !== "RecMetric") throw new Error(`Metric: a ${metric.base} does not measure text`);
      return new RecMetric(metric);
    },
    asWanted: (reading) => reading,
  };
}

function decoderOf(
  { decoder, beam, wordBoxes }: TextPostProcessConfig,
  dictionary: Dictionary,
  lexicon?: Lexicon,
): Decoder {
  if (decoder === "sar") return new SarDecoder(dictionary);
  if (decoder === "nrtr") return new NrtrDecoder(dictionary);
  if (beam === undefined) return new CtcDecoder(dictionary, { wordBoxes });
  if (beam.lexicon !== undefined && lexicon === undefined) {
    throw new Error(`PostProcess.lexicon: the words of ${beam.lexicon} have not been loaded`);
  }
  return new CtcBeamDecoder(dictionary, { width: beam.width, lexicon, wordBoxes });
}

/** `columns` is how many time steps the image takes without the padding on its right. */
function placed({ words, ...reading }: Reading, columns: number): PlacedReading {
  return words === undefined ? reading : { ...reading, words: placeWords(words, columns) };
}

/** The labels that the decoder of a feature reads. */
function labelsOf(fields: Batch["fields"], feature: TextPostProcessConfig["feature"]): Field {
  const guide = { "head_out.sar": fields.label_sar, "head_out.nrtr": fields.label_gtc };
  const labels = feature in guide ? guide[feature as keyof typeof guide] : (fields.label_ctc ?? fields.label);
  if (labels === undefined) throw new Error("evaluation needs the labels that its decoder reads: add them to KeepKeys");
  return labels;
}
