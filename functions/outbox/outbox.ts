import { createHash } from "node:crypto";
import type { z } from "zod";
import type { EventType } from "#events/catalogue.ts";
import { type EventDefinition, EventEnvelope } from "#events/define-event.ts";
import { all, any, equals, exists, missing } from "#functions/runtime/condition.ts";
import { dueAt, notDue } from "#functions/runtime/due.ts";
import type { Attribute, Key, Write } from "#functions/runtime/table.ts";
import type { Timers } from "#functions/runtime/timer.ts";
import { days, type Instant, seconds } from "#functions/values/clock.ts";
import {
  CheckoutId,
  EndpointId,
  OrderId,
  type PrincipalId,
  type ProductId,
  type StoreId,
  SupportGrantId,
} from "#functions/values/id.ts";

/** What an event is about. The colon keeps what is no id that we made out of them: a product, a domain, a license key, a rule. */
export type Subject =
  | CheckoutId
  | OrderId
  | EndpointId
  | SupportGrantId
  | `product:${ProductId}`
  | `domain:${string}`
  | `key:${string}`
  | `velocity:${string}`;

export const times = {
  /** How long the stream has before the sweeper looks. */
  grace: seconds(10),
  /** How long an event that could not be put on the bus rests. */
  rest: seconds(60),
  /** Events can be replayed this long. */
  kept: days(90),
} as const;

/** An event has two states, told apart by its due time alone. */
export const timers = {
  recorded: { by: "outbox/sweep-outbox", within: times.grace, due: "own" },
  published: "rest",
} as const satisfies Timers<"recorded" | "published">;

export type Fact<Data extends z.ZodType> = {
  readonly definition: EventDefinition<EventType, Data>;
  readonly storeId: StoreId;
  readonly livemode: boolean;
  readonly principalId?: PrincipalId | undefined;
  readonly subject: Subject;
  /** Rises with each fact of the subject; the same fact repeats it. */
  readonly version: number;
  readonly occurredAt: Instant;
  readonly data: z.input<Data>;
};

/** The event as a write: commit it in the transaction of the change that it states. Once per subject and version. */
export const recordEvent = <Data extends z.ZodType>(fact: Fact<Data>): Write => {
  const key = eventKey(fact);
  return {
    table: "outbox",
    key,
    change: {
      put: {
        ...(envelopeOf(fact) as { [name: string]: Attribute | undefined }),
        ...dueAt("event", key.pk, fact.occurredAt + times.grace),
        expiresAtSeconds: Math.ceil((fact.occurredAt + times.kept) / 1_000),
      },
    },
    condition: any(missing(), all(equals("type", fact.definition.type), equals("mayRepeat", true))),
  };
};

/**
 * For a subject that came back from a copy as it was before this was told: the same fact once more is then the same
 * event, under its old id; another fact under its number is refused.
 */
export const repeatable = (key: Key): Write => ({
  table: "outbox",
  key,
  change: { set: { mayRepeat: true } },
  condition: exists(),
});

/** An event for one reader: it can be read and replayed like any other but is never put on the bus. */
export const recordPrivateEvent = <Data extends z.ZodType>(fact: Fact<Data>): Write => {
  const write = recordEvent(fact);
  return "put" in write.change ? { ...write, change: { put: { ...write.change.put, ...notDue } } } : write;
};

type Place = { readonly storeId: string; readonly subject: string; readonly version: number };

/** Versions sort as text, so a subject's facts lie in order. */
export const eventKey = ({ storeId, subject, version }: Place): Key => ({
  pk: `${storeId}#${subject}`,
  sk: `event#${String(version).padStart(8, "0")}`,
});

/**
 * Derived, so a repeat is the same event. It becomes the `webhook-id`, which may hold neither a dot nor text
 * that a user chose: a product's id and a domain go in as a digest.
 */
export const eventId = ({ storeId, subject, version }: Place): string =>
  `evt_${ours(subject) ? subject.replace(/[_:]/, "-") : `${kindOf(subject)}-${digest(`${storeId}#${subject}`)}`}_${version}`;

/** Where the event of this id lies, if its id says so: that of a product, a domain or a rule holds a digest. */
export const keyOfEvent = (storeId: string, id: string): Key | undefined => {
  const [, kind, name, version] = /^evt_(\w{2,3})-([\w-]{1,100})_(\d{1,8})$/.exec(id) ?? [];
  const place = { storeId, subject: `${kind}${kind === "key" ? ":" : "_"}${name}`, version: Number(version) };
  return eventId(place) === id ? eventKey(place) : undefined;
};

const ours = (subject: string): boolean =>
  subject.startsWith("key:") ||
  [CheckoutId, OrderId, EndpointId, SupportGrantId].some((id) => id.safeParse(subject).success);

const kindOf = (subject: string): string => kinds[subject.split(":")[0] ?? ""] ?? "prd";
const kinds: Readonly<Record<string, string>> = { domain: "dom", velocity: "vel" };

const digest = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 26);

const envelopeOf = <Data extends z.ZodType>(fact: Fact<Data>): EventEnvelope =>
  EventEnvelope.parse({
    id: eventId(fact),
    type: fact.definition.type,
    storeId: fact.storeId,
    livemode: fact.livemode,
    principalId: fact.principalId,
    subject: fact.subject,
    version: fact.version,
    occurredAt: fact.occurredAt,
    data: fact.definition.data.parse(fact.data),
  });
