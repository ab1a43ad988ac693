import { z } from "zod";
import { actOfKey } from "#functions/audit/audit.store.ts";
import { storeAnswer } from "#functions/runtime/idempotency.ts";
import { answerOnce } from "#functions/runtime/once.ts";
import type { Answer, Command, IdempotencyRequest, Operation } from "#functions/runtime/route.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import { type Clock, toIso } from "#functions/values/clock.ts";
import { PrincipalId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { refuseOther, statement } from "./data-protection.ts";
import { acceptingPrincipal, type PrincipalStore } from "./principal.store.ts";
import type { Principal } from "./principal.ts";
import type { accessRoutes } from "./routes.ts";

/** What a principal has accepted, and whether that is what holds now. */
export const AcceptedStatement = z.object({
  version: z.string(),
  acceptedAt: z.iso.datetime(),
  isCurrent: z.boolean(),
});

/** Names who is bound: whoever calls, and nobody else. */
export const AcceptanceView = AcceptedStatement.extend({
  principal: z.object({ id: PrincipalId }),
});

export const viewAccepted = ({ version, at }: NonNullable<Principal["accepted"]>) => ({
  version,
  acceptedAt: toIso(at),
  isCurrent: version === statement.version,
});

export const showStatement = (): Operation<typeof accessRoutes.showDataProtectionStatement> => async () => ({
  status: 200,
  body: statement,
});

type Accepts = { table: Pick<Table, "get" | "commit">; principals: Pick<PrincipalStore, "get">; now: Clock };
type Route = typeof accessRoutes.acceptDataProtectionStatement;

/** In the caller's own name: it holds for all keys of its principal, those to come too, until the text changes. */
export const acceptStatement =
  (on: Accepts): Operation<Route> =>
  (command) =>
    answerOnce(on, command.request, (request) => accept(on, command, request));

const accept = async (
  on: Accepts,
  { caller, body, request: facts }: Command<Route>,
  request: IdempotencyRequest,
): Promise<Answer | undefined> => {
  refuseOther(body);
  const { version } = body;
  const { storeId, principalId, keyId } = caller;
  const principal = await on.principals.get(storeId, principalId);
  if (!principal || principal.revokedAt !== undefined)
    throw new Refusal("forbidden", "The calling key's principal is revoked.");
  const accepted = { version, at: on.now(), keyId };
  const answer = { ...viewAccepted(accepted), principal: { id: principalId } };
  const lost = await tryCommit(on.table, [
    acceptingPrincipal(principal, accepted),
    actOfKey(
      { caller, request: facts },
      {
        action: "data_protection.accepted",
        decidedBy: "agreements:write",
        at: accepted.at,
        about: { principalId, version },
      },
    ),
    storeAnswer(request, { now: accepted.at, status: 201, answer }),
  ]);
  return lost.length === 0 ? { status: 201, body: answer } : undefined;
};
