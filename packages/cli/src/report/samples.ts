import type { Review, ReviewedLine, ReviewedPage, ReviewedSample } from "@retort/distill";
import { alignTexts } from "@retort/ocr-models";
import { type Html, html } from "./html.js";
import { linePicture, outlineColours, pagePicture } from "./pictures.js";
import type { ReportedRun } from "./reported-run.js";

/** The worst and the best samples of each run, as pictures. */
export async function sampleSection(runs: readonly ReportedRun[]): Promise<Html> {
  const parts = await Promise.all(runs.map((run, i) => samplesOf(run, i, runs.length > 1)));
  const isPages = runs.some(({ review }) => [...(review?.worst ?? []), ...(review?.best ?? [])].some(isPage));
  return html`<section><h2>Worst and best ${isPages ? "detections" : "readings"}</h2>
<p class="soft">By the model with the best evaluation, on the data of the Eval section. Pictures are as the network sees them.
${isPages && legendOfOutlines}</p>${parts}</section>`;
}

const isPage = (sample: ReviewedSample): sample is ReviewedPage => sample.kind === "page";

const legendOfOutlines = html`<span style="color:${outlineColours.wanted}">Green</span> outlines are what was to be found,
<span style="color:${outlineColours.ignored}">grey</span> ones what does not count,
<span style="color:${outlineColours.found}">orange</span> ones what was found.`;

async function samplesOf({ name, review, problem }: ReportedRun, i: number, several: boolean): Promise<Html> {
  const title = several && html`<h3><i class="dot" style="--colour:var(--series-${i})"></i>${name}</h3>`;
  if (review === undefined) {
    return html`<div class="of-run-${i}">${title}<p class="note">Nothing was read: ${problem ?? "it was not asked for"}.</p></div>`;
  }
  const worst = await cards(review.worst, review);
  const best = await cards(review.best, review);
  return html`<div class="of-run-${i}">${title}
<p class="soft">${review.images.toLocaleString("en-US")} images with <span class="mono path">${review.checkpoint}</span>.${unusableText(review)}</p>
<h3>Worst</h3>${worst ?? html`<p class="note">None: everything is right.</p>`}
<h3>Best</h3>${best ?? html`<p class="note">None: nothing is right.</p>`}</div>`;
}

function unusableText({ unusable }: Review): string {
  const reasons = Object.entries(unusable).map(([reason, count]) => `${count} × ${reason}`);
  return reasons.length === 0 ? "" : ` Images that could not be used: ${reasons.join(", ")}.`;
}

async function cards(samples: readonly ReviewedSample[], { network }: Review): Promise<Html | undefined> {
  if (samples.length === 0) return undefined;
  const all = await Promise.all(
    samples.map((sample) => (isPage(sample) ? pageCard(sample, network) : lineCard(sample))),
  );
  return html`<div class="samples${samples.some(isPage) && " pages"}">${all}</div>`;
}

async function lineCard({ path, picture, wanted, readings }: ReviewedLine): Promise<Html> {
  const rows = Object.entries(readings).map(
    ([name, { text, confidence }]) =>
      html`<dt>${name === "" ? "read" : name}</dt><dd>${mark(text === wanted)} <span class="text">${compared(text, wanted)}</span>
<span class="soft">${confidence.toFixed(2)}</span></dd>`,
  );
  return html`<article class="sample"><img class="line" src="${await linePicture(picture)}" alt="line of text: ${wanted}">
<dl><dt>label</dt><dd><span class="text">${wanted}</span></dd>${rows}</dl><p class="file">${path}</p></article>`;
}

const mark = (right: boolean): Html =>
  right ? html`<span class="right" title="right">✓</span>` : html`<span class="wrong" title="wrong">✗</span>`;

/** A reading with the characters marked that the label has not; a gap is where it lacks some. */
function compared(text: string, wanted: string): Html[] {
  if (text === "") return [html`<span class="soft">nothing</span>`];
  return alignTexts(text, wanted).map(([read, meant]) => {
    if (read === meant) return html`${read}`;
    return html`<mark title="${meant === "" ? "not in the label" : `the label has ${meant}`}">${read === "" ? "·" : read}</mark>`;
  });
}

async function pageCard(page: ReviewedPage, network: string): Promise<Html> {
  const { path, regions, boxes, score } = page;
  const wanted = regions.filter(({ ignore }) => !ignore).length;
  const rows = Object.entries(boxes).map(
    ([name, found]) => html`<dt>${name === "" ? "found" : name}</dt><dd>${found.length} boxes</dd>`,
  );
  return html`<article class="sample"><img class="page" src="${await pagePicture(page, network)}" alt="page with ${wanted} regions of text">
<dl><dt>label</dt><dd>${wanted} regions</dd>${rows}<dt>hmean</dt><dd>${score.toFixed(3)}</dd></dl><p class="file">${path}</p></article>`;
}
