import { supportEnded } from "#events/support-ended.ts";
import { type LicenseKeyStore, revokedKey } from "#functions/access/license-key.store.ts";
import type { By } from "#functions/access/record-act.ts";
import { recordedAct } from "#functions/audit/audit.store.ts";
import { actorOf } from "#functions/audit/audit.ts";
import { recordEvent } from "#functions/outbox/outbox.ts";
import { storeAnswer } from "#functions/runtime/idempotency.ts";
import { answerOnce } from "#functions/runtime/once.ts";
import type { Answer, Command, IdempotencyRequest, Operation } from "#functions/runtime/route.ts";
import { type Table, tryCommit, type Write } from "#functions/runtime/table.ts";
import type { Clock, Instant } from "#functions/values/clock.ts";
import { factOf } from "./grant-facts.ts";
import type { supportRoutes } from "./routes.ts";
import { ownGrant, savedGrant } from "./support-grant.store.ts";
import { ended, type SupportGrant, viewGrant } from "./support-grant.ts";

type Route = typeof supportRoutes.endSupport;

export type EndsSupport = { table: Table; keys: Pick<LicenseKeyStore, "get">; now: Clock };

/** With one call: no request that begins after the answer gets through with its key. Ending again changes nothing. */
export const endSupport =
  (on: EndsSupport): Operation<Route> =>
  (command) =>
    answerOnce(on, command.request, (request) => end(on, command, request));

const end = async (
  on: EndsSupport,
  { caller, params, request: facts }: Command<Route>,
  request: IdempotencyRequest,
): Promise<Answer | undefined> => {
  const before = await ownGrant(on.table, caller, params.id);
  const now = on.now();
  const by: By = { actor: actorOf(caller, facts), decidedBy: "support:write" };
  const isOver = before.status === "ended";
  const after = isOver ? before : ended(before, "called", now);
  const body = viewGrant(after, now);
  const lost = await tryCommit(on.table, [
    ...(isOver ? [] : await ending(on, { before, after, by, now })),
    storeAnswer(request, { now, status: 200, answer: body }),
  ]);
  return lost.length === 0 ? { status: 200, body } : undefined;
};

type Ending = { before: SupportGrant; after: SupportGrant; by: By; now: Instant };

/** Its key is all that was shared: no route that support may call shows a secret. */
export const ending = async (
  on: Pick<EndsSupport, "keys">,
  { before, after, by, now }: Ending,
): Promise<Write[]> => {
  const { id: grantId, storeId, keyId } = after;
  const key = await on.keys.get(keyId);
  return [
    savedGrant(before, after),
    ...(key && key.revokedAt === undefined ? [revokedKey(keyId, now)] : []),
    recordedAct({ ...by, action: "support.ended", storeId, at: now, about: { grantId, keyId } }),
    recordEvent({ ...factOf(after, now), definition: supportEnded }),
  ];
};
