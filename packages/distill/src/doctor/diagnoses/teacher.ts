import type { Metric } from "@retort/ocr-models";
import { readBatch } from "../../training/evaluate.js";
import { readable } from "../../training/reader.js";
import { type Diagnosis, doubt, type Finding, fault, percent } from "../diagnosis.js";
import type { Patient } from "../patient.js";

/** How many images of Eval are read. */
const looks = 256;

/** A frozen network that has nothing to teach: without weights, or with weights that do not read these data. */
export const teacher: Diagnosis = {
  name: "teacher",
  asks: "Do the frozen networks know what they teach?",
  async examine(patient) {
    const frozen = patient.parts.filter(({ learns }) => !learns);
    if (frozen.length === 0) return { seen: "no network is frozen", findings: [] };
    const fresh = frozen.filter(({ weights }) => weights === undefined);
    const findings = fresh.map(({ name }) =>
      fault(
        `${name} is frozen and has no weights: it teaches what random numbers say.`,
        `Name its weights as Architecture.Models.${name}.pretrained, or let it learn too (freeze_params: false).`,
      ),
    );
    const known = frozen.filter(({ weights }) => weights !== undefined).map(({ name }) => name);
    if (known.length === 0) return { seen: `${fresh.map(({ name }) => name).join(", ")} without weights`, findings };
    const values = await measure(known, patient);
    for (const [name, value] of values) findings.push(...judge(name, value, patient));
    const seen = known.map(
      (name) =>
        `${name} ${values.has(name) ? percent(values.get(name) as number) : "cannot be read as the judged one is"}`,
    );
    return { seen: `${patient.findsBoxes ? "hmean" : "acc"} on Eval: ${seen.join(", ")}`, findings };
  },
};

/** What frozen networks make of the first images of Eval. */
function measure(names: readonly string[], patient: Patient): Promise<Map<string, number>> {
  return patient.withRun(async ({ model, reader, evaluation }) => {
    const read = names.filter((name) => readable(reader).includes(name));
    const metrics = new Map<string, Metric<unknown, unknown>>(read.map((name) => [name, reader.makeMetric()]));
    let images = 0;
    for await (const batch of evaluation.epoch()) {
      const found = await readBatch(model, reader, batch, read);
      for (const [name, metric] of metrics) metric.add(found[name], reader.wanted(batch));
      images += batch.size;
      patient.tell(`${images} images read`);
      if (images >= looks || metrics.size === 0) break;
    }
    const main = patient.findsBoxes ? "hmean" : "acc";
    return new Map([...metrics].map(([name, metric]) => [name, metric.result()[main]]));
  });
}

function judge(name: string, value: number, { findsBoxes }: Patient): Finding[] {
  if (value >= 0.5) return [];
  const what = findsBoxes
    ? `finds text with an hmean of ${percent(value)}`
    : `reads ${percent(value)} of the Eval lines`;
  const change =
    "Look whether its weights belong to this structure, dictionary (in the same order) and size of images: " +
    "retort eval with the config that it was trained with tells. Else train it longer before it teaches.";
  return [(value < 0.1 ? fault : doubt)(`${name} is frozen and ${what}: it teaches mistakes.`, change)];
}
