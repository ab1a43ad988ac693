import { createdPrincipal } from "#functions/access/principal.store.ts";
import { Principal } from "#functions/access/principal.ts";
import { nameKept } from "#functions/access/principal-name.store.ts";
import { Claim } from "#functions/domain/claim.ts";
import { savedClaim, savedDomain } from "#functions/domain/domain.store.ts";
import { Domain, ended as endedDomain } from "#functions/domain/domain.ts";
import { lastVersion } from "#functions/outbox/outbox.store.ts";
import { notDue } from "#functions/runtime/due.ts";
import type { Row } from "#functions/runtime/table.ts";
import { goneAfterClosing } from "#functions/store/retention.ts";
import { fencesOf } from "#functions/store/selling.store.ts";
import { createdStore } from "#functions/store/store.store.ts";
import { Store } from "#functions/store/store.ts";
import { createdGrant } from "#functions/support/support-grant.store.ts";
import { ended as endedGrant, SupportGrant } from "#functions/support/support-grant.ts";
import { StoreId } from "#functions/values/id.ts";
import { agentFeedName, type Ended, isOver, isSilenced } from "./ended.ts";
import { asItWas, never, put, type Rule } from "./rule.ts";

const same = asItWas("access");

/**
 * Who may call, and whose shop it is. What was shut since the copy comes back shut, by the records of it; what was opened
 * since comes back as the copy has it. A person opens it again.
 */
export const accessRules = {
  store: (row, { ended }) => {
    const store = asItStands(Store.parse(row), ended);
    return [createdStore(store), ...fencesOf(store)];
  },
  storefront: same,
  "store-key": same,
  "stripe-account": same,
  tokens: same,
  /** Who was disconnected gets nothing again. One that was replaced refuses us, so its orders wait for somebody to look. */
  connector: (row, { ended }) =>
    ended.last.get(`connector#${row["storeId"]}`)?.action === "connector.removed"
      ? []
      : [put("access", ending(row, ended))],
  /** The same of an agent's feed. What it was told since is told again. */
  "agent-feed": (row, { ended }) =>
    ended.last.get(agentFeedName(row["storeId"], row["name"]))?.action === "agent_feed.removed"
      ? []
      : [put("access", ending(row, ended))],
  /** Comes with its store. */
  fence: never,
  /** Of the last minutes. */
  counter: never,
  claim: (row, { ended }) => {
    const claim = Claim.parse(row);
    const free = claim.free || isSilenced(ended, claim.storeId, claim.host);
    return [savedClaim(undefined, { ...claim, free })];
  },
  domain: async (row, { ended, now, table }) => {
    const { version, ...domain } = Domain.parse(row);
    const { storeId, host, status } = domain;
    const told = await lastVersion(table, { storeId, subject: `domain:${host}` });
    const before = { ...domain, version: Math.max(version, told) };
    const isOff = status === "verified" && isSilenced(ended, storeId, host);
    return [savedDomain(undefined, isOff ? endedDomain(before, "suspended", now) : before)];
  },
  principal: (row, { ended, now }) => {
    const principal = Principal.parse(row);
    const { revokedAt = ended.names.has(`principal#${principal.id}`) ? now : undefined } = principal;
    return [createdPrincipal({ ...principal, revokedAt })];
  },
  /** Whoever left since the copy was made is forgotten as if they left now. */
  name: (row, { ended, now }) => {
    const isOff = ended.names.has(row.sk.replace("name#", "principal#"));
    const end = Math.min(Number(row["expiresAtSeconds"]), Math.ceil((now + nameKept) / 1_000));
    return [put("access", isOff ? { ...row, expiresAtSeconds: end } : row)];
  },
  support: (row, { ended, now }) => {
    const grant = SupportGrant.parse(row);
    const isOff = grant.status === "active" && isOver(ended, `grant#${grant.id}`);
    return [isOff ? createdGrant(endedGrant(grant, "called", now)) : put("access", row)];
  },
  key: async (row, { ended, now, table }) => {
    // The pointer by which its store lists it.
    if (row["publicId"] === undefined) return [put("access", row)];
    const subject = `key:${row["publicId"]}` as const;
    const told = await lastVersion(table, { storeId: StoreId.parse(row["storeId"]), subject });
    return [
      put("access", { ...asItOpens(row, ended, now), version: Math.max(Number(row["version"]), told) }),
    ];
  },
  progress: never,
} as const satisfies Record<string, Rule>;

/** A key that was narrowed could do more before, so it is not taken back to that either. */
const asItOpens = (row: Row, ended: Ended, now: number): Row => {
  const isOff = isOver(ended, `key#${row["publicId"]}`) || ended.names.has(`principal#${row["principalId"]}`);
  if (isOff && row["revokedAt"] === undefined)
    return { ...row, revokedAt: now, sealedKey: undefined, ...notDue };
  const stopped = stoppedBy(String(row["storeId"]), ended);
  return stopped && row["storeStoppedAt"] === undefined ? { ...row, storeStoppedAt: stopped.at } : row;
};

const stoppedBy = (storeId: string, { last }: Ended) => {
  const act = last.get(`store#${storeId}`);
  return act && act.action !== "store.resumed" ? act : undefined;
};

/** Of a store that was closed since nothing stays by which it is reached. */
export const ending = (row: Row, ended: Ended): Row => {
  const act = stoppedBy(String(row["storeId"]), ended);
  return act?.action === "store.closed" ? { ...goneAfterClosing(act.at), ...row } : row;
};

const asItStands = (store: Store, ended: Ended): Store => ({
  ...store,
  status: standingOf(store, ended),
  verifiedDomains: store.verifiedDomains.filter((host) => !isSilenced(ended, store.id, host)),
  ...killedTokens(store, ended),
});

const standingOf = ({ id, status }: Store, ended: Ended): Store["status"] => {
  if (status === "closed") return status;
  const stopped = stoppedBy(id, ended);
  if (stopped) return stopped.action === "store.closed" ? "closed" : "suspended";
  return ended.isWhole ? status : "suspended";
};

const killedTokens = ({ id, tokensKilledAt }: Store, { last }: Ended): Partial<Store> => {
  const killed = [last.get("tokens#all"), last.get(`tokens#${id}`)].find(
    (act) => act?.action === "tokens.killed",
  );
  if (tokensKilledAt !== undefined || !killed) return {};
  return { tokensKilledAt: killed.at, tokensKilledWith: killed.storeId ? "store" : "all" };
};
