import { noGrad } from "@retort/autograd";
import {
  CtcBeamDecoder,
  CtcDecoder,
  type Decoder,
  type Dictionary,
  type FeatureName,
  featureOf,
  type Lexicon,
  type Metric,
  NrtrDecoder,
  type PlacedWord,
  placeWords,
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

/** A reading whose words, where the decoder was asked for them, have their place in the image. */
export interface PlacedReading extends Reading {
  words?: readonly PlacedWord[];
}

/**
 * The reader of a config's PostProcess section; `lexicon` is what the word list that it may name holds.
 * @throws Error when the word list was not loaded
 */
export function readerFromConfig(
  { postProcess }: RecognitionConfig,
  dictionary: Dictionary,
  lexicon?: Lexicon,
): Reader {
  const { feature, models = [onlyNetwork] } = postProcess;
  return { decoder: decoderOf(postProcess, dictionary, lexicon), feature, models };
}

function decoderOf(
  { decoder, beam, wordBoxes }: RecognitionConfig["postProcess"],
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

/** Readings of a batch by every network that the reader names. The model is in evaluation mode afterwards. */
export function readBatch(model: DistillationModel, reader: Reader, batch: Batch): Record<string, PlacedReading[]> {
  return noGrad(() => {
    const { images, heads } = tensorsOf(batch);
    const outputs = model.eval().forward(images, heads);
    return Object.fromEntries(
      reader.models.map((name) => {
        const output = outputs.get(name);
        if (output === undefined) throw new Error(`PostProcess.model_name: there is no network "${name}"`);
        const { value } = featureOf(output, reader.feature);
        const [samples, steps, classes] = value.shape;
        const data = value.dataSync() as Float32Array;
        const readings = reader.decoder.decodeProbabilities(data, [samples, steps, classes]);
        return [name, readings.map((reading, i) => placed(reading, steps * (heads.validRatio?.[i] ?? 1)))];
      }),
    );
  });
}

/** `columns` is how many time steps the image takes without the padding on its right. */
function placed({ words, ...reading }: Reading, columns: number): PlacedReading {
  return words === undefined ? reading : { ...reading, words: placeWords(words, columns) };
}

/** The texts that a batch's labels stand for, as the decoder reads them. */
function targetsOf({ fields, size }: Batch, { decoder, feature }: Reader): Reading[] {
  const guide = { "head_out.sar": fields.label_sar, "head_out.nrtr": fields.label_gtc };
  const labels = feature in guide ? guide[feature as keyof typeof guide] : (fields.label_ctc ?? fields.label);
  if (labels === undefined) throw new Error("evaluation needs the labels that its decoder reads: add them to KeepKeys");
  return decoder.decodeLabels(labels.data as Int32Array, [size, labels.shape[1]]);
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
