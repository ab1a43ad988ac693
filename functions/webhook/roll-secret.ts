import { z } from "zod";
import { actOfKey } from "#functions/audit/audit.store.ts";
import type { StoreSeal } from "#functions/privacy/envelope.ts";
import { storeAnswer } from "#functions/runtime/idempotency.ts";
import { answerOnce, type Finished } from "#functions/runtime/once.ts";
import type { Answer, Command, IdempotencyRequest, Operation } from "#functions/runtime/route.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import { type Clock, hours, type Instant, seconds } from "#functions/values/clock.ts";
import type { RandomBytes } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { type EndpointStore, rolledEndpoint } from "./endpoint.store.ts";
import { type Endpoint, isBus, viewEndpoint } from "./endpoint.ts";
import { makeSecret, secretWhileShown } from "./endpoint-secret.ts";
import { callersEndpoint } from "./read-endpoints.ts";
import type { webhookRoutes } from "./routes.ts";
import { live, rolled, type SigningSecret, secretLimit } from "./signing-secret.ts";

export const RollSecret = z.strictObject({
  /** How long deliveries are signed with the former secrets, too. 0: they sign nothing from the answer on. */
  overlapSeconds: z
    .int()
    .min(0)
    .max(hours(24) / seconds(1))
    .default(86_400),
});
export type RollSecret = z.infer<typeof RollSecret>;

type Route = typeof webhookRoutes.rollSecret;
type Rolls = {
  readonly table: Table;
  readonly endpoints: EndpointStore;
  readonly seal: StoreSeal;
  readonly now: Clock;
  readonly random: RandomBytes;
};

/** A new secret, beside the former ones until the overlap is over. The same request again gets the same, for an hour. */
export const rollSecret =
  (on: Rolls): Operation<Route> =>
  (command) =>
    answerOnce(
      on,
      command.request,
      (request) => roll(on, command, request),
      (seen) => rolledBefore(on, command, seen),
    );

const roll = async (
  on: Rolls,
  command: Command<Route>,
  request: IdempotencyRequest,
): Promise<Answer | undefined> => {
  const { caller, params, body } = command;
  const endpoint = await callersEndpoint(on.endpoints, caller, params.id);
  if (isBus(endpoint)) throw new Refusal("conflict", "What goes on a bus is not signed: there is no secret.");
  const now = on.now();
  const { secret, made } = await makeSecret(on, endpoint);
  const secrets = rolled(endpoint.secrets, made, { now, overlap: seconds(body.overlapSeconds) });
  refuseTooMany(secrets, now);
  const number = secrets[0]?.number ?? 0;
  const lost = await tryCommit(on.table, [
    rolledEndpoint(endpoint, secrets),
    actOfKey(command, {
      action: "webhook_secret.rolled",
      decidedBy: "webhooks:write",
      at: now,
      about: { endpointId: endpoint.id, secret: String(number) },
    }),
    storeAnswer(request, { now, status: 200, answer: number }),
  ]);
  return lost.length === 0 ? shown({ ...endpoint, secrets }, { secret }, now) : undefined;
};

const rolledBefore = async (
  on: Rolls,
  { caller, params }: Command<Route>,
  { answer }: Finished,
): Promise<Answer> => {
  const endpoint = await callersEndpoint(on.endpoints, caller, params.id);
  return shown(endpoint, await secretWhileShown(on, endpoint, Number(answer)), on.now());
};

const shown = (endpoint: Endpoint, made: { readonly secret?: string }, now: Instant): Answer => ({
  status: 200,
  body: { ...viewEndpoint(endpoint, now), ...made },
});

const refuseTooMany = (secrets: readonly SigningSecret[], now: Instant): void => {
  if (live(secrets, now).length > secretLimit)
    throw new Refusal(
      "limit_exceeded",
      `At most ${secretLimit} secrets sign at once. Wait until one has expired, or roll without an overlap.`,
    );
};
