import { expect, test } from "vitest";
import { bar, progressLine } from "./progress.js";
import { duration, type TrainingState, trainingHead, trainingTail } from "./training-line.js";

const state: TrainingState = {
  epoch: 3,
  epochs: 12,
  imagesPerSecond: 211.6,
  loss: 3.774,
  parts: {
    dml_ctc_0: 0.5,
    dml_sar_0: 0.11,
    loss_distance_l2_Student_Teacher_0: 0.04,
    loss_ctc_Student_0: 1,
    loss_ctc_Teacher_1: 1.1,
    loss_sar_Student_0: 0.5,
    loss_sar_Teacher_1: 0.52,
    loss: 3.774,
  },
  learningRate: 4.6e-4,
  secondsLeft: 130,
};

test("the line of a training", () => {
  expect(trainingHead(state)).toBe("epoch  3/12");
  expect(trainingTail(state)).toBe("212 img/s  loss 3.77 (ctc 2.10 sar 1.02 dml 0.61 l2 0.04)  lr 4.6e-4  ETA 2:10");
});

test("parts of other names stay, a part that is not finite shows", () => {
  const tail = trainingTail({ ...state, parts: { CTCLoss: Number.NaN, loss_other: 1 }, secondsLeft: Number.NaN });
  expect(tail).toContain("loss_other 1.00");
  expect(tail).toContain("ctc NaN");
  expect(tail).toContain("ETA -:--");
});

test("parts are named by their kind, those of PP-OCRv4 too", () => {
  const parts = {
    dkd_0: 0.1,
    loss_ctc_Student_0: 1,
    loss_nrtr_Student_0: 2,
    loss_nrtr_Teacher_1: 3,
    ctc_logits_0: 4,
    kl_div_0: 5,
  };
  const tail = trainingTail({ ...state, parts });
  expect(tail).toContain("(ctc 1.00 nrtr 5.00 dkd 0.10 kl 5.00 logits 4.00)");
});

test("durations", () => {
  expect([0, 59.6, 61, 3600 + 125].map(duration)).toEqual(["0:00", "1:00", "1:01", "1:02:05"]);
});

test("bars", () => {
  expect([-1, 0, 0.5, 1, 2].map((done) => bar(done).replace(/░/g, "").length)).toEqual([0, 0, 10, 20, 20]);
});

test("without a terminal a line comes at most every ten seconds, and the last one at the end", () => {
  let written = "";
  let clock = 0;
  const line = progressLine({ write: (text) => (written += text) }, () => clock);
  for (let i = 0; i <= 25; i++) {
    clock = 1000 * i;
    line.update(i / 25, "work", `item ${i}`);
  }
  line.note("note");
  line.stop();
  line.stop();
  expect(written).toBe("work   0%  item 0\nwork  40%  item 10\nwork  80%  item 20\nnote\nwork 100%  item 25\n");
});

test("on a terminal the line rewrites itself, fits the width, and lasting lines stand above it", () => {
  const written: string[] = [];
  let clock = 0;
  const stream = { write: (text: string) => written.push(text), isTTY: true, columns: 40 };
  const line = progressLine(stream, () => clock);
  line.note("first");
  line.update(0.5, "work", "half of it and much more to tell");
  line.update(0.6, "work", "too soon to be drawn");
  clock = 100;
  line.update(1, "work", "all");
  line.note("lasting");
  line.stop();
  line.stop();
  const clear = "\r\u001b[K";
  expect(written).toEqual([
    "first\n",
    `${clear}work ${bar(0.5)}  half of it a`,
    `${clear}work ${bar(1)}  all`,
    `${clear}lasting\n`,
    `${clear}work ${bar(1)}  all`,
    `${clear}work ${bar(1)}  all`,
    "\n",
  ]);
});
