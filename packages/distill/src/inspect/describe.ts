import { unknownLine } from "../plan/lines.js";
import type { DataReport } from "./report.js";
import type { Spread } from "./spread.js";

type Found = Omit<DataReport, "headline" | "warnings" | "sections">;

const count = (value: number): string => value.toLocaleString("en-US");
const short = (value: number): string => String(Number(value.toPrecision(3)));
const mostCharacters = 40;

/** `Train: 4,000 lines, 2 cannot be used`, or so many pages, as far as images were decoded. */
export function dataHeadline({ section, lines, regions, unusable }: Found): string {
  const bad = Object.values(unusable).reduce((sum, reason) => sum + reason.count, 0);
  const what = regions === undefined ? "lines" : "pages";
  return `${section}: ${count(lines)} ${what}, ${bad === 0 ? "all usable" : `${count(bad)} cannot be used`}`;
}

/** What is worth a warning in a data set. */
export function dataWarnings(found: Found): string[] {
  const unknown = unknownLine({ section: found.section, unknownCharacters: found.characters?.unknown ?? [] });
  return unknown === undefined ? [] : [unknown];
}

/** The report as titled lists of lines. */
export function dataSectionsOf(found: Found): DataReport["sections"] {
  return [
    { title: "lines", lines: lineLines(found) },
    { title: "cannot be used", lines: Object.entries(found.unusable).map(reasonLine) },
    { title: "labels", lines: labelLines(found) },
    { title: "regions of text", lines: regionLines(found) },
    { title: "images", lines: imageLines(found) },
  ];
}

function lineLines({ files, linesPerEpoch }: Found): string[] {
  return [
    ...files.map(({ file, lines }) => `${file}: ${count(lines)} lines`),
    `an epoch takes ${count(linesPerEpoch)} of them`,
  ];
}

const reasonLine = ([reason, { count: n, first }]: [string, { count: number; first: string }]): string =>
  `${count(n)} x ${reason}, such as ${first}`;

function spreadLine(what: string, spread: Spread | undefined): string[] {
  if (spread === undefined) return [];
  const { least, low, median, high, greatest, mean } = spread;
  const middle = `90 % ${short(low)} to ${short(high)}, median ${short(median)}, mean ${short(mean)}`;
  return [`${what}: ${short(least)} to ${short(greatest)}; ${middle}`];
}

function labelLines({ labelLengths, characters }: Found): string[] {
  if (characters === undefined) return [];
  const { counts, unknown, dictionary, unused } = characters;
  const known = `${count(counts.length - unknown.length)} of them in the dictionary`;
  const shown = counts
    .slice(0, mostCharacters)
    .map(({ character, count: n }) => `${JSON.stringify(character)} ${count(n)}`);
  const more = counts.length > mostCharacters ? `, and ${count(counts.length - mostCharacters)} more` : "";
  return [
    ...spreadLine("length in characters", labelLengths),
    `${count(counts.length)} different characters, ${known}: ${shown.join(", ")}${more}`,
    `the dictionary has ${count(dictionary)} characters; ${count(unused)} of them are in no label`,
  ];
}

function regionLines({ regions }: Found): string[] {
  if (regions === undefined) return [];
  return [
    `${count(regions.count)}, ${count(regions.ignored)} of them to ignore; of the others:`,
    ...spreadLine("regions in an image", regions.perImage),
    ...spreadLine("longer side in pixels", regions.longer),
    ...spreadLine("shorter side in pixels", regions.shorter),
    ...spreadLine("corners", regions.corners),
  ];
}

function imageLines({ images, lines }: Found): string[] {
  const { examined, widths, heights, proportions, squeezed, inputs } = images;
  const sizes = inputs.map(([height, width]) => `${height} x ${width}`).join(", ");
  const seen = sizes === "" ? "each image in a size of its own" : `${sizes} (height x width)`;
  const wide = squeezed === undefined ? "" : `; ${count(squeezed)} images are too wide for that and are squeezed`;
  return [
    `${count(examined)} of ${count(lines)} decoded`,
    ...spreadLine("width in pixels", widths),
    ...spreadLine("height in pixels", heights),
    ...spreadLine("width / height", proportions),
    `the network sees ${seen}${wide}`,
  ];
}
