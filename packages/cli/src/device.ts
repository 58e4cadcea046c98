import type { Engine } from "./engine.js";
import { type Terminal, writeLine } from "./terminal.js";

/** Where networks compute. */
export type DeviceName = "cpu" | "gpu";

/** `--device` */
export const deviceOption: { choices: readonly DeviceName[]; requiresArg: true; describe: string } = {
  choices: ["cpu", "gpu"],
  requiresArg: true,
  describe: "Where networks compute, in place of Global.use_gpu",
};

/** Overrides of a config with what `--device` says. */
export function withDevice(overrides: readonly string[], device: DeviceName | undefined): readonly string[] {
  return device === undefined ? overrides : [...overrides, `Global.use_gpu=${device === "gpu"}`];
}

/** Says where networks compute: the GPU, or why it is none where the config asks for one. */
export async function announceDevice(
  { err }: Terminal,
  engine: Engine,
  config: string,
  overrides: readonly string[],
): Promise<void> {
  const { name, reasons } = await engine.openDevice(config, overrides);
  for (const reason of reasons) writeLine(err, `warning: Global.use_gpu: ${reason}; the ${name} is used`);
  if (name !== "cpu") writeLine(err, `device: ${name}`);
}
