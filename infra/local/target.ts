import type { Activity } from "./activity.ts";
import { type Json, type JsonObject, NotEmbedded } from "./aws.ts";
import type { Iam } from "./iam.ts";
import type { Lambda } from "./lambda.ts";
import type { Ledger } from "./ledger.ts";
import type { CloudLog } from "./log.ts";
import type { Sqs } from "./sqs.ts";
import type { Machines } from "./state-machine.ts";

/** Where a rule or a schedule sends what it has. */
export type Target = {
  readonly Id?: string;
  readonly Arn: string;
  readonly RoleArn?: string;
  readonly Input?: string;
  readonly InputPath?: string;
  readonly InputTransformer?: {
    readonly InputPathsMap?: Readonly<Record<string, string>>;
    readonly InputTemplate: string;
  };
  readonly SqsParameters?: { readonly MessageGroupId?: string };
  readonly DeadLetterConfig?: { readonly Arn?: string };
};

export type Reach = {
  readonly lambda: Lambda;
  readonly sqs: Sqs;
  readonly machines: Machines;
  readonly iam: Iam;
  readonly log: CloudLog;
  readonly ledger: Ledger;
  readonly activity: Activity;
};

/** Throws for a target of a kind that nothing here drives. */
export const assertTarget = (target: Target, where: string): void => {
  if (!kindOf(target.Arn)) throw new NotEmbedded(`${where} has the target ${target.Arn}`);
  const { InputTemplate: template = "", InputPathsMap: paths = {} } = target.InputTransformer ?? {};
  const unknown = [...template.matchAll(/<([^>]+)>/g)].find(([, name]) => !((name ?? "") in paths));
  if (unknown) throw new NotEmbedded(`${where} has an input template with ${unknown[0]}`);
};

/**
 * Sends an event on and waits until the target has done with it. What cannot be delivered goes to the target's dead
 * letters; AWS tries for a day before, here it is once.
 */
export const deliver = async (reach: Reach, target: Target, event: JsonObject): Promise<void> => {
  const kind = kindOf(target.Arn);
  if (!kind) throw new NotEmbedded(`target ${target.Arn}`);
  const input = inputOf(target, event);
  try {
    await reach.activity.during(() => senders[kind](reach, target, input));
  } catch (error) {
    const dead = target.DeadLetterConfig?.Arn;
    const end = dead ? "goes to its dead letters" : "is lost";
    reach.log.loud("target", `what was meant for ${target.Arn} ${end}: ${(error as Error).message}`);
    if (dead) reach.sqs.find(dead).send({ body: input });
  }
};

type Kind = "sqs" | "lambda" | "states";
const kindOf = (arn: string): Kind | undefined =>
  (["sqs", "lambda", "states"] as const).find((each) => arn.startsWith(`arn:aws:${each}:`));

const senders: Readonly<Record<Kind, (reach: Reach, target: Target, input: string) => Promise<void>>> = {
  sqs: async ({ sqs, ledger }, target, input) => {
    ledger.count({ service: "sqs", action: "SendMessage", by: `rule ${target.Id}` });
    sqs.find(target.Arn).send({ body: input, groupId: target.SqsParameters?.MessageGroupId });
  },
  // Delivered is what Lambda has taken. Of a fault the rule never hears; on AWS the call is repeated after a minute and
  // again after two, unless the function says otherwise, and then it is gone.
  lambda: async ({ lambda, log }, target, input) => {
    const called = lambda.find(target.Arn);
    const invoked = await lambda.invoke(called, JSON.parse(input), "events");
    if ("fault" in invoked) log.loud("target", `${called.path} failed: ${invoked.fault.errorMessage}`);
  },
  states: async ({ machines, iam, ledger }, target, input) => {
    ledger.count({ service: "states", action: "StartExecution", by: `rule ${target.Id}` });
    const starter = iam.principal(target.RoleArn ?? "(no role)", `rule ${target.Id}`);
    starter.may("states:StartExecution", target.Arn);
    await machines.start(target.Arn, JSON.parse(input) as Json).ended;
  },
};

const inputOf = (target: Target, event: JsonObject): string => {
  if (target.Input !== undefined) return target.Input;
  if (target.InputTransformer) return transformed(target.InputTransformer, event);
  return JSON.stringify(target.InputPath ? at(event, target.InputPath) : event);
};

/** `<name>` stands for a value: as JSON on its own, as text inside quotes. */
const transformed = (transformer: NonNullable<Target["InputTransformer"]>, event: JsonObject): string => {
  const paths = transformer.InputPathsMap ?? {};
  const given = (name: string): Json => at(event, paths[name] ?? "") ?? "";
  const inside = (text: string) =>
    text.replace(/<([^>]+)>/g, (_, name: string) => JSON.stringify(String(given(name))).slice(1, -1));
  return transformer.InputTemplate.replace(
    /"((?:[^"\\]|\\.)*)"|<([^>]+)>/g,
    (_, quoted: string | undefined, bare: string) =>
      quoted === undefined ? JSON.stringify(given(bare)) : `"${inside(quoted)}"`,
  );
};

/** `$.detail.id`: dots only. */
const at = (event: Json, path: string): Json => {
  let value: Json | undefined = event;
  for (const part of path.split(".").slice(1)) value = (value as JsonObject | undefined)?.[part];
  return value ?? null;
};
