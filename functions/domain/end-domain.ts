import { domainSuspended } from "#events/domain-suspended.ts";
import { domainTransferred } from "#events/domain-transferred.ts";
import { recordedAct } from "#functions/audit/audit.store.ts";
import type { AuditRecord } from "#functions/audit/audit.ts";
import { recordEvent } from "#functions/outbox/outbox.ts";
import type { Write } from "#functions/runtime/table.ts";
import { savedStanding } from "#functions/store/selling.store.ts";
import { changed, type Store } from "#functions/store/store.ts";
import { type Claim, claimOf } from "./claim.ts";
import { savedClaim, savedDomain } from "./domain.store.ts";
import type { Domain } from "./domain.ts";

/** Who did it, why and by what right. */
export type Act = Pick<AuditRecord, "actor" | "decidedBy" | "reason">;

export type Ending = {
  readonly before: Domain;
  readonly after: Domain;
  readonly store: Store;
  readonly claim: Claim | undefined;
};

/**
 * All that changes when a domain ends, in one transaction: no session is begun after it, another store may prove it,
 * and the owner is told of what it did not do itself. `claim`: nothing where another store takes it over. `act`: nothing
 * where it ends by an act that has its record.
 */
export const endedWrites = ({ before, after, store, claim }: Ending, act: Act | undefined): Write[] => [
  savedDomain(before, after),
  ...(before.status === "verified" ? silenced({ before, after, store, claim }) : []),
  ...told(after),
  ...(act ? [recordOf(after, act)] : []),
];

const recordOf = ({ status, storeId, updatedAt, host }: Domain, act: Act): Write =>
  recordedAct({
    ...act,
    action: `domain.${status as "suspended" | "transferred" | "removed"}`,
    storeId,
    at: updatedAt,
    about: { domain: host },
  });

const silenced = ({ after, store, claim }: Ending): Write[] => {
  const verifiedDomains = store.verifiedDomains.filter((host) => host !== after.host);
  return [
    ...savedStanding(store, changed(store, { verifiedDomains }, after.updatedAt)),
    ...(claim?.storeId === after.storeId ? [savedClaim(claim, claimOf(claim, after))] : []),
  ];
};

const told = (domain: Domain): Write[] => {
  const { storeId, livemode, host, status, version, updatedAt: occurredAt } = domain;
  const definition = events[status];
  if (!definition) return [];
  const data = { domain: host };
  return [
    recordEvent({ definition, storeId, livemode, subject: `domain:${host}`, version, occurredAt, data }),
  ];
};

const events: Readonly<Partial<Record<Domain["status"], typeof domainSuspended | typeof domainTransferred>>> =
  {
    suspended: domainSuspended,
    transferred: domainTransferred,
  };
