import { unknownAmong } from "../../inspect/lines.js";
import type { Section } from "../../inspect/open.js";
import { byShare, type Diagnosis, type Finding, percent } from "../diagnosis.js";
import type { Patient } from "../patient.js";

const shown = 12;

/** Characters of labels that the dictionary lacks: encoders leave them out, so networks learn other texts than there are. */
export const dictionary: Diagnosis = {
  name: "dictionary",
  asks: "Does the dictionary have the characters of the labels?",
  async examine(patient) {
    if (patient.findsBoxes) return { seen: "boxes are found, no text is read", findings: [] };
    const findings = [...(await unknownIn("Train", patient)), ...(await unknownIn("Eval", patient))];
    const { dictionary: known } = patient.loaded;
    const file = patient.loaded.config.global.characterDictPath ?? "digits and small letters";
    return { seen: `${file}, ${known.characters.length.toLocaleString("en-US")} characters`, findings };
  },
};

async function unknownIn(section: Section, patient: Patient): Promise<Finding[]> {
  const { characters } = await patient.lines(section);
  const unknown = unknownAmong(characters, patient.loaded.dictionary);
  if (unknown.length === 0) return [];
  const sum = (counts: Iterable<number>): number => [...counts].reduce((a, b) => a + b, 0);
  const share = sum(unknown.map(({ count }) => count)) / sum(characters.values());
  const list = unknown.slice(0, shown).map(({ character, count }) => `${JSON.stringify(character)} ${count}x`);
  const more = unknown.length > shown ? ` and ${unknown.length - shown} more` : "";
  const problem =
    `${section}: ${percent(share)} of the characters of the labels are not in the dictionary (${list.join(", ")}${more}). ` +
    "They are left out of the labels, so what is learnt and measured is not what is written.";
  return [
    byShare(
      share,
      problem,
      changeFor(
        unknown.map(({ character }) => character),
        patient,
      ),
    ),
  ];
}

function changeFor(unknown: readonly string[], { loaded: { config, dictionary: known } }: Patient): string {
  const { characterDictPath: file } = config.global;
  if (unknown.length === 1 && unknown[0] === " ") return "Set Global.use_space_char: true.";
  if (unknown.every((character) => known.characters.includes(character.toLowerCase()))) {
    return "The dictionary has these letters only small: make the labels small, or add the capitals to it.";
  }
  const add =
    file === undefined
      ? "Name a file with all characters of the labels, one a line, as Global.character_dict_path"
      : `Add them to ${file}, one a line, or name the dictionary that belongs to these labels`;
  return `${add}. Networks then have other classes, so weights of an old dictionary do not fit any more.`;
}
