import { missing } from "#functions/runtime/condition.ts";
import { shardOf, shards } from "#functions/runtime/due.ts";
import type { RequestFacts } from "#functions/runtime/route.ts";
import type { Attribute, Key, Write } from "#functions/runtime/table.ts";
import type { Caller } from "#functions/values/caller.ts";
import { type Instant, toIso } from "#functions/values/clock.ts";
import type { StoreId } from "#functions/values/id.ts";
import type { Scope } from "#functions/values/scope.ts";
import { AuditRecord, actorOf, type Chain, reasonIn } from "./audit.ts";

/**
 * The record as a write: it goes into the transaction of the act itself, so that an act without a record cannot be.
 * Under its store in the order of time; no function may change or remove one. `of` tells several of one request apart.
 */
export const recordedAct = (act: AuditRecord, of?: string): Write => {
  const { at, action, actor } = act;
  const id = `${toIso(at)}#${action}#${actor.requestId}`;
  return appended(act, of === undefined ? id : `${id}#${of}`);
};

/** What a key asked for and its scope is for: `recordedAct` of that request. */
export const actOfKey = (
  { caller, request }: { readonly caller: Caller; readonly request: RequestFacts },
  act: Pick<AuditRecord, "action" | "at" | "about"> & { readonly decidedBy: Scope },
  of?: string,
): Write =>
  recordedAct(
    {
      ...act,
      actor: actorOf(caller, request),
      storeId: caller.storeId,
      reason: reasonIn(request),
    },
    of,
  );

/** `id`: what makes the act this one, where a repeat must not be a second record. */
export const appended = (act: AuditRecord, id: string): Write => {
  const pk = chainOf(act.storeId);
  return {
    table: "audit",
    key: { pk, sk: `${recordPrefix}${id}` },
    change: { put: { ...(AuditRecord.parse(act) as Attributes), ...listed(pk, act.at) } },
    condition: missing(),
  };
};

type Attributes = Readonly<Record<string, Attribute | undefined>>;

export const chainOf = (storeId: StoreId | undefined): Chain => storeId ?? "deployment";

export const recordPrefix = "act#";

/** Every record for ever in this index, by time: what is new in any chain is found without looking at each. */
const listed = (pk: string, at: Instant) => ({ list: recordsKey(shardOf(pk)), listAt: at });
const recordsKey = (shard: number): string => `acts#${shard}`;
export const recordsByTime = shards.map((shard) => ({ index: "list", pk: recordsKey(shard) }) as const);

/** All records of a chain. */
export const recordsOf = (chain: Chain) => ({ pk: chain, from: recordPrefix, to: `${recordPrefix}~` });

export const recordRow = (chain: Chain, sk: string): Key => ({ pk: chain, sk });
