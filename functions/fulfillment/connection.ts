import { z } from "zod";
import { type Instant as At, hours, Instant, toIso } from "#functions/values/clock.ts";
import { PrincipalId, StoreId } from "#functions/values/id.ts";
import { Sealed } from "#functions/values/sealed.ts";

/** What becomes of an order that its shop did not answer for within a day. */
export const Unanswered = z.enum(["cancel", "hold"]);
export type Unanswered = z.infer<typeof Unanswered>;

/** How a store's orders reach its shop; a store without one is `native`. */
export const Connection = z.object({
  storeId: StoreId,
  kind: z.enum(["bridge"]),
  url: z.string(),
  unanswered: Unanswered,
  sealedSecret: Sealed,
  /** Who made it. */
  ownerId: PrincipalId,
  createdAt: Instant,
  /** Within an hour. */
  lastUsedAt: Instant.optional(),
});
export type Connection = z.infer<typeof Connection>;

export const times = { noteUse: hours(1) } as const;

/** Bound to the time as well: a secret that was replaced opens in no later row. */
export const secretPurpose = ({ createdAt }: Pick<Connection, "createdAt">): string =>
  `store-connector#${createdAt}`;

export const isUseNews = ({ lastUsedAt }: Connection, now: At): boolean =>
  lastUsedAt === undefined || lastUsedAt + times.noteUse <= now;

/** As the API shows it: never with its secret. */
export const ConnectionView = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("native") }),
  z.object({
    ...Connection.pick({ url: true, unanswered: true, ownerId: true }).shape,
    kind: z.literal("bridge"),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().optional(),
  }),
]);
export type ConnectionView = z.infer<typeof ConnectionView>;

export const viewConnection = (connection: Connection | undefined): ConnectionView => {
  if (!connection) return { kind: "native" };
  const { kind, url, unanswered, ownerId, createdAt, lastUsedAt } = connection;
  const used = lastUsedAt === undefined ? {} : { lastUsedAt: toIso(lastUsedAt) };
  return { kind, url, unanswered, ownerId, createdAt: toIso(createdAt), ...used };
};
