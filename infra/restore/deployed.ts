import { type TableName, tableNames } from "#functions/runtime/table.ts";

/** A synthesized template, as far as it is read here. */
export type Template = { readonly Resources?: Readonly<Record<string, Resource>> };
type Resource = { readonly Type: string; readonly Properties?: Readonly<Record<string, unknown>> };

/** What a restore stops, copies and sets going again, by the names that it has in the account. */
export type Deployed = {
  readonly tables: readonly {
    readonly name: TableName;
    readonly physical: string;
    /** How far back it can be copied. */
    readonly recoveryDays: number;
  }[];
  /** Functions that answer requests, and the one that says who is calling. */
  readonly doors: readonly string[];
  /** Rules that call a function again and again. */
  readonly schedules: readonly string[];
  /** Functions that queues feed. */
  readonly readers: readonly string[];
  /** Functions that do their part of it. */
  readonly helpers: Readonly<Record<Helper, string>>;
};

export const helpers = ["restore", "examine-audit", "sweep-outbox", "reconcile-books"] as const;
export type Helper = (typeof helpers)[number];

/** It seals what is put on record, the restore's own acts too, and touches nothing else. */
const goesOn = /-seal-audit$/;

export const deployedIn = (templates: readonly Template[]): Deployed => {
  const all = templates.flatMap((template) =>
    Object.values(template.Resources ?? {}).map((resource) => ({ template, ...resource })),
  );
  const ofType = (type: string) => all.filter(({ Type }) => Type === type);
  const functions = ofType("AWS::Lambda::Function").map(({ Properties }) =>
    String(Properties?.["FunctionName"]),
  );
  return {
    tables: ofType("AWS::DynamoDB::Table").map(({ Properties }) => tableOf(Properties)),
    doors: distinct(
      [...ofType("AWS::ApiGateway::Method"), ...ofType("AWS::ApiGateway::Authorizer")].flatMap(
        ({ template, Properties }) =>
          calledBy(template, Properties?.["Integration"] ?? Properties?.["AuthorizerUri"]),
      ),
    ),
    schedules: distinct(
      ofType("AWS::Events::Rule")
        .filter(({ Properties }) => Properties?.["ScheduleExpression"] !== undefined)
        .map(({ Properties }) => String(Properties?.["Name"])),
    ).filter((name) => !goesOn.test(name)),
    readers: distinct(
      ofType("AWS::Lambda::EventSourceMapping")
        // The stream's reader goes on: it publishes what is there, and what comes back comes last.
        .filter(({ Properties }) => Properties?.["StartingPosition"] === undefined)
        .flatMap(({ template, Properties }) => functionName(template, Properties?.["FunctionName"])),
    ),
    helpers: Object.fromEntries(helpers.map((id) => [id, endingOn(functions, id)])) as Deployed["helpers"],
  };
};

const endingOn = (functions: readonly string[], id: string): string => {
  const found = functions.find((name) => name.endsWith(`-${id}`));
  if (!found) throw new Error(`there is no function ${id}`);
  return found;
};

const distinct = (names: readonly string[]): readonly string[] => [...new Set(names)].sort();

const tableOf = (properties: Resource["Properties"] = {}): Deployed["tables"][number] => {
  const physical = String(properties["TableName"]);
  const name = tableNames.find((each) => physical.endsWith(`-${each}`));
  if (!name) throw new Error(`${physical} is none of the service's tables`);
  const recovery = properties["PointInTimeRecoverySpecification"] as { RecoveryPeriodInDays: number };
  return { name, physical, recoveryDays: recovery.RecoveryPeriodInDays };
};

/** By the URI in which a gateway names it. */
const calledBy = (template: Template, uri: unknown): string[] =>
  [...JSON.stringify(uri).matchAll(/"Fn::GetAtt":\["\w+","Arn"\]/g)].flatMap(([reference]) =>
    functionName(template, JSON.parse(`{${reference}}`)),
  );

/** Of what another stack made, that stack's template tells by itself. */
const functionName = ({ Resources = {} }: Template, reference: unknown): string[] => {
  const { Ref, "Fn::GetAtt": [id] = [] } = reference as { Ref?: string; "Fn::GetAtt"?: [string, string] };
  const name = Resources[Ref ?? id ?? ""]?.Properties?.["FunctionName"];
  return typeof name === "string" ? [name] : [];
};
