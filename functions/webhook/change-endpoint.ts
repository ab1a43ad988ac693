import { z } from "zod";
import { endpointTested } from "#events/endpoint-tested.ts";
import { actOfKey } from "#functions/audit/audit.store.ts";
import { readEvent } from "#functions/outbox/outbox.store.ts";
import type { Answer, RequestFacts } from "#functions/runtime/route.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import type { Caller } from "#functions/values/caller.ts";
import type { Clock, Instant } from "#functions/values/clock.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { Description, Events, refuseUnheard } from "./create-endpoint.ts";
import { readDelivery } from "./delivery.store.ts";
import { changedEndpoint, type EndpointStore } from "./endpoint.store.ts";
import { Endpoint, isBus, viewEndpoint } from "./endpoint.ts";
import { callersEndpoint, type EndpointParams } from "./read-endpoints.ts";

/** Where it sends stays: another receiver is another endpoint, with secrets of its own. */
export const EndpointPatch = z
  .strictObject({
    description: Description.nullable(),
    events: Events,
    /** While it is disabled it gets nothing: what is on its way or comes is canceled, until it is asked for. */
    status: Endpoint.shape.status,
    proof: z.strictObject({ eventId: z.string().max(64), challenge: z.string().max(64) }).meta({
      description:
        "Of kind `event_bus`: a bus answers nothing, so its owner brings back the challenge of a test that came there.",
    }),
  })
  .partial();
export type EndpointPatch = z.infer<typeof EndpointPatch>;

type Asked = { caller: Caller; params: EndpointParams; body: EndpointPatch; request: RequestFacts };
type Changes = { readonly table: Table; readonly endpoints: EndpointStore; readonly now: Clock };

export const changeEndpoint =
  (on: Changes) =>
  async (asked: Asked): Promise<Answer> => {
    const before = await callersEndpoint(on.endpoints, asked.caller, asked.params.id);
    if (asked.body.events) refuseUnheard(before.kind, asked.body.events);
    const { status, proof } = asked.body;
    if (proof) await refuseUnproven(on, before, proof);
    const now = on.now();
    const set = named(asked.body, now, before);
    const lost = await tryCommit(on.table, [
      changedEndpoint(before, set),
      actOfKey(asked, {
        action: "webhook_endpoint.changed",
        decidedBy: "webhooks:write",
        at: now,
        about: { endpointId: before.id, ...(status && { status }), ...(proof && { proof: proof.eventId }) },
      }),
    ]);
    if (lost.length > 0)
      throw new Refusal("conflict", "The endpoint was changed at the same time; read it and try again.");
    return {
      status: 200,
      body: viewEndpoint(await callersEndpoint(on.endpoints, asked.caller, before.id), now),
    };
  };

/** Nothing but what was named is written. */
export const named = (
  { description, events, status, proof }: EndpointPatch,
  now: Instant,
  { verifiedAt }: Pick<Endpoint, "verifiedAt"> = {},
): Partial<Endpoint> => ({
  ...(description !== undefined && { description: description ?? undefined }),
  ...(events && { events, listensSince: now }),
  ...(status && {
    status,
    disabledReason: status === "disabled" ? "by_owner" : undefined,
    listensSince: now,
  }),
  ...(proof && verifiedAt === undefined && { verifiedAt: now, listensSince: now }),
});

/** It stands in a test that went to this endpoint and nowhere else, so who knows it reads that bus. */
const refuseUnproven = async (
  { table }: Pick<Changes, "table">,
  endpoint: Endpoint,
  { eventId, challenge }: NonNullable<EndpointPatch["proof"]>,
): Promise<void> => {
  if (!isBus(endpoint))
    throw new Refusal("conflict", "The receiver itself answers a test with its challenge.");
  const delivery = await readDelivery(table, { endpointId: endpoint.id, eventId });
  const sent = delivery && (await readEvent(table, delivery.eventAt));
  const test = endpointTested.data.safeParse(sent?.event.data).data;
  if (test?.challenge === challenge) return;
  throw new Refusal("invalid", "This is not the challenge of that test.", { param: "$.proof" });
};
