import { isDeepStrictEqual } from "node:util";
import { z } from "zod";

export type JsonSchema = Readonly<Record<string, unknown>>;
/** A schema is called in the document what it is called in the code. */
export type Names = ReadonlyMap<z.ZodType, string>;
export type SchemaWriter = {
  /** Of what callers send (`input`) or get (`output`). */
  write(schema: z.ZodType, io: Io): JsonSchema;
  /** Every named schema that was met on the way. */
  components(): Readonly<Record<string, JsonSchema>>;
};
type Io = "input" | "output";

/**
 * Writes zod schemas as JSON Schema 2020-12, each named one once, and refers to it elsewhere. One that callers may
 * send otherwise than they get it, with defaults left out say, is two.
 */
export const schemaWriter = (names: Names, answers: readonly z.ZodType[]): SchemaWriter => {
  const components: Record<string, JsonSchema> = {};
  const writing = (io: Io, named: Names) => {
    const metadata = z.registry<{ id: string }>();
    for (const [schema, id] of named) metadata.add(schema, { id });
    return (schema: z.ZodType): JsonSchema => {
      const { $schema: _, $defs = {}, ...root } = jsonSchemaOf(schema, io, metadata);
      for (const [name, each] of Object.entries($defs)) components[name] = referring(each);
      return referring(root);
    };
  };
  const output = writing("output", names);
  for (const schema of answers) output(schema);
  const input = writing(
    "input",
    new Map(
      [...names].map(([schema, name]) => [
        schema,
        name in components && differs(schema) ? `${name}Input` : name,
      ]),
    ),
  );
  return {
    write: (schema, io) => (io === "input" ? input : output)(schema),
    components: () =>
      Object.fromEntries(Object.entries(components).sort(([left], [right]) => (left < right ? -1 : 1))),
  };
};

const differs = (schema: z.ZodType): boolean =>
  !isDeepStrictEqual(jsonSchemaOf(schema, "input"), jsonSchemaOf(schema, "output"));

const jsonSchemaOf = (schema: z.ZodType, io: Io, metadata = z.registry<{ id: string }>()) =>
  z.toJSONSchema(schema, {
    io,
    metadata: metadata as never,
    override: ({ zodSchema, jsonSchema }) => {
      Object.assign(jsonSchema, readable(jsonSchema), z.globalRegistry.get(zodSchema));
      // Answers grow: only an object that refuses unknown fields itself is closed.
      const { def } = zodSchema._zod as { def: { type: string; catchall?: unknown } };
      if (def.type === "object" && !def.catchall) delete jsonSchema.additionalProperties;
    },
  }) as JsonSchema & { readonly $defs?: Readonly<Record<string, JsonSchema>> };

/** An example in place of a calendar as a pattern, and no bounds that every exact integer has: no reader has use for them. */
const readable = ({ format = "", pattern, minimum, maximum }: z.core.JSONSchema.BaseSchema) => ({
  ...(format in times && {
    pattern: pattern?.endsWith("(?:Z))$") ? "Z$" : undefined,
    examples: [times[format]],
  }),
  ...(minimum === Number.MIN_SAFE_INTEGER && { minimum: undefined }),
  ...(maximum === Number.MAX_SAFE_INTEGER && { maximum: undefined }),
});

const times: Readonly<Record<string, string>> = { "date-time": "2027-01-31T09:30:00Z", date: "2027-01-31" };

const referring = (schema: JsonSchema): JsonSchema =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/'), (key, value) =>
    key === "id" && typeof value === "string" ? undefined : value,
  );
