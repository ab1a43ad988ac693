import { z } from "zod";
import { EventEnvelope } from "#events/define-event.ts";
import { endpointTested } from "#events/endpoint-tested.ts";
import { recordPrivateEvent } from "#functions/outbox/outbox.ts";
import { storeAnswer } from "#functions/runtime/idempotency.ts";
import type { Log } from "#functions/runtime/logger.ts";
import { answerOnce } from "#functions/runtime/once.ts";
import type { Answer, IdempotencyRequest, RequestFacts } from "#functions/runtime/route.ts";
import { type Table, tryCommit, type Write } from "#functions/runtime/table.ts";
import type { Caller } from "#functions/values/caller.ts";
import type { Clock } from "#functions/values/clock.ts";
import type { RandomBytes } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { createdDelivery } from "./delivery.store.ts";
import { type EndpointStore, toldEndpoint } from "./endpoint.store.ts";
import type { Endpoint } from "./endpoint.ts";
import { newDelivery } from "./fan-out-event.ts";
import { newChallenge } from "./ownership.ts";
import { callersEndpoint, type EndpointParams } from "./read-endpoints.ts";
import { type WakeSender, wakeSoon } from "./wake-sender.ts";

/** The `webhook-id` to look for at the receiver. */
export const TestAccepted = z.object({ eventId: z.string() });

type Test = {
  readonly table: Table;
  readonly endpoints: EndpointStore;
  readonly wake: WakeSender;
  readonly now: Clock;
  readonly random: RandomBytes;
  readonly log: Log;
};

/**
 * Sends an `endpoint.tested` event to this endpoint and no other, over the same way as every delivery: what works
 * here works. The same request again is the same test.
 */
export const testEndpoint =
  (on: Test) =>
  ({ caller, params, request }: TestCommand): Promise<Answer> =>
    answerOnce(
      on,
      request,
      (known) => sendTest(on, caller, params, known),
      ({ answer }) => accepted(String(answer)),
    );

type TestCommand = { caller: Caller; params: EndpointParams; request: RequestFacts };

const sendTest = async (
  on: Test,
  caller: Caller,
  params: EndpointParams,
  request: IdempotencyRequest,
): Promise<Answer | undefined> => {
  const endpoint = await callersEndpoint(on.endpoints, caller, params.id);
  refuseUntestable(endpoint);
  const { writes, event } = test(endpoint, { now: on.now(), challenge: newChallenge(on.random) });
  const answer = storeAnswer(request, { now: on.now(), status: 202, answer: event.id });
  if ((await tryCommit(on.table, [...writes, answer])).length > 0) return undefined;
  await wakeSoon(on, [{ endpointId: endpoint.id, eventId: event.id }]);
  return accepted(event.id);
};

const accepted = (eventId: string): Answer => ({ status: 202, body: { eventId } });

const refuseUntestable = ({ status }: Endpoint): void => {
  if (status === "disabled") throw new Refusal("conflict", "The endpoint is disabled; enable it first.");
};

const test = (
  endpoint: Endpoint,
  { now, challenge }: { now: number; challenge: string },
): { writes: Write[]; event: EventEnvelope } => {
  const recorded = recordPrivateEvent({
    definition: endpointTested,
    storeId: endpoint.storeId,
    livemode: endpoint.livemode,
    subject: endpoint.id,
    version: endpoint.tests + 1,
    occurredAt: now,
    data: { endpointId: endpoint.id, challenge },
  });
  const event = EventEnvelope.parse("put" in recorded.change ? recorded.change.put : undefined);
  return {
    event,
    writes: [recorded, createdDelivery(newDelivery(endpoint, event, now)), toldEndpoint(endpoint)],
  };
};
