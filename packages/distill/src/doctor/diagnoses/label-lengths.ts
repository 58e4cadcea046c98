import { batchSizes } from "../../config/checks/picture-sizes.js";
import { dataSetup } from "../../training/data-setup.js";
import { byShare, type Diagnosis, type Finding, percent } from "../diagnosis.js";
import type { Patient } from "../patient.js";

/** Labels that need more time steps than a CTC network has, or are longer than Global.max_text_length. */
export const labelLengths: Diagnosis = {
  name: "label lengths",
  asks: "Do the labels fit into the time steps of the network and the longest text?",
  async examine(patient) {
    if (patient.findsBoxes) return { seen: "boxes are found, no text is read", findings: [] };
    const { lengths, unusable, count } = await patient.lines("Train");
    const reasons = unusable.byReason();
    const { config } = patient.loaded;
    const steps = dataSetup(patient.loaded, "train").ctcSteps?.map((size) => size.steps) ?? [];
    const longest = [...lengths.keys()].reduce((a, b) => Math.max(a, b), 0);
    const findings: Finding[] = [];
    const judge = (reason: string, what: string, change: string): void => {
      const found = reasons[reason];
      if (found === undefined) return;
      const problem = `${percent(found.count / count)} of the training labels ${what}, and are not learnt from, such as ${found.first}.`;
      findings.push(byShare(found.count / count, problem, change));
    };
    judge("label too long for CTC", "need more time steps than the network has", widerImages(patient));
    judge(
      "label too long",
      `are longer than Global.max_text_length (${config.global.maxTextLength}) allows`,
      `Raise Global.max_text_length (the longest label has ${longest} characters; SAR and NRTR need room for two marks beside them), and max_text_length of the heads with it.`,
    );
    const has = steps.length === 0 ? "" : `, ${Math.max(...steps)} time steps`;
    return {
      seen: `labels of up to ${longest} characters${has}, at most ${config.global.maxTextLength} characters`,
      findings,
    };
  },
};

function widerImages({ loaded: { config } }: Patient): string {
  const [{ width } = { width: 0 }] = batchSizes(config.train);
  return (
    "Make the images wider (image_shape of RecResizeImg in Train and Eval" +
    `${width > 0 ? `, now ${width} pixels` : ""}), or let the backbone keep more columns: last_conv_stride and ` +
    "last_pool_kernel_size with 1 across. A label needs a step a character, and one more between two equal ones."
  );
}
