import { tableNames } from "#functions/runtime/table.ts";
import type { Resource, Stacks, Template } from "./synthesized.ts";
import { resourcesOf } from "./synthesized.ts";

export type Statement = {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: Readonly<Record<string, unknown>>;
};

export const listed = <Value>(value: Value | readonly Value[]): readonly Value[] =>
  Array.isArray(value) ? value : [value as Value];

/** Every statement of every policy in the templates, with the role, queue, key or topic that carries it. */
export const statementsOf = (
  templates: Stacks | Template,
): { id: string; type: string; statement: Statement }[] =>
  ["AWS::IAM::Role", "AWS::KMS::Key", "AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy"].flatMap((type) =>
    resourcesOf(templates, type).flatMap(([id, { Properties }]) =>
      documentsIn(Properties).flatMap((document) =>
        document.Statement.map((statement) => ({ id, type, statement })),
      ),
    ),
  );

type Document = { readonly Statement: readonly Statement[] };

const documentsIn = (properties: Resource["Properties"]): Document[] => {
  const {
    Policies = [],
    KeyPolicy,
    PolicyDocument,
  } = properties as {
    Policies?: { PolicyDocument: Document }[];
    KeyPolicy?: Document;
    PolicyDocument?: Document;
  };
  return [...Policies.map((policy) => policy.PolicyDocument), KeyPolicy, PolicyDocument].filter(
    (document) => document !== undefined,
  );
};

/**
 * What each function may do, short enough to be read: `commerce: GetItem PutItem`. Logs and traces, which every
 * function may write and only write, are left out.
 */
export const grantsByFunction = (templates: Stacks): Record<string, string[]> =>
  Object.fromEntries(
    Object.values(templates).flatMap((template) =>
      resourcesOf(template as Template, "AWS::Lambda::Function").map(([, made]) => [
        handlerOf(made),
        grantsOf(template as Template, made),
      ]),
    ),
  );

export const handlerOf = ({ Metadata }: Resource): string =>
  String(Metadata?.["entry"])
    .replace(/^functions\//, "")
    .replace(/\.handler\.ts$/, "");

const grantsOf = (template: Template, made: Resource): string[] => {
  const [roleId] = (made.Properties["Role"] as { "Fn::GetAtt": [string] })["Fn::GetAtt"];
  const role = template.Resources[roleId];
  if (!role) throw new Error(`${handlerOf(made)} has no role`);
  const actions = new Map<string, Set<string>>();
  for (const { Action, Resource, Condition } of documentsIn(role.Properties).flatMap(
    ({ Statement }) => Statement,
  ))
    for (const resource of listed(Resource))
      for (const action of listed(Action)) {
        const name = `${nameOf(resource)}${conditioned(Condition)}`;
        actions.set(name, (actions.get(name) ?? new Set()).add(action.slice(action.indexOf(":") + 1)));
      }
  return [...actions]
    .filter(([name]) => name !== "own log" && name !== "*")
    .map(([name, verbs]) => `${name}: ${[...verbs].sort().join(" ")}`)
    .sort();
};

const conditioned = (condition: Statement["Condition"]): string => {
  const text = JSON.stringify(condition ?? {});
  if (text.includes("kms:ViaService")) return " by its queues";
  if (text.includes("kms:EncryptionContextKeys")) return " for a store";
  return condition ? ` if ${text}` : "";
};

const names: readonly (readonly [RegExp, (found: RegExpMatchArray) => string])[] = [
  [/^"\*"$/, () => "*"],
  [new RegExp(`(${tableNames.join("|")})table\\w+StreamArn`), (found) => `${found[1]} stream`],
  [new RegExp(`(${tableNames.join("|")})table.*/index/(\\w+)`), (found) => `${found[1]} by ${found[2]}`],
  [new RegExp(`-(${tableNames.join("|")})-restored-`), (found) => `copies of ${found[1]}`],
  [new RegExp(`(${tableNames.join("|")})table`), (found) => `${found[1]}`],
  [/keys(records|people|operations|seals)/, (found) => `key ${found[1]}`],
  [/secrets(pepper|stripeevents|stripe)/, (found) => `secret ${found[1]}`],
  [/(checkout|fulfillment)workflowmachine/, (found) => `workflow ${found[1]}`],
  [/(fanout|deliveries|undelivered|stripeevent)queue/, (found) => `queue ${found[1]}`],
  [/:events:.*:\*:event-bus\//, () => "buses"],
  [/eventbus/, () => "bus"],
  [/logs[0-9A-F]{8}/, () => "own log"],
];

const nameOf = (resource: unknown): string => {
  const text = JSON.stringify(resource);
  for (const [pattern, name] of names) {
    const found = text.match(pattern);
    if (found) return name(found);
  }
  throw new Error(`no short name for ${text}`);
};
