import { z } from "zod";
import { actOfKey } from "#functions/audit/audit.store.ts";
import { storeAnswer } from "#functions/runtime/idempotency.ts";
import { answerOnce } from "#functions/runtime/once.ts";
import { type OutboundPolicy, parseOutboundUrl } from "#functions/runtime/outbound-url.ts";
import type { Answer, IdempotencyRequest, RequestFacts } from "#functions/runtime/route.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import type { Store } from "#functions/store/store.ts";
import type { Caller } from "#functions/values/caller.ts";
import type { Clock } from "#functions/values/clock.ts";
import type { RandomBytes, StoreId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import type { BrakeAct } from "#functions/velocity/brake-act.ts";
import { refusalFor } from "#functions/velocity/refusal.ts";
import { type DomainStore, savedDomain } from "./domain.store.ts";
import { challenged, type Domain, ProofMethod } from "./domain.ts";
import { viewDomain } from "./domain-view.ts";
import { covers, DomainScope, Host } from "./host.ts";
import { longestByDns } from "./prove-domain.ts";

export const NewDomain = z
  .strictObject({
    domain: Host,
    method: ProofMethod.default("dns"),
    scope: DomainScope.default("host"),
  })
  .refine(({ method, scope }) => method === "dns" || scope === "host", {
    error: "must be host: a file proves its own host only, a DNS record proves a subtree too",
    path: ["scope"],
  })
  .refine(({ method, domain }) => method === "https" || domain.length <= longestByDns, {
    error: "is too long for a record beside it; prove it by https",
    path: ["domain"],
  });
export type NewDomain = z.infer<typeof NewDomain>;

/** One page of a query, and more than a shop has. */
export const domainLimit = 50;

type Challenges = {
  table: Table;
  domains: DomainStore;
  stores: { get(storeId: StoreId): Promise<Pick<Store, "limits"> | undefined> };
  brake: BrakeAct;
  policy: OutboundPolicy;
  now: Clock;
  random: RandomBytes;
};

/**
 * Gives a token to publish. Asking again gives another, and the one before proves nothing any more; the same request
 * again gets the same.
 */
export const challengeDomain =
  (on: Challenges) =>
  (asked: Asked): Promise<Answer> =>
    answerOnce(on, asked.request, (known) => challenge(on, asked, known));

type Asked = { caller: Caller; body: NewDomain; request: RequestFacts };

const challenge = async (
  on: Challenges,
  asked: Asked,
  request: IdempotencyRequest,
): Promise<Answer | undefined> => {
  const { caller } = asked;
  const { domain: host, ...how } = asked.body;
  const all = await on.domains.list(caller.storeId);
  refuseUnfit(on.policy, all, host);
  const before = all.find((domain) => domain.host === host);
  if (!before) await brakeNew(on, caller, host);
  const { storeId, livemode } = caller;
  const token = Buffer.from(on.random(32)).toString("base64url");
  const after = challenged(before, { storeId, livemode, host, ...how }, token, on.now());
  const body = viewDomain(after);
  const lost = await tryCommit(on.table, [
    savedDomain(before, after),
    actOfKey(asked, {
      action: "domain.challenged",
      decidedBy: "store:write",
      at: after.updatedAt,
      about: { domain: host, method: how.method },
    }),
    storeAnswer(request, { now: on.now(), status: 201, answer: body }),
  ]);
  return lost.length > 0 ? undefined : { status: 201, body };
};

/** A name that the store never had; the same one again is the same. */
const brakeNew = async (
  on: Challenges,
  { storeId, principalId, livemode }: Caller,
  domain: string,
): Promise<void> => {
  const store = await on.stores.get(storeId);
  const braked = await on.brake("domain", {
    id: domain,
    subjects: { storeId, principalId },
    limits: store?.limits,
    livemode,
    about: { domain },
  });
  if (braked) throw refusalFor("No challenge was given.", braked.endsAt, on.now());
};

const refuseUnfit = (policy: OutboundPolicy, all: readonly Domain[], host: string): void => {
  if (!parseOutboundUrl(`https://${host}/`, policy))
    throw new Refusal("invalid", "domain must be a name of the public internet", { param: "$.domain" });
  const over = all.find((each) => each.status === "verified" && each.host !== host && covers(each, host));
  if (over) throw new Refusal("conflict", `${over.host} speaks for ${host} already.`, { param: "$.domain" });
  if (all.length >= domainLimit && !all.some((each) => each.host === host))
    throw new Refusal("limit_exceeded", `A store has at most ${domainLimit} domains.`);
};
