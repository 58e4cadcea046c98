import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type HostArray, writeSafetensors } from "@retort/tensor";
import { afterAll, beforeAll, expect, test } from "vitest";
import { reportsOf, tinyRun, writeTinyData } from "../../testing/tiny-training.js";
import { findWeights, readWeights } from "./weight-file.js";
import { writePdparams } from "./write-pdparams.js";

const arrays = new Map<string, HostArray>([["w", { dtype: "float32", shape: [2], data: Float32Array.of(1, -2) }]]);
let folder: string;
const at = (name: string): string => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "retort-files-"));
  writeFileSync(at("paddle.pdparams"), writePdparams(arrays));
  writeFileSync(at("plain.safetensors"), writeSafetensors(arrays));
  writeFileSync(at("both.pdparams"), writePdparams(arrays));
  writeFileSync(at("both.safetensors"), writeSafetensors(arrays));
  writeFileSync(at("dotted.v2.pdparams"), writePdparams(arrays));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(["paddle", "paddle.pdparams", "plain", "plain.safetensors", "both.pdparams", "dotted.v2"])(
  "%s is found and read",
  async (name) => {
    const weights = await readWeights(at(name));
    expect([...weights.keys()]).toEqual(["w"]);
    expect(weights.get("w")?.dataSync()).toEqual(Float32Array.of(1, -2));
  },
);

test("a name that says too little, or too much, is an error with the key that it stands under", async () => {
  await expect(findWeights(at("none"), "Global.pretrained_model")).rejects.toThrow(
    `Global.pretrained_model: there is no ${at("none.json")}, ${at("none.pdparams")} or ${at("none.safetensors")}`,
  );
  await expect(findWeights(at("none.pdparams"), "key")).rejects.toThrow(`key: there is no ${at("none.pdparams")}`);
  await expect(findWeights(at("both"), "key")).rejects.toThrow(
    `key: ${at("both.pdparams")} and ${at("both.safetensors")} are there: name one with its ending`,
  );
});

test("a file that is not what its ending says is named, as is one that runs code", async () => {
  writeFileSync(at("zip.pdparams"), "PK\x03\x04");
  await expect(readWeights(at("zip"))).rejects.toThrow(`${at("zip.pdparams")}: pickle: PERSID`);
  writeFileSync(at("short.safetensors"), "abc");
  await expect(readWeights(at("short"))).rejects.toThrow(at("short.safetensors"));
  writeFileSync(at("evil.pdparams"), "\x80\x02cposix\nsystem\nX\x02\0\0\0ls\x85R.", "latin1");
  await expect(readWeights(at("evil"))).rejects.toThrow(
    /evil\.pdparams: pickle: refused.*"posix\.system".*nothing was run/,
  );
  writeFileSync(at("text.json"), "{}");
  await expect(readWeights(at("text"))).rejects.toThrow(`${at("text.json")} is no checkpoint of this version`);
});

test("a tensor that no network can hold is named with its file", async () => {
  const data = Uint16Array.of(1);
  writeFileSync(at("odd.pdparams"), writePdparams(new Map([["w", { dtype: "uint16", shape: [1], data }]])));
  await expect(readWeights(at("odd"))).rejects.toThrow(
    `${at("odd.pdparams")}: "w" is uint16, which no tensor can hold`,
  );
});

test("of a checkpoint the weights of the networks are read, not its optimizer", async () => {
  await writeTinyData(folder, 4);
  const run = await tinyRun(folder, { "Global.epoch_num": 1 });
  await reportsOf(run);
  for (const name of ["run/latest", "run/latest.json"]) {
    expect([...(await readWeights(at(name))).keys()].sort()).toEqual(
      [...run.model.stateDict({ aliases: false }).keys()].sort(),
    );
  }
});
