import { expect, test } from "vitest";
import { asUsage, describeError, exitCodeOf, InterruptedError, UsageError } from "./errors.js";

test("an error is one block without a stack, with causes that say something new", () => {
  const error = new Error("cannot read train.txt:\nline 3", {
    cause: new Error("no tab", { cause: new Error("tab") }),
  });
  expect(describeError(error, false)).toBe(
    "error: cannot read train.txt:\n  line 3\n  because: no tab\n  (--debug shows where)",
  );
  expect(describeError("odd", false)).toBe("error: odd");
});

test("debug shows the stacks", () => {
  const text = describeError(new Error("outer", { cause: new Error("inner") }), true);
  expect(text).toMatch(/Error: outer\n +at .*\ncaused by Error: inner\n +at /s);
});

test("exit codes", () => {
  expect(exitCodeOf(new Error("x"))).toBe(1);
  expect(exitCodeOf(new UsageError("x"))).toBe(2);
  expect(exitCodeOf(Object.assign(new Error("x"), { name: "ConfigError" }))).toBe(2);
  expect(exitCodeOf(new InterruptedError("saved"))).toBe(130);
  expect(describeError(new InterruptedError("saved"), false)).toBe("interrupted: saved");
});

test("errors of checks become usage errors and keep their message and cause", async () => {
  const cause = new Error("the alphabet is empty");
  const wrong = asUsage(() => {
    throw cause;
  });
  await expect(wrong).rejects.toThrow(UsageError);
  await expect(wrong).rejects.toMatchObject({ message: "the alphabet is empty", cause });
  expect(await asUsage(() => 3)).toBe(3);
});
