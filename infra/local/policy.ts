import { NotEmbedded, type PolicyContext } from "./aws.ts";

/** A statement of a policy, as templates write it: one or many actions and resources. */
export type Statement = {
  readonly Effect: "Allow" | "Deny";
  readonly Action?: OneOrMany;
  readonly Resource?: OneOrMany;
  readonly NotAction?: OneOrMany;
  readonly NotResource?: OneOrMany;
  readonly Principal?: unknown;
  readonly Condition?: Conditions;
};
export type PolicyDocument = { readonly Statement: Statement | readonly Statement[] };
type OneOrMany = string | readonly string[];
type Conditions = Readonly<Record<string, Readonly<Record<string, OneOrMany>>>>;

export type Asked = {
  readonly action: string;
  readonly resource: string;
  readonly context: PolicyContext;
};

export const statementsOf = (document: PolicyDocument): readonly Statement[] =>
  listOf(document.Statement as Statement | readonly Statement[]);

/** What IAM answers: a deny outweighs every allow, and nothing is allowed unless a statement says so. */
export const allows = (statements: readonly Statement[], asked: Asked): boolean => {
  const effects = statements.filter((each) => matches(each, asked)).map((each) => each.Effect);
  return effects.includes("Allow") && !effects.includes("Deny");
};

/** Throws for what `allows` can't judge, so that it is found at boot and not by a wrong answer. */
export const assertJudged = (statement: Statement, where: string): void => {
  if (statement.NotAction) throw new NotEmbedded(`NotAction in ${where}`);
  for (const [operator, tests] of Object.entries(statement.Condition ?? {})) {
    if (!operators[plain(operator)]) throw new NotEmbedded(`condition ${operator} in ${where}`);
    const unknown = Object.keys(tests).find((key) => !suppliedKeys.some((known) => known.test(key)));
    if (unknown) throw new NotEmbedded(`condition key ${unknown} in ${where}`);
  }
};

/** The facts that callers of `allows` bring along; a missing one fails its test, as on AWS. */
const suppliedKeys = [
  /^kms:(EncryptionContext:.+|EncryptionContextKeys|ViaService|CallerAccount)$/,
  /^aws:(SourceAccount|SourceArn|ResourceAccount|PrincipalAccount|RequestedRegion|SecureTransport)$/,
  /^dynamodb:(LeadingKeys|Attributes|Select)$/,
  /^events:(source|detail-type)$/,
  /^lambda:FunctionArn$/,
];

const matches = (statement: Statement, { action, resource, context }: Asked): boolean =>
  listOf(statement.Action ?? []).some((pattern) => like(pattern.toLowerCase(), action.toLowerCase())) &&
  listOf(statement.Resource ?? "*").some((pattern) => like(pattern, resource)) &&
  !listOf(statement.NotResource ?? []).some((pattern) => like(pattern, resource)) &&
  Object.entries(statement.Condition ?? {}).every(([operator, tests]) =>
    Object.entries(tests).every(([key, wanted]) => holds(operator, context[key], listOf(wanted))),
  );

const holds = (
  operator: string,
  given: string | readonly string[] | undefined,
  wanted: readonly string[],
): boolean => {
  const test = operators[plain(operator)];
  if (!test) throw new NotEmbedded(`condition ${operator}`);
  if (given === undefined) return operator.endsWith("IfExists") || operator.startsWith("ForAllValues:");
  const values = listOf(given);
  const each = (value: string) => test(value, wanted.map(String));
  return operator.startsWith("ForAllValues:") ? values.every(each) : values.some(each);
};

const plain = (operator: string): string =>
  operator.replace(/^For(All|Any)Values?:/, "").replace(/IfExists$/, "");

const operators: Readonly<Record<string, (value: string, wanted: readonly string[]) => boolean>> = {
  StringEquals: (value, wanted) => wanted.includes(value),
  StringNotEquals: (value, wanted) => !wanted.includes(value),
  StringLike: (value, wanted) => wanted.some((each) => like(each, value)),
  StringNotLike: (value, wanted) => !wanted.some((each) => like(each, value)),
  ArnEquals: (value, wanted) => wanted.some((each) => like(each, value)),
  ArnLike: (value, wanted) => wanted.some((each) => like(each, value)),
  Bool: (value, wanted) => wanted.includes(value),
};

/** IAM's wildcards: `*` any run of characters, `?` any one. */
export const like = (pattern: string, text: string): boolean => {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`, "s").test(text);
};

const listOf = <Value>(value: Value | readonly Value[]): readonly Value[] =>
  Array.isArray(value) ? (value as readonly Value[]) : [value as Value];
