import { z } from "zod";
import type { PrincipalStore } from "#functions/access/principal.store.ts";
import { actOfKey } from "#functions/audit/audit.store.ts";
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
import { type Endpoint, EndpointView, EventFilter, filtersOf, Kind, viewEndpoint } from "./endpoint.ts";
import { makeSecret, secretWhileShown } from "./endpoint-secret.ts";
import { firstSecret } from "./signing-secret.ts";

export const Description = z.string().min(1).max(200);
export const Events = z.array(EventFilter).min(1).max(32);

export const NewEndpoint = z.strictObject({
  url: z.string().min(1).max(2_048),
  description: Description.optional(),
  kind: Kind.default("standard"),
  events: Events.default(["*"]),
  /** With `acp`, and only there: the agent whose orders it hears of. */
  principalId: PrincipalId.optional(),
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
  refuseUnfit(body, on.policy);
  await refuseStranger(on, caller, body);
  await refuseTooMany(on, caller);
  const { endpoint, secret } = await newEndpoint(on, caller, body);
  const lost = await tryCommit(on.table, [
    createdEndpoint(endpoint),
    actOfKey(command, {
      action: "webhook_endpoint.created",
      decidedBy: "webhooks:write",
      at: endpoint.createdAt,
      about: { endpointId: endpoint.id },
    }),
    storeAnswer(request, { now: on.now(), status: 201, answer: endpoint.id }),
  ]);
  return lost.length === 0 ? created(on, endpoint, { secret }) : undefined;
};

const createdBefore = async (
  on: Create,
  { caller }: CreateCommand,
  { answer }: Finished,
): Promise<Answer> => {
  const endpoint = await on.endpoints.get(caller.storeId, String(answer));
  if (!endpoint) throw new Refusal("not_found", "The endpoint that this request created was removed.");
  return created(on, endpoint, await secretWhileShown(on, endpoint, 1));
};

const created = (
  { now }: Pick<Create, "now">,
  endpoint: Endpoint,
  shown: { readonly secret?: string },
): Answer => ({
  status: 201,
  body: { ...viewEndpoint(endpoint, now()), ...shown },
});

const newEndpoint = async (on: Create, { storeId, livemode }: Caller, body: NewEndpoint) => {
  const id = newId("we", on.random);
  const { secret, made } = await makeSecret(on, { storeId, id });
  const now = on.now();
  const endpoint: Endpoint = {
    ...body,
    id,
    storeId,
    livemode,
    status: "enabled",
    secrets: firstSecret(made, now),
    rolls: 0,
    tests: 0,
    changes: 0,
    listensSince: now,
    createdAt: now,
  };
  return { endpoint, secret };
};

const refuseUnfit = ({ url, kind, events }: NewEndpoint, policy: OutboundPolicy): void => {
  if (!parseOutboundUrl(url, policy)) throw new Refusal("invalid", `url ${urlRule}`, { param: "$.url" });
  refuseUnheard(kind, events);
};

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
  if (kind === "standard") {
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
