import type { Review } from "@retort/distill";
import { called } from "@retort/distill";
import { type Html, html } from "./html.js";
import type { ReportedRun } from "./reported-run.js";

type Confusion = NonNullable<Review["confusions"]>[string][number];

/** How many characters a table has at most on either side. */
const shown = 14;

/** Which characters are read as which others, for each run and network; undefined where no text was read. */
export function confusionSection(runs: readonly ReportedRun[]): Html | undefined {
  const parts = runs.flatMap(({ name, review }, i) =>
    Object.entries(review?.confusions ?? {}).map(([network, confusions]) => {
      const title = [runs.length > 1 ? name : "", network].filter((part) => part !== "").join(": ");
      return html`<div class="of-run-${i}"><h3>${runs.length > 1 && html`<i class="dot" style="--colour:var(--series-${i})"></i>`}${called(
        title,
      )}</h3>${confusionTable(confusions)}</div>`;
    }),
  );
  if (parts.length === 0) return undefined;
  return html`<section><h2>Confusion of characters</h2>
<p class="soft">Rows are characters of the labels, columns what was read instead, by the alignment with the fewest edits.
<b>∅</b> in a column: nothing was read; in a row: nothing was there.</p><div class="pairs">${parts}</div></section>`;
}

const character = (text: string): string => (text === "" ? "∅" : text === " " ? "␣" : text);

/** The characters that are wrong most often, the most frequent first. */
function mostFrequent(confusions: readonly Confusion[], key: "wanted" | "read"): string[] {
  const counts = new Map<string, number>();
  for (const confusion of confusions) counts.set(confusion[key], (counts.get(confusion[key]) ?? 0) + confusion.count);
  return [...counts].sort((a, b) => b[1] - a[1]).map(([name]) => name);
}

/** A table of counts; undefined of no confusions. */
function confusionTable(confusions: readonly Confusion[]): Html {
  const total = confusions.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return html`<p class="note">Every character is right.</p>`;
  const rows = mostFrequent(confusions, "wanted").slice(0, shown);
  const inRows = confusions.filter(({ wanted }) => rows.includes(wanted));
  const columns = mostFrequent(inRows, "read").slice(0, shown);
  const counts = new Map(confusions.map(({ wanted, read, count }) => [JSON.stringify([wanted, read]), count]));
  const countOf = (wanted: string, read: string): number => counts.get(JSON.stringify([wanted, read])) ?? 0;
  const most = Math.max(...confusions.map(({ count }) => count));
  const inTable = rows.flatMap((wanted) => columns.map((read) => countOf(wanted, read))).reduce((a, b) => a + b, 0);
  const head = columns.map((read) => html`<th scope="col" class="char">${character(read)}</th>`);
  const body = rows.map(
    (wanted) =>
      html`<tr><th scope="row" class="char">${character(wanted)}</th>${columns.map((read) => {
        const count = countOf(wanted, read);
        return count === 0
          ? html`<td></td>`
          : html`<td style="--share:${(count / most).toFixed(2)}" title="${character(wanted)} read as ${character(read)}">${count}</td>`;
      })}</tr>`,
  );
  return html`<div class="scroll" tabindex="0"><table class="heat"><thead><tr><th><span class="soft">label</span></th>${head}</tr></thead><tbody>${body}</tbody></table></div>
<p class="soft">${total.toLocaleString("en-US")} differences${inTable < total && `, ${inTable.toLocaleString("en-US")} of them in this table`}.</p>`;
}
