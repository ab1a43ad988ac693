import { z } from "zod";
import type { Operation } from "#functions/runtime/route.ts";
import type { Page, Row, Table } from "#functions/runtime/table.ts";
import { toIso } from "#functions/values/clock.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { recordPrefix, recordsOf } from "./audit.store.ts";
import { Action, AuditRecord } from "./audit.ts";
import type { auditRoutes } from "./routes.ts";

const Time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

export const AuditEventsQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  /** `next` of the page before, in the same order and with the same filters. */
  after: z.string().max(500).optional(),
  order: z.enum(["newest", "oldest"]).default("newest"),
  action: Action.optional(),
  /** Both ends are in. */
  from: Time.optional(),
  to: Time.optional(),
});
type AuditEventsQuery = z.infer<typeof AuditEventsQuery>;

export const AuditEventView = z.object({
  id: z.string(),
  ...AuditRecord.omit({ at: true, storeId: true }).shape,
  at: z.iso.datetime(),
});
export const AuditEventsPage = z.object({ events: z.array(AuditEventView), next: z.string().optional() });

/** How many records a filter looks through at once: what is left is on the next page. */
const mostLookedAt = 1_000;

/** A page may hold fewer than asked for, or none, and yet have a `next`: then the filter found no more so far. */
export const listAuditEvents =
  (on: { table: Pick<Table, "query"> }): Operation<typeof auditRoutes.listAuditEvents> =>
  async ({ caller, query }) => {
    const after = placeOf(query, caller.storeId);
    const page = await on.table.query("audit", {
      pk: caller.storeId,
      ...bounds(query),
      descending: query.order === "newest",
      limit: query.action ? mostLookedAt : query.limit,
      ...(after && { after }),
    });
    const found = page.rows.filter(({ action }) => !query.action || action === query.action);
    const shown = found.slice(0, query.limit);
    const next = shown.length < found.length ? keyOf(shown.at(-1)) : page.next;
    return { status: 200, body: { events: shown.map(viewOf), next: next && idOf(next) } };
  };

const keyOf = (row: Row | undefined): Page["next"] => row && { pk: row.pk, sk: row.sk };

const bounds = ({ from, to }: AuditEventsQuery) => {
  const all = recordsOf("deployment");
  return {
    from: from === undefined ? all.from : `${recordPrefix}${toIso(from)}`,
    to: to === undefined ? all.to : `${recordPrefix}${toIso(to)}~`,
  };
};

/** The id is the record's place, so that a page can begin after it. */
const idOf = ({ sk }: { readonly sk: string }): string => `aud_${Buffer.from(sk).toString("base64url")}`;

const placeOf = ({ after }: AuditEventsQuery, pk: string): Page["next"] => {
  if (after === undefined) return undefined;
  const sk = Buffer.from(after.replace(/^aud_/, ""), "base64url").toString();
  if (sk.startsWith(recordPrefix) && idOf({ sk }) === after) return { pk, sk };
  throw new Refusal("invalid", "There is no such event.", { param: "$.after" });
};

const viewOf = (row: Row): z.infer<typeof AuditEventView> => {
  const { storeId: _, at, ...same } = AuditRecord.parse(row);
  return { id: idOf(row), ...same, at: toIso(at) };
};
