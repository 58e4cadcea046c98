import { examineImages } from "../../inspect/images.js";
import { openDataSet, type Section } from "../../inspect/open.js";
import { byShare, type Diagnosis, type Finding, fault, percent } from "../diagnosis.js";
import type { Patient } from "../patient.js";

/** How many images are decoded. */
const looks = 200;

/** Reasons that the diagnosis of label lengths tells more about. */
const ofLengths = new Set(["label too long", "label too long for CTC"]);

/** Lines without a label or an image that can be used. */
export const usableData: Diagnosis = {
  name: "data",
  asks: "Can the lines and images of Train and Eval be used?",
  async examine(patient) {
    const sections = [await lookAt("Train", patient), await lookAt("Eval", patient)];
    return {
      seen: sections.map(({ seen }) => seen).join("; "),
      findings: sections.flatMap(({ findings }) => findings),
    };
  },
};

async function lookAt(section: Section, patient: Patient): Promise<{ seen: string; findings: Finding[] }> {
  const lines = await patient.lines(section);
  const dataSet = await openDataSet(patient.loaded, section);
  try {
    const images = await examineImages(dataSet, lines.usable, looks);
    const findings: Finding[] = [];
    const judge = (reasons: ReturnType<typeof lines.unusable.byReason>, of: number, what: string): void => {
      for (const [reason, { count, first }] of Object.entries(reasons)) {
        if (ofLengths.has(reason)) continue;
        const problem = `${section}: ${percent(count / of)} of ${of} ${what} cannot be used: ${reason}, such as ${first}.`;
        findings.push(byShare(count / of, problem, changeFor(reason, section)));
      }
    };
    judge(lines.unusable.byReason(), lines.count, "lines");
    judge(images.unusable.byReason(), images.examined, "images that were decoded");
    const usable = lines.usable.length;
    if (lines.count === 0)
      findings.push(
        fault(`${section}: the label files are empty.`, `Name others as ${section}.dataset.label_file_list.`),
      );
    return {
      seen: `${section} ${usable.toLocaleString("en-US")} of ${lines.count.toLocaleString("en-US")} lines`,
      findings,
    };
  } finally {
    dataSet.close();
  }
}

function changeFor(reason: string, section: Section): string {
  if (reason === "image missing")
    return `Paths in label files count from ${section}.dataset.data_dir: mend it, or them.`;
  if (reason === "label without a known character") return "See the dictionary.";
  return "Mend or remove these lines; retort data lists them all.";
}
