// Compares readings of `retort infer --out` with a label file as ../shared's PyTorch yardstick does: lines whose text
// without unknown characters has 1 to 23 characters, upper case on both sides. Prints, for every network, the accuracy with
// and without spaces and the edit similarity without spaces; then the readings asked for, of the network named first.
//   node experiments/receipts/score.mjs --labels val.txt --dict dict.txt --readings readings.jsonl [--every 40] [--worst 20]
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { normalizedEditDistance } from "@retort/ocr-models";

const { values } = parseArgs({
  options: {
    labels: { type: "string" },
    dict: { type: "string" },
    readings: { type: "string" },
    every: { type: "string" },
    worst: { type: "string" },
  },
});
const linesOf = (file) =>
  readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "");
const known = new Set([...linesOf(values.dict), " "]);
const labels = linesOf(values.labels).flatMap((line) => {
  const [image, text] = line.split("\t");
  const kept = [...text].filter((character) => known.has(character)).join("");
  return kept.length >= 1 && kept.length <= 23 ? [{ image: basename(image), text: kept }] : [];
});
const readings = new Map(
  linesOf(values.readings).map((line) => {
    const { image, readings } = JSON.parse(line);
    return [basename(image), readings];
  }),
);

function compare(name) {
  return labels.map(({ image, text }) => {
    const reading = readings.get(image);
    if (reading === undefined) throw new Error(`${values.readings} has no reading of ${image}`);
    const [a, b] = [reading[name].text.toUpperCase(), text.toUpperCase()];
    const [c, d] = [a.replaceAll(" ", ""), b.replaceAll(" ", "")];
    const similarity = 1 - normalizedEditDistance(c, d);
    return { image, text, reading: reading[name].text, exact: a === b, exactWithoutSpaces: c === d, similarity };
  });
}

const percent = (rows, value) =>
  ((100 * rows.reduce((sum, row) => sum + Number(value(row)), 0)) / rows.length).toFixed(2);
const print = ({ image, text, reading, similarity }) =>
  console.log(`${similarity.toFixed(2)}  ${image}  |${text}|  |${reading}|`);

const names = Object.keys(readings.values().next().value);
console.log(`${labels.length} lines`);
for (const name of names) {
  const rows = compare(name);
  const exact = percent(rows, (row) => row.exact);
  const without = percent(rows, (row) => row.exactWithoutSpaces);
  const similarity = percent(rows, (row) => row.similarity);
  console.log(`${name}: accuracy ${exact} %, without spaces ${without} %, edit similarity ${similarity} %`);
}
const rows = compare(names[0]);
if (values.every !== undefined) rows.filter((_, i) => i % Number(values.every) === 0).forEach(print);
if (values.worst !== undefined) {
  const sorted = [...rows].sort((a, b) => a.similarity - b.similarity);
  sorted.slice(0, Number(values.worst)).forEach(print);
}
