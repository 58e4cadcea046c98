import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const python = process.env.RETORT_PYTHON;
const folder = fileURLToPath(new URL("../../../notebooks", import.meta.url));

/** Whether Jupyter's tools are there, and tslab among the kernels that they know (`JUPYTER_PATH` names more places of them). */
function hasTslab(): boolean {
  const look = "import nbclient, jupyter_client.kernelspec as k; k.get_kernel_spec('tslab')";
  try {
    execFileSync(python as string, ["-c", look], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Runs a notebook from its first cell to its last, and prints what each code cell put out. */
const script = `
import json, os, sys, nbformat, nbclient
notebook = nbformat.read(sys.argv[1], as_version=4)
place = {"metadata": {"path": os.path.dirname(sys.argv[1])}}
nbclient.NotebookClient(notebook, timeout=600, kernel_name="tslab", resources=place).execute()
print(json.dumps([[c.source, c.outputs] for c in notebook.cells if c.cell_type == "code"]))
`;

interface Output {
  readonly output_type: string;
  readonly name?: string;
  readonly text?: string;
  readonly data?: Readonly<Record<string, string>>;
}

/** What a notebook prints somewhere, besides what it shows. */
const printed: Readonly<Record<string, readonly string[]>> = {
  "1-tensors-and-gradients.ipynb": ["-3 -4\n", "2.000 1.000\n"],
  "2-a-loss-of-your-own.ipynb": ["all laws hold\n", "the loss breaks the law zeroAtEquality"],
  "3-distilling-a-recogniser.ipynb": ["Student 394092 parameters\n", "label: "],
  "4-a-frozen-teacher.ipynb": ["the same losses: true\n", "192 outputs were stored, 0 computed"],
};

const present = python !== undefined && hasTslab();
const name = `notebooks in tslab${present ? "" : " (skipped: RETORT_PYTHON names no Python with nbclient and the kernel tslab)"}`;

test("every notebook is known here", () => {
  expect(readdirSync(folder).filter((file) => file.endsWith(".ipynb"))).toEqual(Object.keys(printed));
});

describe.skipIf(!present)(name, () => {
  test.each(Object.keys(printed))(
    "%s runs from start to end and shows what it says",
    (file) => {
      const text = execFileSync(python as string, ["-c", script, join(folder, file)], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"],
        maxBuffer: 2 ** 27,
      });
      const cells = JSON.parse(text) as [source: string, outputs: Output[]][];
      const complaints = cells.flatMap(([, outputs]) =>
        outputs.filter((o) => o.output_type === "error" || o.name === "stderr"),
      );
      expect(complaints).toEqual([]);
      for (const [source, outputs] of cells) {
        const shows = source.match(/^(?!.*shower).*await show\(/gm)?.length ?? 0;
        const shown = outputs.filter(({ data }) => data?.["text/html"]?.startsWith("<div>"));
        expect(shown.length, source).toBeGreaterThanOrEqual(shows);
      }
      const all = cells.flatMap(([, outputs]) => outputs.map(({ text }) => text ?? "")).join("");
      for (const part of printed[file]) expect(all).toContain(part);
    },
    600_000,
  );
});
