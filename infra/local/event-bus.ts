import { randomUUID } from "node:crypto";
import {
  AwsError,
  account,
  arn,
  type Call,
  type Json,
  type JsonObject,
  NotEmbedded,
  type PolicyContext,
  region,
  type Service,
} from "./aws.ts";
import type { CloudClock } from "./clock.ts";
import { assertKnown, fits, type Pattern } from "./event-pattern.ts";
import type { Journal } from "./journal.ts";
import type { Switches } from "./switches.ts";
import { assertTarget, deliver, type Reach, type Target } from "./target.ts";
import type { Assembly, Resource } from "./template.ts";

type RuleProperties = {
  readonly EventBusName?: string;
  readonly EventPattern?: Pattern;
  readonly State?: string;
  readonly Targets?: readonly Target[];
};
type Rule = { readonly bus: string; readonly pattern: Pattern; readonly targets: readonly Target[] };

type Needs = {
  readonly assembly: Assembly;
  readonly clock: CloudClock;
  readonly reach: Reach;
  readonly journal: Journal;
  readonly switches: Switches;
  /** Buses in other accounts that let this one put events, by ARN: each is told what comes. */
  readonly otherBuses?: OtherBuses | undefined;
};
export type OtherBuses = Readonly<Record<string, (event: JsonObject) => void>>;

/** EventBridge: events in, each to the targets of the rules that it fits. */
export const startEventBus = (on: Needs): Service => {
  const buses = new Map<string, string>(
    on.assembly
      .ofType("AWS::Events::EventBus")
      .map((each) => [on.assembly.ref(each), on.assembly.attribute(each, "Arn")]),
  );
  const rules = on.assembly.ofType("AWS::Events::Rule").flatMap((each) => ruleOf(on.assembly, each));
  const put = (entry: JsonObject, bus: string): JsonObject => {
    const event = eventOf(entry, on.clock.now());
    if (!event) return { ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed." };
    on.journal("event", event);
    on.otherBuses?.[bus]?.(event);
    for (const rule of rules.filter((each) => each.bus === bus && fits(each.pattern, event)))
      for (const target of rule.targets) void deliver(on.reach, target, event);
    return { EventId: event["id"] ?? "" };
  };
  const putAll = ({ body, principal }: Call) => {
    const entries = entriesOf(body);
    const names = entries.map((entry) => busNamed(String(entry["EventBusName"] ?? "default")));
    for (const [index, name] of names.entries()) {
      const bus = isOther(name) ? name : busArn(buses, name);
      principal.may("events:PutEvents", bus, factsOf(bus, entries[index]));
      if (isOther(name)) assertLetIn(on.otherBuses, name);
    }
    const put_ = entries.map((entry, index) => put(entry, names[index] ?? "default"));
    return { FailedEntryCount: put_.filter((each) => each["ErrorCode"]).length, Entries: put_ };
  };
  return async (call: Call) => {
    if (call.action === "DisableRule" || call.action === "EnableRule") return turn(on, call);
    if (call.action !== "PutEvents") throw new NotEmbedded(`events ${call.action}`);
    return putAll(call);
  };
};

const factsOf = (bus: string, entry: JsonObject = {}): PolicyContext => ({
  "aws:ResourceAccount": bus.split(":")[4] ?? "",
  "events:source": String(entry["Source"]),
});

/** One of ours by its name, one of another account by its ARN. */
const busNamed = (named: string): string => (isOther(named) ? named : named.replace(/^.*event-bus\//, ""));

const isOther = (named: string): boolean =>
  named.startsWith("arn:") && !named.startsWith(arn("events", "event-bus/"));

/** Whether a bus of strangers is there at all they say to nobody. */
const assertLetIn = (buses: OtherBuses = {}, bus: string): void => {
  if (buses[bus]) return;
  const message = `not authorized to perform: events:PutEvents on resource: ${bus} because no resource-based policy allows the events:PutEvents action`;
  throw new AwsError("AccessDeniedException", message);
};

/** A schedule; a rule on events would lose what comes meanwhile. */
const turn = (on: Needs, { action, body, principal }: Pick<Call, "action" | "body" | "principal">) => {
  const name = String(body["Name"]);
  const rule = on.assembly.ofType("AWS::Events::Rule").find((each) => on.assembly.ref(each) === name);
  if (!rule?.properties["ScheduleExpression"]) throw new NotEmbedded(`${action} of ${name}, no schedule`);
  principal.may(`events:${action}`, on.assembly.attribute(rule, "Arn"));
  on.switches.turn("rule", name, action === "DisableRule");
  return {};
};

const busArn = (buses: ReadonlyMap<string, string>, name: string): string => {
  const found = buses.get(name);
  if (!found) throw new AwsError("ResourceNotFoundException", `Event bus ${name} does not exist.`);
  return found;
};

/** Ten entries and one mebibyte a call. */
const entriesOf = (body: JsonObject): readonly JsonObject[] => {
  const entries = body["Entries"] as readonly JsonObject[];
  const size = entries.reduce((sum, entry) => sum + JSON.stringify(entry).length, 0);
  if (entries.length < 1 || entries.length > 10 || size > 1_048_576)
    throw new AwsError("ValidationException", `${entries.length} entries of ${size} bytes in one call`);
  return entries;
};

const eventOf = (entry: JsonObject, now: number): JsonObject | undefined => {
  const detail = parsed(String(entry["Detail"] ?? ""));
  if (detail === undefined) return undefined;
  return {
    version: "0",
    id: randomUUID(),
    "detail-type": entry["DetailType"] ?? "",
    source: entry["Source"] ?? "",
    account,
    time: new Date(now).toISOString().replace(/\.\d+Z/, "Z"),
    region,
    resources: entry["Resources"] ?? [],
    detail,
  };
};

const parsed = (text: string): Json | undefined => {
  try {
    const value = JSON.parse(text) as Json;
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
};

const ruleOf = (assembly: Assembly, resource: Resource): readonly Rule[] => {
  const { EventBusName, EventPattern, State, Targets = [] } = assembly.properties<RuleProperties>(resource);
  if (!EventPattern || State === "DISABLED") return [];
  assertKnown(EventPattern, resource.id);
  for (const target of Targets) assertTarget(target, resource.id);
  const bus = (EventBusName ?? "default").replace(/^.*event-bus\//, "");
  return [{ bus, pattern: EventPattern, targets: Targets }];
};
