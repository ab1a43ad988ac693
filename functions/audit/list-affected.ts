import { z } from "zod";
import type { Table } from "#functions/runtime/table.ts";
import { WalkCursor, walkRows } from "#functions/runtime/walk-rows.ts";
import { type Clock, seconds, toIso } from "#functions/values/clock.ts";
import { StoreId } from "#functions/values/id.ts";
import { recordsByTime } from "./audit.store.ts";
import { type Actor, AuditRecord } from "./audit.ts";
import { recordLook } from "./record-look.ts";

/** Times come as people write them. */
const Time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

export const ListAffected = z.strictObject({
  /** Read by this license key; absent: by anybody. */
  keyId: z.string().optional(),
  from: Time.optional(),
  to: Time.optional(),
  storeId: StoreId.optional(),
  cursor: WalkCursor.optional(),
});
export type ListAffected = z.infer<typeof ListAffected>;

const perCall = seconds(20);

export type ListsAffected = { table: Table; now: Clock };

/** After a breach: whose data was shown, to the key or in the time, with the last time that each was. */
export const listAffected =
  (on: ListsAffected) =>
  async ({ cursor, ...asked }: ListAffected, actor: Actor): Promise<object> => {
    const { keyId, storeId, from, to } = asked;
    const about = keyId === undefined ? {} : { about: { keyId } };
    if (!cursor) await recordLook(on, { action: "affected.listed", actor, storeId, ...about });
    const affected = new Map<string, string>();
    const part = { looked: 0, reads: 0 };
    const visit = async ({ pk, sk }: { pk: string; sk: string }) => {
      part.looked += 1;
      const { data } = AuditRecord.safeParse(await on.table.get("audit", { pk, sk }));
      if (!data || !concerns(asked, data)) return;
      part.reads += 1;
      for (const subject of data.subjects ?? []) affected.set(subject, toIso(data.at));
    };
    const query = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
    const parts = recordsByTime.map(
      (shard) => ({ table: "audit", query: { ...shard, ...query }, visit }) as const,
    );
    const next = await walkRows(on, parts, {
      from: cursor ?? { part: 0 },
      until: on.now() + perCall,
    });
    const answer = { part: { ...part, affected: Object.fromEntries(affected) } };
    return { done: next === undefined, ...answer, ...(next && { cursor: next }) };
  };

const concerns = (asked: Omit<ListAffected, "cursor">, record: AuditRecord): boolean =>
  record.subjects !== undefined &&
  (asked.keyId === undefined || record.actor.keyId === asked.keyId) &&
  (asked.storeId === undefined || record.storeId === asked.storeId);
