/** The command was called wrongly or its config cannot be used: nothing was run. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The user pressed Ctrl-C; the message says what was saved and how to go on. */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";
}

/** What was examined has faults, which were told already. */
export class FaultsFound extends Error {
  override readonly name = "FaultsFound";
}

/**
 * Exit codes of the command: done, failed while running, called wrongly or with an unusable config, faults found,
 * interrupted.
 */
export const exitCodes = { ok: 0, failed: 1, usage: 2, faults: 3, interrupted: 130 } as const;

/** The exit code that an error stands for. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof InterruptedError) return exitCodes.interrupted;
  if (error instanceof FaultsFound) return exitCodes.faults;
  return isUsage(error) ? exitCodes.usage : exitCodes.failed;
}

/**
 * An error as one readable block: what failed, indented detail, the causes that say something new; with `debug` the
 * stack instead.
 */
export function describeError(error: unknown, debug: boolean): string {
  if (!(error instanceof Error)) return `error: ${String(error)}`;
  if (debug) return stackOf(error);
  const messages: string[] = [];
  for (let e: unknown = error; e instanceof Error; e = e.cause) {
    const { message } = e;
    if (!messages.some((said) => said.includes(message))) messages.push(message);
  }
  const title = error instanceof InterruptedError ? "interrupted" : "error";
  const [first, ...causes] = messages;
  const block = [`${title}: ${first}`, ...causes.map((cause) => `because: ${cause}`)].join("\n");
  const hint = exitCodeOf(error) === exitCodes.failed ? "\n  (--debug shows where)" : "";
  return block.replace(/\n(?=.)/g, "\n  ") + hint;
}

/** Runs what only looks at options and configs: its errors are the caller's to mend, and exit with code 2. */
export async function asUsage<T>(check: () => T | Promise<T>): Promise<T> {
  try {
    return await check();
  } catch (error) {
    if (isUsage(error) || !(error instanceof Error)) throw error;
    throw new UsageError(error.message, { cause: error });
  }
}

function isUsage(error: unknown): boolean {
  return error instanceof UsageError || (error instanceof Error && error.name === "ConfigError");
}

function stackOf(error: Error): string {
  const own = error.stack ?? error.message;
  return error.cause instanceof Error ? `${own}\ncaused by ${stackOf(error.cause)}` : own;
}
