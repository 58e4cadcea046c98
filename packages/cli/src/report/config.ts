import { type Html, html } from "./html.js";
import type { ReportedRun } from "./reported-run.js";

/** The values of a config by their dotted paths, in its order. Lists of plain values are one value. */
export function flattened(value: unknown, path = ""): [path: string, value: string][] {
  if (typeof value !== "object" || value === null) return [[path, JSON.stringify(value) ?? "null"]];
  const isPlainList = Array.isArray(value) && value.every((item) => typeof item !== "object" || item === null);
  const entries = Object.entries(value);
  if (isPlainList || entries.length === 0) return [[path, JSON.stringify(value)]];
  return entries.flatMap(([key, inner]) => flattened(inner, path === "" ? key : `${path}.${key}`));
}

/** The configs of all runs, and where they differ. */
export function configSection(runs: readonly ReportedRun[]): Html {
  const configs = runs.map(({ checkpoint }) => new Map(flattened(checkpoint?.config ?? {})));
  const whole = runs.map(({ name, folder, checkpoint }, i) =>
    checkpoint === undefined
      ? html`<p class="note">${name}: the config is kept in checkpoints, and there is none in ${folder}.</p>`
      : html`<details class="of-run-${i}"><summary>${name}: all values</summary><pre tabindex="0">${[...configs[i]]
          .map(([path, value]) => `${path}=${value}`)
          .join("\n")}</pre></details>`,
  );
  return html`<section><h2>Config</h2><p class="soft">As the checkpoint keeps it, overrides included; a value is written as
<span class="mono">-o</span> takes it.</p>${runs.length > 1 && differences(runs, configs)}${whole}</section>`;
}

function differences(runs: readonly ReportedRun[], configs: readonly ReadonlyMap<string, string>[]): Html {
  const paths = [...new Set(configs.flatMap((config) => [...config.keys()]))];
  const different = paths.filter((path) => new Set(configs.map((config) => config.get(path))).size > 1);
  if (different.length === 0) return html`<p class="note">All runs have the same config.</p>`;
  const head = runs.map(
    ({ name }, i) =>
      html`<th scope="col" class="of-run-${i}"><i class="dot" style="--colour:var(--series-${i})"></i>${name}</th>`,
  );
  const body = different.map(
    (path) =>
      html`<tr><th scope="row" class="mono">${path}</th>${configs.map(
        (config, i) => html`<td class="mono path of-run-${i}">${config.get(path) ?? "—"}</td>`,
      )}</tr>`,
  );
  return html`<h3>Where the runs differ</h3><div class="scroll" tabindex="0"><table><thead><tr><th scope="col">key</th>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}
