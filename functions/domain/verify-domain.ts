import { recordedAct } from "#functions/audit/audit.store.ts";
import { type Actor, actorOf } from "#functions/audit/audit.ts";
import { storeAnswer } from "#functions/runtime/idempotency.ts";
import { answerOnce } from "#functions/runtime/once.ts";
import type { Answer, IdempotencyRequest, RequestFacts } from "#functions/runtime/route.ts";
import { type Table, tryCommit, type Write } from "#functions/runtime/table.ts";
import { callersStore } from "#functions/store/get-store.ts";
import { savedStanding } from "#functions/store/selling.store.ts";
import type { StoreStore } from "#functions/store/store.store.ts";
import { changed, type Store } from "#functions/store/store.ts";
import type { Caller } from "#functions/values/caller.ts";
import type { Clock, Instant } from "#functions/values/clock.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { type Claim, isAnothers, outdoes } from "./claim.ts";
import { type DomainStore, speakingDomain } from "./domain.store.ts";
import { type Challenge, type Domain, ended, openChallenge, verified } from "./domain.ts";
import { viewDomain } from "./domain-view.ts";
import { endedWrites } from "./end-domain.ts";
import { type ProvesDomains, proveDomain } from "./prove-domain.ts";
import { callersDomain, type DomainParams } from "./read-domains.ts";

export type VerifiesDomains = ProvesDomains & {
  table: Table;
  domains: DomainStore;
  stores: StoreStore;
  now: Clock;
};
type Verify = { caller: Caller; params: DomainParams; request: RequestFacts };

/**
 * Looks for the challenge's token, and lets the domain speak for the store from then on. It speaks for one live store
 * at a time: the one before loses it in the same transaction, and is told.
 */
export const verifyDomain =
  (on: VerifiesDomains) =>
  ({ caller, params, request }: Verify): Promise<Answer> =>
    answerOnce(on, request, async (known) => {
      const before = await callersDomain(on.domains, caller, params.domain);
      const challenge = challengeOf(before, on.now());
      await refuseUnproven(on, before, challenge);
      const [store, claim] = await Promise.all([
        callersStore(on.stores, caller),
        before.livemode ? on.domains.claim(before.host) : undefined,
      ]);
      return speak(on, { before, challenge, store, claim, actor: actorOf(caller, request) }, known);
    });

const challengeOf = (domain: Domain, now: number): Challenge => {
  const challenge = openChallenge(domain, now);
  if (challenge) return challenge;
  throw new Refusal(
    "conflict",
    "There is no open challenge: ask for one with POST /domains, publish it, then verify.",
  );
};

const refuseUnproven = async (on: ProvesDomains, domain: Domain, challenge: Challenge): Promise<void> => {
  const { storeId, host } = domain;
  const proof = await proveDomain(on)({ storeId, host, token: challenge.token }, challenge.method);
  if (proof === "absent")
    throw new Refusal(
      "conflict",
      "The challenge is not there yet. Publish it as it was given, then verify.",
      {
        retryAfterSeconds: 60,
      },
    );
  if (proof === "unknown")
    throw new Refusal(
      "temporarily_unavailable",
      "Resolvers disagree or did not answer. Verify again later.",
      {
        retryAfterSeconds: 60,
      },
    );
};

type Turn = {
  before: Domain;
  challenge: Challenge;
  store: Store;
  claim: Claim | undefined;
  actor: Actor;
};

const speak = async (
  on: VerifiesDomains,
  turn: Turn,
  request: IdempotencyRequest,
): Promise<Answer | undefined> => {
  const { before, challenge, store, claim, actor } = turn;
  const now = on.now();
  const after = verified(before, challenge, now);
  const body = viewDomain(after);
  const silenced = await silencedOther(on, turn, now);
  if (!silenced) return undefined;
  const lost = await tryCommit(on.table, [
    ...speakingDomain({ before, after, claim }),
    ...listedDomain(store, after),
    ...silenced,
    recordedAct({ ...actOf(after), actor, decidedBy: "store:write" }),
    storeAnswer(request, { now, status: 200, answer: body }),
  ]);
  return lost.length > 0 ? undefined : { status: 200, body };
};

/** Whose key it was is no business of the store that loses it. Nothing: that one is changing it itself just now. */
const silencedOther = async (
  on: VerifiesDomains,
  { before, challenge, claim, actor }: Turn,
  now: Instant,
): Promise<Write[] | undefined> => {
  if (!isAnothers(claim, before.storeId)) return [];
  if (!outdoes(challenge, claim))
    throw new Refusal(
      "conflict",
      "Another store proved this domain after your challenge was given. Ask for a new one with POST /domains.",
    );
  const [store, theirs] = await Promise.all([
    on.stores.get(claim.storeId),
    on.domains.get(claim.storeId, claim.host),
  ]);
  if (!store || theirs?.status !== "verified") return undefined;
  const ending = { before: theirs, after: ended(theirs, "transferred", now), store, claim: undefined };
  const by = { role: "service", requestId: actor.requestId } as const;
  return endedWrites(ending, { actor: by, decidedBy: "store:write" });
};

/** The store lists it beside the domains that it has. */
export const listedDomain = (store: Store, { host, updatedAt }: Domain): Write[] => {
  const verifiedDomains = [...new Set([...store.verifiedDomains, host])];
  return savedStanding(store, changed(store, { verifiedDomains }, updatedAt));
};

export const actOf = ({ storeId, host, method, updatedAt }: Domain) =>
  ({ action: "domain.verified", storeId, at: updatedAt, about: { domain: host, method } }) as const;
