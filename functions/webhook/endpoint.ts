import { z } from "zod";
import { type EventType, eventTypes } from "#events/catalogue.ts";
import { Instant, toIso } from "#functions/values/clock.ts";
import { EndpointId, PrincipalId, StoreId } from "#functions/values/id.ts";
import type { Pace } from "./pace.ts";
import { live, SigningSecret, secretLimit } from "./signing-secret.ts";

/**
 * `standard`: Standard Webhooks with our events. `thin`: the same with an event's ids, type and time alone. `event_bus`: our
 * events on a bus of EventBridge in another account. `acp`: an agent's order webhook as ACP words and signs it.
 */
export const Kind = z.enum(["standard", "thin", "event_bus", "acp"]);
export type Kind = z.infer<typeof Kind>;

const all = eventTypes.filter((type) => type !== "endpoint.tested");

/** What an endpoint of each kind can be told on its own account; a test goes to whom it was asked for. */
export const subscribable = {
  standard: all,
  thin: all,
  event_bus: all,
  acp: [
    "order.placed",
    "order.confirmed",
    "order.canceled",
    "order.updated",
    "refund.succeeded",
    "refund.failed",
    "dispute.opened",
    "dispute.closed",
  ],
} as const satisfies Record<Kind, readonly EventType[]>;

/** `order.*`: everything about orders, what comes to be told of them later as well. */
export const familyOf = (type: string): `${string}.*` => `${type.split(".")[0]}.*`;
const families = [...new Set(eventTypes.map(familyOf))];

export const EventFilter = z.union([z.literal("*"), z.enum(families), z.enum(eventTypes)], {
  error: "must be an event's type, all of one subject (order.*), or *",
});

/** All that an endpoint of this kind can ask for. */
export const filtersOf = (kind: Kind): readonly string[] => [
  "*",
  ...new Set(subscribable[kind].map(familyOf)),
  ...subscribable[kind],
];

/** Asked for when the endpoint was made, and decided then. */
export const AskedCustomer = z.object({
  /** Who keeps what it is told of buyers, and has accepted how they are to be treated. */
  keptBy: PrincipalId,
  /** The key that asked. */
  askedBy: z.string(),
  /** Without the right to know them it is told of them in masks. */
  isShown: z.boolean(),
});
export type AskedCustomer = z.infer<typeof AskedCustomer>;

export const Endpoint = z.object({
  id: EndpointId,
  storeId: StoreId,
  livemode: z.boolean(),
  kind: Kind,
  /** Of an `event_bus` the bus's ARN. */
  url: z.string(),
  /** In its owner's words; nobody's name. */
  description: z.string().optional(),
  /** Exact types, all of one subject (`order.*`), or `*` for all of the kind. */
  events: z.array(EventFilter).min(1),
  /** Whose orders an `acp` endpoint hears of; a `standard` one hears of the whole store. */
  principalId: PrincipalId.optional(),
  /** Its order events come with who bought; see `tell-customer.ts`. */
  customer: AskedCustomer.optional(),
  status: z.enum(["enabled", "disabled"]),
  /**
   * When its receiver answered a test with its challenge, the owner of a bus brought it, or the operator vouched for an
   * agent's platform; see `ownership.ts` and `vouch-endpoint.ts`.
   */
  verifiedAt: Instant.optional(),
  /** `gone`: its receiver said so (410). */
  disabledReason: z.enum(["gone", "by_owner"]).optional(),
  /** Since when it asks for these events: what it did not hear before that, none after it waits for. */
  listensSince: Instant,
  /** Newest first; none of an `event_bus`. */
  secrets: z.array(SigningSecret).max(secretLimit),
  /** Counts the rolls: each is conditional on the one before. */
  rolls: z.int(),
  /** Counts what was told of it: tests and warnings, each an event of its own. */
  tests: z.int(),
  /** Counts the changes of its owner. */
  changes: z.int(),
  createdAt: Instant,
});
export type Endpoint = z.infer<typeof Endpoint>;

/** A bus knows by IAM who puts, so nothing is signed; and it answers nothing that anybody could prove something by. */
export const isBus = ({ kind }: { readonly kind: Kind }): boolean => kind === "event_bus";

/** Binds a sealed secret to the one endpoint that it signs for. */
export const secretPurpose = (endpointId: EndpointId): string => `webhook-endpoint#${endpointId}`;

/** As the API shows it: never with a secret, but when each that signs was made and until when it does. */
export const EndpointView = z.object({
  id: EndpointId,
  kind: Kind,
  url: z.string(),
  description: Endpoint.shape.description,
  events: z.array(EventFilter),
  principalId: PrincipalId.optional(),
  customer: AskedCustomer.pick({ keptBy: true, isShown: true }).optional(),
  livemode: z.boolean(),
  status: Endpoint.shape.status,
  verifiedAt: z.iso.datetime().optional().meta({
    description:
      "Absent: it hears of nothing but tests, until its receiver answers one with the test's challenge alone. Of kind `event_bus` `proof` stands for that answer; of kind `acp`, where the agent's platform gives none, the word of whoever runs this service.",
  }),
  disabledReason: Endpoint.shape.disabledReason,
  /** Where its public keys are, on this host. */
  jwksPath: z.string(),
  secrets: z.array(
    z.object({
      number: z.int(),
      /** Of the pair that makes its `v1a` signatures: `whpk_` and base64 of 32 bytes. */
      publicKey: z.string(),
      createdAt: z.iso.datetime(),
      expiresAt: z.iso.datetime().optional(),
    }),
  ),
  createdAt: z.iso.datetime(),
});
export type EndpointView = z.infer<typeof EndpointView>;

/** How it does, by day (UTC). */
export const EndpointHealth = z.object({
  /** Since then nothing succeeded. */
  failingSince: z.iso.datetime().optional(),
  /** It failed so often that nothing is sent until then. */
  restsUntil: z.iso.datetime().optional(),
  days: z.array(
    z.object({
      day: z.iso.date(),
      attempts: z.int(),
      successRate: z.number().min(0).max(1),
      averageLatencyMs: z.int(),
      slowestMs: z.int(),
    }),
  ),
});

export const viewHealth = ({ failingSince, restsUntil, days }: Pace): z.infer<typeof EndpointHealth> => ({
  ...(failingSince !== undefined && { failingSince: toIso(failingSince) }),
  ...(restsUntil !== undefined && { restsUntil: toIso(restsUntil) }),
  days: days.map(({ day, succeeded, failed, latencyMs, slowestMs }) => ({
    day,
    attempts: succeeded + failed,
    successRate: Math.round((succeeded / (succeeded + failed)) * 10_000) / 10_000,
    averageLatencyMs: Math.round(latencyMs / (succeeded + failed)),
    slowestMs,
  })),
});

export const viewEndpoint = (endpoint: Endpoint, now: Instant): EndpointView =>
  EndpointView.parse({
    ...endpoint,
    verifiedAt: endpoint.verifiedAt === undefined ? undefined : toIso(endpoint.verifiedAt),
    jwksPath: `/stores/${endpoint.storeId}/webhook_endpoints/${endpoint.id}/jwks.json`,
    secrets: live(endpoint.secrets, now).map(({ number, publicKey, createdAt, expiresAt }) => ({
      number,
      publicKey,
      createdAt: toIso(createdAt),
      expiresAt: expiresAt && toIso(expiresAt),
    })),
    createdAt: toIso(endpoint.createdAt),
  });
