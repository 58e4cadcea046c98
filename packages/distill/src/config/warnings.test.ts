import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type Overrides, parseConfig } from "./index.js";

const read = (name: string): string =>
  readFileSync(new URL(`../../../../configs/rec/${name}`, import.meta.url), "utf8");
const distillation = read("pp-ocrv3-distillation-small.yml");

const warnings = (text: string, overrides: Overrides): string[] =>
  parseConfig(text, { file: "c.yml", overrides }).warnings;

const student = "Architecture.Models.Student";
const teacher = "Architecture.Models.Teacher";
const term = (index: number, kind: string): string => `Loss.loss_config_list.${index}.${kind}`;
const sar = term(4, "DistillationSARLoss");

describe("warnings", () => {
  const cases: [Overrides, RegExp][] = [
    [["Global.eval_batch_epoch=100"], /no best model is saved/],
    [["Optimizer.lr.warmup_epoch=16"], /rises for 16 epochs, and there are 16/],
    [[`${teacher}.freeze_params=true`], /Models\.Teacher: is frozen but names no pretrained weights/],
    [[`${teacher}.freeze_params=true`], /DistillationCTCLoss: Teacher: frozen, so this loss teaches it nothing/],
    [[`${term(1, "DistillationDMLLoss")}.name=dml_ctc`], /an earlier loss is called "dml_ctc" too/],
    [
      [
        "Global.max_text_length=50",
        `${student}.Head.head_list.1.SARHead.max_text_length=50`,
        `${teacher}.Head.head_list.1.SARHead.max_text_length=50`,
      ],
      /leaves Student 40 time steps: CTC cannot read texts that are longer/,
    ],
    [["Global.distributed=true"], /Global\.distributed: is ignored: mpirun says how many/],
    [
      [`${student}.Backbone.pretrained=true`, `${teacher}.Backbone.pretrained=true`],
      /Backbone\.pretrained: is ignored/,
    ],
    [[`${sar}.ignore_index=92`], /ignore_index: is ignored: it follows from the dictionary/],
    [
      ["Global.teacher_cache=cache"],
      /Global\.teacher_cache: has no effect: no loss reads a network with freeze_params: true$/,
    ],
    [["Global.teacher_cache_top_k=5"], /Global\.teacher_cache_top_k: has no effect without teacher_cache$/],
    [
      ["Global.teacher_cache=cache", `${teacher}.freeze_params=true`, `${teacher}.freeze_mode=reference`],
      /Global\.teacher_cache: has no effect: with freeze_mode: reference outputs depend on the other samples of a batch$/,
    ],
    [
      {
        "Global.teacher_cache": "cache",
        [`${teacher}.freeze_params`]: true,
        "Train.dataset.transforms": [
          { DecodeImage: null },
          { RecAug: null },
          { MultiLabelEncode: null },
          { RecResizeImg: { image_shape: [3, 48, 160] } },
          { KeepKeys: { keep_keys: ["image", "label_ctc", "label_sar", "length", "valid_ratio"] } },
        ],
      },
      /Global\.teacher_cache: RecAug of Train changes pictures at random, anew in every epoch: what is stored helps later runs/,
    ],
    [
      ["Train.dataset.ext_op_transform_idx=1"],
      /ext_op_transform_idx: has no effect: no transform here takes further samples$/,
    ],
    [
      {
        "Eval.dataset.transforms": [
          { DecodeImage: null },
          { RecAug: null },
          { MultiLabelEncode: null },
          { RecResizeImg: { image_shape: [3, 48, 160] } },
          { KeepKeys: { keep_keys: ["image", "label_ctc", "label_sar", "length", "valid_ratio"] } },
        ],
      },
      /Eval\.dataset\.transforms\[1\]\.RecAug: changes samples at random: the scores are those of the changed ones$/,
    ],
  ];
  test.each(cases)("%j", (overrides, expected) => {
    const found = warnings(distillation, overrides);
    expect(
      found.filter((line) => expected.test(line)),
      found.join("\n"),
    ).toHaveLength(1);
  });

  test("an epoch of the schedule that is never reached", () => {
    const lr = { name: "Piecewise", decay_epochs: [99], values: [1, 0.1] };
    expect(warnings(distillation, { "Optimizer.lr": lr })).toEqual([
      expect.stringContaining("epoch 99 is never reached"),
    ]);
  });

  test("a missing last_pool_kernel_size is said once, with both readings and the networks", () => {
    const text = distillation.replace(/\n +last_pool_kernel_size:.*/, "");
    const { config, warnings } = parseConfig(text, { file: "c.yml" });
    expect(warnings).toEqual([
      expect.stringMatching(/^c\.yml:\d+: .*\(Teacher, Student\): taken as \[2, 2\].*\[3, 2\]/),
    ]);
    expect(config.architecture).toMatchObject({ models: [{ backbone: { lastPoolKernelSize: [2, 2] } }, {}] });
  });

  test("an ignored key that asks for nothing is passed over in silence", () => {
    expect(warnings(distillation, ["Global.distributed=false", "Global.debug=false", "Global.use_visualdl="])).toEqual(
      [],
    );
  });

  test("duplicate keys", () => {
    const text = distillation.replace("  seed: 1024", "  seed: 1024\n  seed: 7");
    const { config, warnings } = parseConfig(text, { file: "c.yml" });
    expect(config.global.seed).toBe(7);
    expect(warnings).toEqual([expect.stringMatching(/^c\.yml:18: Global\.seed is given twice/)]);
  });
});
