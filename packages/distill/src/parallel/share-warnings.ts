import type { RecognitionConfig } from "../config/recognition.js";

/** What several processes do not do as one with the same batch would, of what a config asks for. */
export function shareWarnings({ loss, global }: Pick<RecognitionConfig, "loss" | "global">): string[] {
  const warnings: string[] = [];
  const ratio = loss.terms.find(({ kind }) => kind.includes("DB"));
  if (ratio !== undefined) {
    warnings.push(
      `Loss: ${ratio.kind} is a ratio of sums over a batch: each process takes it of its part, and the mean counts`,
    );
  }
  if (!global.useSyncBn) {
    warnings.push("Global.use_sync_bn: batch norm uses the statistics of each process's part of a batch");
  }
  return warnings;
}
