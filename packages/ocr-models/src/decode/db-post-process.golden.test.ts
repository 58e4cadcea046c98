import { expect } from "vitest";
import { golden, goldenSuite } from "../../../../fixtures/goldens.js";
import { loadOpenCv } from "../data/opencv.js";
import { DbPostProcess } from "./db-post-process.js";

interface Settings {
  readonly thresh: number;
  readonly box_thresh: number;
  readonly max_candidates: number;
  readonly unclip_ratio: number;
  readonly score_mode?: "fast" | "slow";
  readonly use_dilation?: boolean;
}

goldenSuite("DBPostProcess", () => {
  golden("db-postprocess.safetensors", async (g) => {
    const { results } = g.case as { results: { kw: Settings; boxes: number[][][][] }[] };
    const { cv } = await loadOpenCv();
    const maps = g.floats("maps");
    const [batch, channels, height, width] = maps.shape;
    const { data } = g.floats("shape_list");
    const sizes = Array.from({ length: batch }, (_, i) => [data[4 * i], data[4 * i + 1]] as const);
    for (const { kw, boxes } of results) {
      const postProcess = new DbPostProcess(cv, {
        thresh: kw.thresh,
        boxThresh: kw.box_thresh,
        maxCandidates: kw.max_candidates,
        unclipRatio: kw.unclip_ratio,
        scoreMode: kw.score_mode,
        useDilation: kw.use_dilation,
      });
      const found = postProcess.decode(maps.data, [batch, channels, height, width], sizes);
      expect(
        found.map((list) => list.map(({ points }) => points)),
        JSON.stringify(kw),
      ).toEqual(boxes);
      for (const { score } of found.flat()) {
        expect(score).toBeGreaterThanOrEqual(kw.box_thresh);
        expect(score).toBeLessThanOrEqual(1);
      }
    }
  });
});
