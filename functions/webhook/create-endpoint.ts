import { z } from "zod";
import { hasAccepted } from "#functions/access/data-protection.ts";
import type { PrincipalStore } from "#functions/access/principal.store.ts";
import { actOfKey } from "#functions/audit/audit.store.ts";
import { isOtherBus } from "#functions/outbox/other-bus.ts";
import type { StoreSeal } from "#functions/privacy/envelope.ts";
import { storeAnswer } from "#functions/runtime/idempotency.ts";
import { answerOnce, type Finished } from "#functions/runtime/once.ts";
import { type OutboundPolicy, parseOutboundUrl, urlRule } from "#functions/runtime/outbound-url.ts";
import type { Answer, IdempotencyRequest, RequestFacts } from "#functions/runtime/route.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import type { Caller } from "#functions/values/caller.ts";
import type { Clock } from "#functions/values/clock.ts";
import { newId, PrincipalId, type RandomBytes } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { createdEndpoint, type EndpointStore } from "./endpoint.store.ts";
import {
  type Endpoint,
  EndpointView,
  EventFilter,
  filtersOf,
  isBus,
  Kind,
  viewEndpoint,
} from "./endpoint.ts";
import { makeSecret, secretWhileShown } from "./endpoint-secret.ts";
import { firstSecret } from "./signing-secret.ts";

export const Description = z.string().min(1).max(200);
export const Events = z.array(EventFilter).min(1).max(32);

export const NewEndpoint = z.strictObject({
  url: z.string().min(1).max(2_048).meta({
    description:
      "Where to send: an `https` URL; of kind `event_bus` the ARN of an event bus in another account of this region, whose policy lets this account put events.",
  }),
  description: Description.optional(),
  kind: Kind.default("standard"),
  events: Events.default(["*"]),
  /** With `acp`, and only there: the agent whose orders it hears of. */
  principalId: PrincipalId.optional(),
  customer: z.strictObject({ keptBy: PrincipalId }).optional().meta({
    description:
      "Asks for the buyer's name, e-mail and postal address beside each `order.*` event, of kind `standard` or `event_bus`; `keptBy` is the principal that keeps them. They are masked unless the calling key has `customers:read` and that principal has accepted the data-protection statement.",
  }),
});
export type NewEndpoint = z.infer<typeof NewEndpoint>;

/** An answer that holds a secret: to the request that made it, and to the same again for an hour. Also that of a roll. */
export const EndpointWithSecret = EndpointView.extend({ secret: z.string().optional() });

export const endpointLimit = 50;

type Create = {
  readonly table: Table;
  readonly endpoints: EndpointStore;
  readonly principals: PrincipalStore;
  readonly seal: StoreSeal;
  readonly policy: OutboundPolicy;
  /** The ARN of our own account's buses, as far as the account. */
  readonly homeBuses: string;
  readonly now: Clock;
  readonly random: RandomBytes;
};
type CreateCommand = { caller: Caller; body: NewEndpoint; request: RequestFacts };

/** The same request again gets the same endpoint with the same secret: its first answer may have been lost. */
export const createEndpoint =
  (on: Create) =>
  (command: CreateCommand): Promise<Answer> =>
    answerOnce(
      on,
      command.request,
      (request) => create(on, command, request),
      (seen) => createdBefore(on, command, seen),
    );

const create = async (
  on: Create,
  command: CreateCommand,
  request: IdempotencyRequest,
): Promise<Answer | undefined> => {
  const { caller, body } = command;
  refuseUnfit(body, on);
  await refuseStranger(on, caller, body);
  await refuseTooMany(on, caller);
  const { endpoint, shown } = await newEndpoint(on, caller, body);
  const lost = await tryCommit(on.table, [
    createdEndpoint(endpoint),
    actOfKey(command, {
      action: "webhook_endpoint.created",
      decidedBy: "webhooks:write",
      at: endpoint.createdAt,
      about: { endpointId: endpoint.id, ...asked(endpoint) },
    }),
    storeAnswer(request, { now: on.now(), status: 201, answer: endpoint.id }),
  ]);
  return lost.length === 0 ? created(on, endpoint, shown) : undefined;
};

