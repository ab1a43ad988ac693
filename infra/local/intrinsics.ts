import { account, type Json, type JsonObject, region } from "./aws.ts";

/** What an intrinsic may ask of the stack that it stands in. */
export type Scope = {
  readonly stack: string;
  readonly resolve: (value: Json) => Json;
  readonly reference: (name: string) => Json;
  readonly attribute: (id: string, name: string) => Json;
  readonly holds: (condition: string) => boolean;
  readonly imported: (name: string) => Json;
  readonly mapped: (map: string, first: string, second: string) => Json;
};

/** The value that `AWS::NoValue` has until its property is left out. */
export const noValue = "\u0000AWS::NoValue";

/** Resolves every intrinsic in a value. An unknown one throws, because a guess would deploy something else. */
export const resolveIn = (scope: Scope, value: Json): Json => {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(scope.resolve).filter((each) => each !== noValue);
  const [name = "", ...others] = Object.keys(value);
  const intrinsic = others.length === 0 ? intrinsics[name] : undefined;
  if (intrinsic) return intrinsic(scope, (value as JsonObject)[name] ?? null);
  if (name.startsWith("Fn::")) throw new Error(`${scope.stack} uses ${name}, which can't be resolved here`);
  const entries = Object.entries(value as JsonObject).map(
    ([key, each]) => [key, scope.resolve(each)] as const,
  );
  return Object.fromEntries(entries.filter(([, each]) => each !== noValue));
};

const intrinsics: Readonly<Record<string, (scope: Scope, value: Json) => Json>> = {
  Ref: (scope, value) => pseudo(scope.stack)[String(value)] ?? scope.reference(String(value)),
  Condition: (scope, value) => scope.holds(String(value)),
  "Fn::GetAtt": (scope, value) => {
    const [id = "", ...name] = Array.isArray(value) ? value.map(String) : String(value).split(".");
    return scope.attribute(id, name.join("."));
  },
  "Fn::Join": (scope, value) => {
    const [separator, parts] = value as [string, Json];
    return listOf(scope, parts).map(String).join(separator);
  },
  "Fn::Sub": (scope, value) => {
    const [pattern, variables] = (Array.isArray(value) ? value : [value, {}]) as [string, JsonObject];
    return substitute(scope, pattern, variables);
  },
  "Fn::Select": (scope, value) => {
    const [index, list] = value as [Json, Json];
    return listOf(scope, list)[Number(scope.resolve(index))] ?? null;
  },
  "Fn::Split": (scope, value) => {
    const [separator, whole] = value as [string, Json];
    return String(scope.resolve(whole)).split(separator);
  },
  "Fn::ImportValue": (scope, value) => scope.imported(String(scope.resolve(value))),
  "Fn::If": (scope, value) => {
    const [condition, yes, no] = value as [string, Json, Json];
    return scope.resolve(scope.holds(condition) ? yes : no);
  },
  "Fn::Equals": (scope, value) => {
    const [left, right] = listOf(scope, value);
    return left === right;
  },
  "Fn::Not": (scope, value) => listOf(scope, value)[0] !== true,
  "Fn::And": (scope, value) => listOf(scope, value).every((each) => each === true),
  "Fn::Or": (scope, value) => listOf(scope, value).some((each) => each === true),
  "Fn::Base64": (scope, value) => Buffer.from(String(scope.resolve(value))).toString("base64"),
  "Fn::FindInMap": (scope, value) => {
    const [map, first, second] = listOf(scope, value).map(String);
    return scope.mapped(map ?? "", first ?? "", second ?? "");
  },
  "Fn::GetAZs": () => [`${region}a`, `${region}b`],
};

const listOf = (scope: Scope, value: Json): readonly Json[] => scope.resolve(value) as readonly Json[];

const pseudo = (stack: string): Readonly<Record<string, Json>> => ({
  "AWS::AccountId": account,
  "AWS::Region": region,
  "AWS::Partition": "aws",
  "AWS::URLSuffix": "amazonaws.com",
  "AWS::NoValue": noValue,
  "AWS::NotificationARNs": [],
  "AWS::StackName": stack,
  "AWS::StackId": `arn:aws:cloudformation:${region}:${account}:stack/${stack}/local`,
});

const substitute = (scope: Scope, pattern: string, variables: JsonObject): string =>
  pattern.replace(/\$\{(!?)([^}]+)\}/g, (whole, literal: string, name: string) => {
    if (literal) return whole.replace("!", "");
    const given = variables[name];
    if (given !== undefined) return String(scope.resolve(given));
    return String(scope.resolve(name.includes(".") ? { "Fn::GetAtt": name } : { Ref: name }));
  });
