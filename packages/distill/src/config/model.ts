import { checkArchitecture } from "./checks/architecture.js";
import { resolveLoss } from "./checks/loss.js";
import { dropIgnored } from "./ignored.js";
import { Collected, ConfigError } from "./problems.js";
import { readSection } from "./recognition.js";
import type { ArchitectureConfig } from "./schema/architecture.js";
import type { LossConfig } from "./schema/loss.js";

/**
 * Reads the `Architecture` and `Loss` sections alone, as data: for code that brings its own data and optimizer. Keys that
 * have no effect here are passed over.
 * @throws ConfigError with all problems at once
 */
export function parseModel(sections: { Architecture: unknown; Loss: unknown }): {
  architecture: ArchitectureConfig;
  loss: LossConfig;
} {
  const findings = new Collected((path) => String(path[0]));
  const { Architecture, Loss } = structuredClone(sections);
  dropIgnored({ Architecture, Loss }, findings);
  const architecture = readSection("Architecture", Architecture, findings);
  const unresolved = readSection("Loss", Loss, findings);
  if (architecture) checkArchitecture(architecture, findings);
  const loss = architecture && unresolved && resolveLoss(unresolved, architecture, findings);
  if (!architecture || !loss || findings.problems.length > 0) throw new ConfigError("the model", findings.problems);
  return { architecture, loss };
}
