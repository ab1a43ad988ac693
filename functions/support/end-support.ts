import type { By } from "#functions/access/record-act.ts";
import { actorOf } from "#functions/audit/audit.ts";
import { storeAnswer } from "#functions/runtime/idempotency.ts";
import { answerOnce } from "#functions/runtime/once.ts";
import type { Answer, Command, IdempotencyRequest, Operation } from "#functions/runtime/route.ts";
import { tryCommit } from "#functions/runtime/table.ts";
import { type EndsSupport, ending } from "./end-grants.ts";
import type { supportRoutes } from "./routes.ts";
import { ownGrant } from "./support-grant.store.ts";
import { ended, viewGrant } from "./support-grant.ts";

type Route = typeof supportRoutes.endSupport;

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
