import type { DetectedBox, LabelledRegion, Point } from "@retort/ocr-models";
import type { Place, Reviewer, Seen } from "./reviewer.js";
import { pictureOf, type ReviewedSample } from "./sample.js";

/** Pictures are ranked by how well the boxes found in them match. */
export class PageReviewer implements Reviewer<DetectedBox[], LabelledRegion[]> {
  readonly ranking = "hmean";

  sureness(boxes: DetectedBox[]): number {
    return boxes.length;
  }

  show({ found, wanted }: Seen<DetectedBox[], LabelledRegion[]>, { batch, i, toPixels, score }: Place): ReviewedSample {
    const { shape } = batch.fields;
    const [down, across] = shape.data.subarray(i * shape.shape[1] + 2, i * shape.shape[1] + 4);
    const scaled = (points: readonly Point[]): Point[] => points.map(([x, y]) => [x * across, y * down]);
    return {
      kind: "page",
      path: batch.paths[i],
      score,
      picture: pictureOf(batch, i, toPixels),
      regions: wanted.map(({ points, ignore }) => ({ points: scaled(points), ignore })),
      boxes: Object.fromEntries(
        Object.entries(found).map(([name, boxes]) => [name, boxes.map(({ points }) => ({ points: scaled(points) }))]),
      ),
    };
  }
}
