import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Json, JsonObject } from "./aws.ts";
import { assertEmbedded, attributeOf, type Place, referenceOf } from "./identity.ts";
import { resolveIn } from "./intrinsics.ts";

/** A resource of a synthesized template; `properties` hold intrinsics until they are resolved. */
export type Resource = {
  readonly stack: string;
  readonly id: string;
  readonly type: string;
  readonly properties: JsonObject;
  readonly metadata: JsonObject;
  readonly condition: string | undefined;
};

/** Everything that the CDK app deploys, over all its stacks. */
export type Assembly = {
  readonly resources: readonly Resource[];
  ofType(...types: string[]): Resource[];
  /** The resource's properties with every intrinsic resolved; the caller names the shape it relies on. */
  properties<Shape>(resource: Resource): Shape;
  /** What `Ref` and `Fn::GetAtt` of the resource give. */
  ref(resource: Resource): string;
  attribute(resource: Resource, name: string): string;
};

export type Template = {
  readonly Resources?: Readonly<Record<string, TemplateResource>>;
  readonly Outputs?: Readonly<Record<string, { Value: Json; Export?: { Name: Json } }>>;
  readonly Parameters?: Readonly<Record<string, { Default?: Json }>>;
  readonly Conditions?: Readonly<Record<string, Json>>;
  readonly Mappings?: Readonly<Record<string, Readonly<Record<string, JsonObject>>>>;
};
type Templates = Readonly<Record<string, Template>>;
type TemplateResource = {
  readonly Type: string;
  readonly Properties?: JsonObject;
  readonly Metadata?: JsonObject;
  readonly Condition?: string;
};

/** Reads every template of a CDK output directory. */
export const readAssembly = (directory: string, place: Place): Assembly => {
  const files = readdirSync(directory).filter((name) => name.endsWith(suffix));
  if (files.length === 0) throw new Error(`${directory} holds no ${suffix}: was the app synthesized?`);
  return assemblyOf(
    Object.fromEntries(
      files.map((name) => [
        name.slice(0, -suffix.length),
        JSON.parse(readFileSync(join(directory, name), "utf8")) as Template,
      ]),
    ),
    place,
  );
};

const suffix = ".template.json";

/** Templates by stack name. Values are resolved when they are asked for: a queue's URL needs the front's port. */
export const assemblyOf = (templates: Templates, place: Place): Assembly => {
  const all = Object.entries(templates).flatMap(([stack, template]) =>
    Object.entries(template.Resources ?? {}).map(([id, each]) => resourceOf(stack, id, each)),
  );
  const resolve = resolver(templates, all, place);
  const deployed = ({ stack, condition }: Resource) =>
    condition === undefined || resolve(stack, { Condition: condition }) === true;
  const resources = all.filter(deployed);
  for (const resource of resources) assertEmbedded(resource);
  const known = new Map<Resource, Json>();
  return {
    resources,
    ofType: (...types) => resources.filter((each) => types.includes(each.type)),
    properties: <Shape>(resource: Resource) => {
      const properties = known.get(resource) ?? resolve(resource.stack, resource.properties);
      known.set(resource, properties);
      return properties as Shape;
    },
    ref: (resource) => String(resolve(resource.stack, { Ref: resource.id })),
    attribute: (resource, name) => String(resolve(resource.stack, { "Fn::GetAtt": [resource.id, name] })),
  };
};

const resourceOf = (stack: string, id: string, resource: TemplateResource): Resource => ({
  stack,
  id,
  type: resource.Type,
  properties: resource.Properties ?? {},
  metadata: resource.Metadata ?? {},
  condition: resource.Condition,
});

type Resolve = (stack: string, value: Json) => Json;

const resolver = (templates: Templates, resources: readonly Resource[], place: Place): Resolve => {
  const find = (stack: string, id: string): Resource => {
    const found = resources.find((each) => each.stack === stack && each.id === id);
    if (!found) throw new Error(`${stack} refers to ${id}, which is not in its template`);
    return found;
  };
  const propertyOf = (resource: Resource) => (name: string) =>
    resolve(resource.stack, resource.properties[name] ?? null);
  const outputs = Object.entries(templates).flatMap(([stack, template]) =>
    Object.values(template.Outputs ?? {}).map((output) => ({ stack, ...output })),
  );
  const imported = (name: string): Json => {
    const found = outputs.find(({ stack, Export }) => Export && resolve(stack, Export.Name) === name);
    if (!found) throw new Error(`no stack exports ${name}`);
    return resolve(found.stack, found.Value);
  };
  const resolve: Resolve = (stack, value) => {
    const template = templates[stack] ?? {};
    const scope = {
      stack,
      imported,
      resolve: (each: Json) => resolve(stack, each),
      holds: (name: string) => resolve(stack, template.Conditions?.[name] ?? false) === true,
      mapped: (map: string, first: string, second: string) =>
        template.Mappings?.[map]?.[first]?.[second] ?? null,
      attribute: (id: string, name: string) => {
        const resource = find(stack, id);
        return attributeOf(resource, name, propertyOf(resource), place);
      },
      reference: (name: string) => {
        const parameter = template.Parameters?.[name];
        if (parameter) return parameterValue(stack, name, parameter.Default);
        const resource = find(stack, name);
        return referenceOf(resource, propertyOf(resource), place);
      },
    };
    return resolveIn(scope, value);
  };
  return resolve;
};

const parameterValue = (stack: string, name: string, value: Json | undefined): Json => {
  if (value === undefined) throw new Error(`${stack} has a parameter ${name} without a default`);
  return value;
};