const createdBefore = async (
  on: Create,
  { caller }: CreateCommand,
  { answer }: Finished,
): Promise<Answer> => {
  const endpoint = await on.endpoints.get(caller.storeId, String(answer));
  if (!endpoint) throw new Refusal("not_found", "The endpoint that this request created was removed.");
  return created(on, endpoint, isBus(endpoint) ? {} : await secretWhileShown(on, endpoint, 1));
};

const created = (
  { now }: Pick<Create, "now">,
  endpoint: Endpoint,
  shown: { readonly secret?: string },
): Answer => ({
  status: 201,
  body: { ...viewEndpoint(endpoint, now()), ...shown },
});

const newEndpoint = async (on: Create, caller: Caller, body: NewEndpoint) => {
  const { storeId, livemode } = caller;
  const id = newId("we", on.random);
  const made = isBus(body) ? undefined : await makeSecret(on, { storeId, id });
  const now = on.now();
  const endpoint: Endpoint = {
    ...body,
    id,
    storeId,
    livemode,
    customer: body.customer && (await askedCustomer(on, caller, body.customer)),
    status: "enabled",
    secrets: made ? firstSecret(made.made, now) : [],
    rolls: 0,
    tests: 0,
    changes: 0,
    listensSince: now,
    createdAt: now,
  };
  return { endpoint, shown: made ? { secret: made.secret } : {} };
};

/** What is asked for is decided here for good: who may know more later makes another endpoint. */
const askedCustomer = async (
  on: Create,
  { storeId, keyId, scopes }: Caller,
  { keptBy }: NonNullable<NewEndpoint["customer"]>,
): Promise<Endpoint["customer"]> => {
  const keeper = await on.principals.get(storeId, keptBy);
  if (!keeper || keeper.revokedAt !== undefined)
    throw new Refusal("invalid", "This store has no such principal.", { param: "$.customer.keptBy" });
  return { keptBy, askedBy: keyId, isShown: scopes.includes("customers:read") && hasAccepted(keeper) };
};

/** Who is told of buyers is on record, and by whose word. */
const asked = ({ customer }: Endpoint): Record<string, string> =>
  customer ? { keptBy: customer.keptBy, customer: customer.isShown ? "shown" : "masked" } : {};

type Fits = Pick<Create, "policy" | "homeBuses">;
const refuseUnfit = ({ url, kind, events, customer }: NewEndpoint, on: Fits): void => {
  const fits = isBus({ kind }) ? isOtherBus(url, on.homeBuses) : parseOutboundUrl(url, on.policy);
  if (!fits)
    throw new Refusal("invalid", `$.url ${isBus({ kind }) ? busRule : urlRule}.`, { param: "$.url" });
  refuseUnheard(kind, events);
  if (customer && !["standard", "event_bus"].includes(kind))
    throw new Refusal("invalid", `An endpoint of kind ${kind} is told of nobody.`, { param: "$.customer" });
};
const busRule = "must be the ARN of an event bus in another account of this region";

export const refuseUnheard = (kind: Kind, events: readonly string[]): void => {
  const known = filtersOf(kind);
  const index = events.findIndex((type) => !known.includes(type));
  if (index < 0) return;
  const text = `An endpoint of kind ${kind} can't hear of this; it can of ${known.join(", ")}.`;
  throw new Refusal("invalid", text, { param: `$.events[${index}]` });
};

/** An agent's orders are told to nobody but the endpoint that stands for that agent. */
const refuseStranger = async (
  on: Create,
  caller: Caller,
  { kind, principalId }: NewEndpoint,
): Promise<void> => {
  if (kind === "acp" && principalId === undefined) {
    throw new Refusal("missing", "An endpoint of kind acp names its agent.", { param: "$.principalId" });
  }
  if (principalId === undefined) return;
  if (kind !== "acp") {
    throw new Refusal("invalid", "Only an endpoint of kind acp names an agent.", { param: "$.principalId" });
  }
  const principal = await on.principals.get(caller.storeId, principalId);
  if (principal?.role !== "agent") {
    throw new Refusal("invalid", "This store has no such agent.", { param: "$.principalId" });
  }
};

const refuseTooMany = async (on: Create, { storeId }: Caller): Promise<void> => {
  if ((await on.endpoints.list(storeId)).length >= endpointLimit) {
    throw new Refusal("limit_exceeded", `A store has at most ${endpointLimit} webhook endpoints.`);
  }
};
