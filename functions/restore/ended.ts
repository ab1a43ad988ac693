import type { Action, AuditRecord } from "#functions/audit/audit.ts";
import type { StoreId } from "#functions/values/id.ts";

/** What is over by the records since, so that no older row may say otherwise. */
export type Ended = {
  /** All records since are there. If not, anything may be over, and whatever opens something comes back shut. */
  readonly isWhole: boolean;
  /** `key#…`, `principal#…`, `grant#…`, `endpoint#…`, `domain#<store>#<host>` */
  readonly names: ReadonlySet<string>;
  /** The last word on what is turned one way and the other: `store#…`, `tokens#…`, `tokens#all`, `host#…`, `endpoint#…`, `connector#…`, `agent-feed#…`. */
  readonly last: ReadonlyMap<string, AuditRecord>;
  readonly erasures: readonly AuditRecord[];
};

type Names = (record: AuditRecord) => string | undefined;
type Says = { readonly ends?: readonly Names[]; readonly turns?: Names; readonly erases?: true };

const about =
  (kind: string, id: string): Names =>
  (record) =>
    record.about?.[id] === undefined ? undefined : `${kind}#${record.about[id]}`;
const key = about("key", "keyId");
const domain: Names = ({ storeId, about: { domain: host } = {} }) => host && domainName(storeId, host);
const store: Names = ({ storeId }) => storeId && `store#${storeId}`;
const connector: Names = ({ storeId }) => `connector#${storeId}`;
const agentFeed: Names = ({ storeId, about: { name } = {} }) => name && agentFeedName(storeId, name);
const tokens: Names = ({ storeId }) => `tokens#${storeId ?? "all"}`;
/** On or off; other changes say nothing of it. */
const switched: Names = ({ about: { endpointId, status } = {} }) => status && `endpoint#${endpointId}`;

export const agentFeedName = (storeId: unknown, name: unknown): string => `agent-feed#${storeId}#${name}`;
export const domainName = (storeId: string | undefined, host: string): string => `domain#${storeId}#${host}`;

const endsKey: Says = { ends: [key] };
const endsDomain: Says = { ends: [domain] };
const nothing: Says = { ends: [] };

/**
 * What each act means for an older row of what it was done to. A key that was narrowed is over like one that was revoked:
 * the older row could do more. An act that is not in this list does not compile.
 */
const meanings: Readonly<Record<Action, Says>> = {
  "tokens.killed": { turns: tokens },
  "tokens.accepted": { turns: tokens },
  "domain.verified": { turns: about("host", "domain") },
  "domain.suspended": endsDomain,
  "domain.transferred": endsDomain,
  "domain.removed": endsDomain,
  "erasure.requested": { erases: true },
  "erasure.done": { erases: true },
  "customer.read": nothing,
  "customer.told": nothing,
  "customer.exported": nothing,
  "customer.rectified": nothing,
  "customer.restricted": nothing,
  "customer.unrestricted": nothing,
  // With its first domain, which speaks for it and for no other store from then on.
  "store.created": { turns: about("host", "domain") },
  "store.suspended": { turns: store },
  "store.resumed": { turns: store },
  "store.closed": { turns: store },
  "divergence.heal": nothing,
  "order.read": nothing,
  "audit.read": nothing,
  "audit.verified": nothing,
  "audit.exported": nothing,
  "affected.listed": nothing,
  "support.request": nothing,
  "support.granted": nothing,
  "support.ended": { ends: [about("grant", "grantId"), key] },
  "support.read": nothing,
  "keys.read": nothing,
  "key.issued": nothing,
  "key.rolled": endsKey,
  "key.roll_canceled": { ends: [about("key", "successorId")] },
  "key.restricted": endsKey,
  "key.revoked": endsKey,
  "key.exposed": endsKey,
  "key.leaked": endsKey,
  "key.suspended": endsKey,
  "key.shared": nothing,
  "keys.reviewed": nothing,
  "principal.revoked": { ends: [about("principal", "principalId")] },
  "data_protection.accepted": nothing,
  "pepper.rotated": nothing,
  "webhook_secret.rolled": nothing,
  "stripe_secrets.put": nothing,
  "store_key.rotated": nothing,
  "store_keys.rewrapped": nothing,
  "webhook.resent": nothing,
  "webhooks.replayed": nothing,
  "webhook_endpoint.created": nothing,
  "webhook_endpoint.changed": { turns: switched },
  "webhook_endpoint.verified": nothing,
  "webhook_endpoint.removed": { ends: [about("endpoint", "endpointId")] },
  "store.changed": nothing,
  "connector.put": { turns: connector },
  "connector_secret.rolled": nothing,
  "connector.removed": { turns: connector },
  "agent_feed.put": { turns: agentFeed },
  "agent_feed.removed": { turns: agentFeed },
  "domain.challenged": nothing,
  "products.put": nothing,
  "stock.changed": nothing,
  "discounts.put": nothing,
  "refund.requested": nothing,
  "cancellation.requested": nothing,
  "fulfillment.recorded": nothing,
  "restore.begun": nothing,
  "restore.done": nothing,
};

/** `records` in order of time. */
export const endedBy = (records: readonly AuditRecord[], isWhole: boolean): Ended => ({
  isWhole,
  names: new Set(
    records.flatMap((record) => (meanings[record.action].ends ?? []).flatMap((name) => name(record) ?? [])),
  ),
  last: new Map(
    records.flatMap((record) => {
      const name = meanings[record.action].turns?.(record);
      return name === undefined ? [] : [[name, record] as const];
    }),
  ),
  erasures: records.filter(({ action }) => meanings[action].erases),
});

export const isOver = ({ isWhole, names }: Ended, name: string): boolean => !isWhole || names.has(name);

/** Whether the domain may still speak for that store: it did not end, and no other store has proven it since. */
export const isSilenced = (ended: Ended, storeId: StoreId, host: string): boolean => {
  const prover = ended.last.get(`host#${host}`)?.storeId ?? storeId;
  return isOver(ended, domainName(storeId, host)) || prover !== storeId;
};
