import { type Confusion, Confusions, type Reading } from "@retort/ocr-models";
import type { Place, Reviewer, Seen } from "./reviewer.js";
import { pictureOf, type ReviewedSample } from "./sample.js";

/** Readings are ranked by how alike they are to the label, and counted by character. */
export class LineReviewer implements Reviewer<Reading, Reading> {
  readonly ranking = "norm_edit_dis";
  private readonly byNetwork = new Map<string, Confusions>();

  see({ found, wanted }: Seen<Reading, Reading>): void {
    for (const [name, { text }] of Object.entries(found)) {
      const confusions = this.byNetwork.get(name) ?? new Confusions();
      this.byNetwork.set(name, confusions);
      confusions.add(text, wanted.text);
    }
  }

  sureness({ confidence }: Reading): number {
    return confidence;
  }

  show({ found, wanted }: Seen<Reading, Reading>, { batch, i, toPixels, score }: Place): ReviewedSample {
    const picture = pictureOf(batch, i, toPixels, batch.fields.valid_ratio?.data[i] ?? 1);
    return { kind: "line", path: batch.paths[i], score, picture, wanted: wanted.text, readings: found };
  }

  confusions(): Record<string, Confusion[]> {
    return Object.fromEntries([...this.byNetwork].map(([name, confusions]) => [name, confusions.result()]));
  }
}
