import type { DoctorReport } from "@retort/distill";
import type { CommandModule } from "yargs";
import type { Engine } from "../engine.js";
import { asUsage, FaultsFound, UsageError } from "../errors.js";
import { type Terminal, writeJson, writeLine } from "../terminal.js";
import { type ConfigArguments, configOptions } from "./config-options.js";

interface DoctorArguments extends ConfigArguments {
  seconds: number;
}

type Answer = Extract<DoctorReport, { kind: "found" }>;

/** `retort doctor`: says why a config learns nothing. */
export function doctorCommand(terminal: Terminal, engine: Engine): CommandModule<object, DoctorArguments> {
  return {
    command: "doctor",
    describe: "Say why accuracy is 0: look for faults in a config and its data, and train one batch",
    builder: (yargs) =>
      configOptions(yargs)
        .option("seconds", {
          type: "number",
          default: 60,
          describe: "How long one batch is trained at most; if it is not learnt, up to three times as long",
        })
        .example("$0 doctor -c my.yml", "what is wrong, and what to change")
        .example("$0 doctor -c my.yml -o Global.pretrained_model=run/latest --json", "for a machine"),
    async handler({ config, override, seconds, json }) {
      if (!(seconds > 0)) throw new UsageError(`--seconds: expected a number above 0, found ${seconds}`);
      const answers: Answer[] = [];
      const tell = (text: string): void => progress(terminal, text);
      const reports = engine.examine(config, override, { seconds, signal: terminal.signal, tell });
      for await (const report of withUsage(reports)) {
        if (report.kind === "asks") {
          progress(terminal, report.asks);
          continue;
        }
        progress(terminal, "");
        answers.push(report);
        if (!json) writeLine(terminal.out, answerText(report));
      }
      const count = (severity: string): number =>
        answers.flatMap(({ findings }) => findings).filter((finding) => finding.severity === severity).length;
      const [faults, doubts] = [count("fault"), count("doubt")];
      if (json)
        writeJson(terminal.out, { config, faults, doubts, diagnoses: answers.map(({ kind: _, ...answer }) => answer) });
      else writeLine(terminal.out, `\n${verdict(faults, doubts)}`);
      if (faults > 0) throw new FaultsFound(verdict(faults, doubts));
    },
  };
}

/** The first report comes after the config was checked: errors before it are the caller's to mend. */
async function* withUsage(reports: AsyncIterable<DoctorReport>): AsyncIterable<DoctorReport> {
  const iterator = reports[Symbol.asyncIterator]();
  let next = await asUsage(() => iterator.next());
  for (; next.done !== true; next = await iterator.next()) yield next.value;
}

/** Replaces the last line of a live terminal by what is being done. */
function progress({ err }: Terminal, text: string): void {
  if (err.isTTY !== true) return;
  err.write(`\r\u001b[2K${text.slice(0, (err.columns ?? 80) - 1)}`);
}

const signs = { fault: "✗", doubt: "?" } as const;

/** A diagnosis as text: its name and what was seen, then each finding with what to change. */
function answerText({ name, seen, findings }: Answer): string {
  const worst = findings.some(({ severity }) => severity === "fault") ? "✗" : findings.length > 0 ? "?" : "✓";
  const lines = findings.flatMap(({ severity, problem, change }) => [
    `    ${signs[severity]} ${problem}`,
    `      → ${change}`,
  ]);
  return [`${worst} ${name}: ${seen}`, ...lines].join("\n");
}

function verdict(faults: number, doubts: number): string {
  const some = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;
  if (faults + doubts === 0) return "Nothing was found: this config can learn.";
  const found = [faults > 0 && some(faults, "fault"), doubts > 0 && some(doubts, "doubt")]
    .filter(Boolean)
    .join(" and ");
  return faults > 0 ? `${found}: mend the first one, then ask again.` : `No fault, but ${found}.`;
}
