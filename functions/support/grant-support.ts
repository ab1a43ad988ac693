import { z } from "zod";
import { supportGranted } from "#events/support-granted.ts";
import { refuseBeyond } from "#functions/access/grant.ts";
import { type GrantsKeys, keyWhileShown, sealed } from "#functions/access/grant-license-key.ts";
import { newKey } from "#functions/access/issue-license-key.ts";
import { createdKey, stillAsRead } from "#functions/access/license-key.store.ts";
import { Cidr } from "#functions/access/network.ts";
import { createdPrincipal } from "#functions/access/principal.store.ts";
import { callersKey } from "#functions/access/read-license-keys.ts";
import type { StoredKey } from "#functions/access/stored-key.ts";
import { recordedAct } from "#functions/audit/audit.store.ts";
import { type Actor, actorOf, Reason } from "#functions/audit/audit.ts";
import { recordEvent } from "#functions/outbox/outbox.ts";
import type { StoreSeal } from "#functions/privacy/envelope.ts";
import { storeAnswer } from "#functions/runtime/idempotency.ts";
import { answerOnce, type Finished } from "#functions/runtime/once.ts";
import type { Answer, Command, IdempotencyRequest, Operation } from "#functions/runtime/route.ts";
import { tryCommit, type Write } from "#functions/runtime/table.ts";
import type { Caller } from "#functions/values/caller.ts";
import { minutes } from "#functions/values/clock.ts";
import { newId, type SupportGrantId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { Scope } from "#functions/values/scope.ts";
import { factOf } from "./grant-facts.ts";
import type { supportRoutes } from "./routes.ts";
import { createdGrant, ownGrant } from "./support-grant.store.ts";
import { isReading, purposeOf, type SupportGrant, times, viewGrant } from "./support-grant.ts";

export const NewSupportGrant = z.strictObject({
  /** Whom, as the store will want to read it later: one named person. */
  person: z
    .string()
    .trim()
    .min(1)
    .max(128)
    .regex(/^[^\p{Cc}]*$/u, { error: "must be one line of text" }),
  /** What for. It goes on record, so it names nobody. */
  reason: Reason,
  /** Exactly these, and no more than the calling key has. */
  scopes: z.array(Scope).min(1),
  minutes: z
    .int()
    .min(1)
    .max(times.longest / minutes(1))
    .default(60),
  /** Without it, looks only. */
  write: z.boolean().default(false),
  /** From these networks only; absent: from anywhere. */
  cidrs: z.array(Cidr).min(1).max(20).optional(),
});
export type NewSupportGrant = z.infer<typeof NewSupportGrant>;

type Route = typeof supportRoutes.grantSupport;

/**
 * Lets a named person in for minutes, by a key of its own: shown here, to the same request again for an hour while it
 * works, and never after. Its last moment is in the key's row, so it ends on time whoever sleeps.
 */
export const grantSupport =
  (on: GrantsKeys): Operation<Route> =>
  (command) =>
    answerOnce(
      on,
      command.request,
      (request) => grant(on, command, request),
      (seen) => shownAgain(on, command.caller, seen),
    );

const grant = async (
  on: GrantsKeys,
  { caller, body, request: facts }: Command<Route>,
  request: IdempotencyRequest,
): Promise<Answer | undefined> => {
  const grantor = await callersKey(on, caller, "support:write");
  const now = on.now();
  const wanted = {
    storeId: caller.storeId,
    role: "support" as const,
    scopes: [...new Set(body.scopes)],
    cidrs: body.cidrs,
    expiresAt: now + minutes(body.minutes),
  };
  refuseWrites(body);
  refuseBeyond(grantor, wanted);
  const id = newId("sup", on.random);
  const { storeId, role } = wanted;
  // Who it is stands in the grant.
  const principal = { id: newId("prn", on.random), storeId, role, createdAt: now };
  const peppers = await on.readPeppers();
  const of = { principalId: principal.id, livemode: caller.livemode, peppers, by: grantor };
  const made = newKey(on, wanted, of);
  const granted = await grantOf(on, { id, caller, body, key: made.stored });
  const lost = await tryCommit(on.table, [
    createdGrant(granted),
    ...createdKey(await sealed(on, made)),
    createdPrincipal(principal),
    stillAsRead(grantor),
    ...told(granted, actorOf(caller, facts)),
    storeAnswer(request, { now, status: 201, answer: id }),
  ]);
  if (lost.length > 0) return undefined;
  return { status: 201, body: { ...viewGrant(granted, now, body.person), key: made.text } };
};

type Given = { id: SupportGrantId; caller: Caller; body: NewSupportGrant; key: StoredKey };

const grantOf = async (
  { seal }: Pick<GrantsKeys, "seal">,
  { id, caller, body: { person, reason }, key }: Given,
): Promise<SupportGrant> => ({
  id,
  storeId: key.storeId,
  livemode: key.livemode,
  status: "active",
  version: 1,
  sealedPerson: await seal.sealForStore(key.storeId, purposeOf(id), Buffer.from(person)),
  keyId: key.publicId,
  scopes: key.scopes,
  ...(key.cidrs && { cidrs: key.cidrs }),
  reason,
  grantedBy: caller.principalId,
  createdAt: key.createdAt,
  endsAt: key.expiresAt ?? key.createdAt,
});

const told = (granted: SupportGrant, actor: Actor): Write[] => {
  const { id: grantId, keyId, storeId, createdAt: at, reason } = granted;
  const act = { action: "support.granted", actor, storeId, at, reason, decidedBy: "support:write" } as const;
  return [
    recordedAct({ ...act, about: { grantId, keyId } }),
    recordEvent({ ...factOf(granted, at), definition: supportGranted }),
  ];
};

const refuseWrites = ({ scopes, write }: NewSupportGrant): void => {
  const changing = scopes.filter((scope) => !isReading(scope));
  if (changing.length > 0 && !write)
    throw new Refusal(
      "invalid",
      `Say "write": true to grant what changes something: ${changing.join(", ")}.`,
      {
        param: "$.scopes",
      },
    );
};

const shownAgain = async (on: GrantsKeys, caller: Caller, { answer }: Finished): Promise<Answer> => {
  const granted = await ownGrant(on.table, caller, String(answer));
  refuseBeyond(await callersKey(on, caller, "support:write"), granted);
  const [person, key] = await Promise.all([personOf(on, granted), on.keys.get(granted.keyId)]);
  const text = key && (await keyWhileShown(on, key));
  const view = viewGrant(granted, on.now(), person);
  return { status: 201, body: { ...view, ...(text !== undefined && { key: text }) } };
};

export const personOf = async (
  on: { seal: StoreSeal },
  { storeId, id, sealedPerson }: SupportGrant,
): Promise<string> =>
  Buffer.from(await on.seal.unsealForStore(storeId, purposeOf(id), sealedPerson)).toString("utf8");
