import { z } from "zod";
import { actOfKey } from "#functions/audit/audit.store.ts";
import { settling } from "#functions/outbox/feed.ts";
import { storeAnswer } from "#functions/runtime/idempotency.ts";
import type { Log } from "#functions/runtime/logger.ts";
import { answerOnce } from "#functions/runtime/once.ts";
import type { Answer, Command, IdempotencyRequest, Operation } from "#functions/runtime/route.ts";
import { type Attribute, type Table, tryCommit } from "#functions/runtime/table.ts";
import type { Clock, Instant } from "#functions/values/clock.ts";
import { newId, type RandomBytes, type ReplayId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { readDelivery } from "./delivery.store.ts";
import type { EndpointStore } from "./endpoint.store.ts";
import type { Endpoint } from "./endpoint.ts";
import { viewDelivery } from "./list-deliveries.ts";
import { callersEndpoint, EndpointParams } from "./read-endpoints.ts";
import { viewReplay } from "./read-replay.ts";
import { createdReplay } from "./replay.store.ts";
import { Only, type Replay, times } from "./replay.ts";
import type { webhookRoutes } from "./routes.ts";
import { type WakeSender, wakeSoon } from "./wake-sender.ts";
import { noDelivery, type Wanted, wantedAgain, wantedByName, wantedWrites } from "./wanted-delivery.ts";

export const DeliveryParams = EndpointParams.extend({ eventId: z.string() });

const Time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

export const NewReplay = z
  .strictObject({
    /** These, at once. */
    eventIds: z.array(z.string().max(200)).min(1).max(50).optional(),
    /** What the store told from then on, ninety days back at most, … */
    from: Time.optional(),
    /** … until now where this is missing; both ends are in. */
    to: Time.optional(),
    /** `failed`: what it did not get, though it was to hear of it; of ninety days where `from` is missing. */
    only: Only.optional(),
  })
  .refine(
    ({ eventIds, from, to, only }) =>
      eventIds ? !(from ?? to ?? only) : from !== undefined || only === "failed",
    { error: 'names either `eventIds`, or a time by `from`, or what failed by `only: "failed"`' },
  );

export type Replays = {
  readonly table: Table;
  readonly endpoints: EndpointStore;
  readonly wake: WakeSender;
  readonly now: Clock;
  readonly random: RandomBytes;
  readonly log: Log;
};
type Resend = typeof webhookRoutes.resendDelivery;
type ReplayRoute = typeof webhookRoutes.replayDeliveries;

/** The same event under the same id, at once and with all its attempts; the same request again is the same resend. */
export const resendDelivery =
  (on: Replays): Operation<Resend> =>
  (command) =>
    answerOnce(on, command.request, (request) => resend(on, command, request));

const resend = async (
  on: Replays,
  command: Command<Resend>,
  request: IdempotencyRequest,
): Promise<Answer | undefined> => {
  const { id: endpointId } = await openEndpoint(on, command);
  const { eventId } = command.params;
  const before = await readDelivery(on.table, { endpointId, eventId });
  if (!before) throw new Refusal("not_found", noDelivery);
  const now = on.now();
  const wanted = wantedAgain(before, now);
  const body = viewDelivery(wanted.after);
  const lost = await tryCommit(on.table, [
    ...wantedWrites([wanted]),
    actOfKey(command, {
      action: "webhook.resent",
      decidedBy: "webhooks:write",
      at: now,
      about: { endpointId, eventId },
    }),
    storeAnswer(request, { now, status: 202, answer: body as Attribute }),
  ]);
  return lost.length === 0 ? accepted(on, body, [wanted]) : undefined;
};

/** Up to fifty by name, at once; or what came in a time, which the sweeper goes through by page. */
export const replayDeliveries =
  (on: Replays): Operation<ReplayRoute> =>
  (command) =>
    answerOnce(on, command.request, (request) => replay(on, command, request));

const replay = async (
  on: Replays,
  command: Command<ReplayRoute>,
  request: IdempotencyRequest,
): Promise<Answer | undefined> => {
  const endpoint = await openEndpoint(on, command);
  const now = on.now();
  const named = await wantedByName(on.table, endpoint, command.body.eventIds ?? [], now);
  const wanted = newReplay(endpoint, command.body, { now, id: newId("rpl", on.random) });
  const opening = wantedWrites(named);
  const made: Replay = { ...wanted, resent: opening.length };
  const body = viewReplay(made);
  const lost = await tryCommit(on.table, [
    ...opening,
    createdReplay(made),
    actOfKey(command, {
      action: "webhooks.replayed",
      decidedBy: "webhooks:write",
      at: now,
      about: { endpointId: endpoint.id, replayId: made.id },
    }),
    storeAnswer(request, { now, status: 202, answer: body }),
  ]);
  return lost.length === 0 ? accepted(on, body, named) : undefined;
};

const accepted = async (on: Replays, body: object, wanted: readonly Wanted[]): Promise<Answer> => {
  await wakeSoon(
    on,
    wanted.map(({ after }) => after),
  );
  return { status: 202, body };
};

const newReplay = (
  { id: endpointId, storeId }: Endpoint,
  { eventIds, from, to, only }: z.infer<typeof NewReplay>,
  { now, id }: { now: Instant; id: ReplayId },
): Replay => ({
  id,
  endpointId,
  storeId,
  status: eventIds ? "done" : "running",
  version: 1,
  from: Math.max(from ?? 0, now - times.kept),
  // What is being published as it is asked for is in.
  to: Math.min(to ?? Number.POSITIVE_INFINITY, now + settling),
  only: only ?? "all",
  resent: 0,
  requestedAt: now,
  updatedAt: now,
});

const openEndpoint = async (
  on: Pick<Replays, "endpoints">,
  { caller, params }: Pick<Command<ReplayRoute>, "caller" | "params">,
): Promise<Endpoint> => {
  const endpoint = await callersEndpoint(on.endpoints, caller, params.id);
  if (endpoint.status === "disabled")
    throw new Refusal("conflict", "The endpoint is disabled; enable it first.");
  return endpoint;
};
