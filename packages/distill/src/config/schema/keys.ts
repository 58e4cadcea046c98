import type { z } from "zod";
import { kindsOf } from "./build.js";

/** A key that a schema knows. */
export interface SchemaKey {
  /** `OWNER.key`. The owner is a section, or what was last chosen by a name: `DistillationDMLLoss.weight`. */
  readonly key: string;
  /** Whether only one value is taken, so that the key says nothing. */
  readonly onlyValue: boolean;
}

/** The schemas inside of one, at the same place of a config. */
function within(schema: z.core.SomeType): readonly z.core.SomeType[] {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case "array":
      return [def.element];
    case "tuple":
      return def.items;
    case "union":
      return def.options;
    case "pipe":
      return [def.in, def.out];
    case "optional":
    case "nullable":
    case "default":
    case "prefault":
      return [def.innerType];
    default:
      return [];
  }
}

function takesOneValue(schema: z.core.SomeType): boolean {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type === "literal") return def.values.length === 1;
  if (def.type === "null" || def.type === "undefined") return true;
  return within(schema).some(takesOneValue);
}

/** Every key that a schema knows; `*` stands for any key of a mapping whose keys are free. */
export function* schemaKeys(schema: z.core.SomeType, path: string): Iterable<SchemaKey> {
  const kinds = kindsOf(schema as z.core.$ZodType);
  if (kinds !== undefined) {
    for (const [name, kind] of Object.entries(kinds)) yield* schemaKeys(kind, name);
    return;
  }
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type === "object") {
    for (const [key, inner] of Object.entries(def.shape)) {
      yield { key: `${path}.${key}`, onlyValue: takesOneValue(inner) };
      yield* schemaKeys(inner, `${path}.${key}`);
    }
  } else if (def.type === "record") yield* schemaKeys(def.valueType, `${path}.*`);
  else for (const inner of within(schema)) yield* schemaKeys(inner, path);
}

/** What a schema chooses between by a name, and where; a place in a network or data set of many stands once for each. */
export interface SchemaChoice {
  /** The path of the choice, `*` for free keys. */
  readonly at: string;
  readonly names: readonly string[];
}

/** Every choice by a name within a schema. */
export function* schemaChoices(schema: z.core.SomeType, path: string): Iterable<SchemaChoice> {
  const kinds = kindsOf(schema as z.core.$ZodType);
  if (kinds !== undefined) {
    yield { at: path, names: Object.keys(kinds) };
    for (const [name, kind] of Object.entries(kinds)) yield* schemaChoices(kind, name);
    return;
  }
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type === "object") {
    for (const [key, inner] of Object.entries(def.shape)) yield* schemaChoices(inner, `${path}.${key}`);
  } else if (def.type === "record") yield* schemaChoices(def.valueType, `${path}.*`);
  else for (const inner of within(schema)) yield* schemaChoices(inner, path);
}
