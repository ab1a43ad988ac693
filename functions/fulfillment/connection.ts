import { z } from "zod";
import { type Instant as At, hours, Instant, minutes, toIso } from "#functions/values/clock.ts";
import { PrincipalId, StoreId } from "#functions/values/id.ts";
import { Currency } from "#functions/values/money.ts";
import { Sealed } from "#functions/values/sealed.ts";

/** What becomes of an order that its shop did not answer for within a day. */
export const Unanswered = z.enum(["cancel", "hold"]);
export type Unanswered = z.infer<typeof Unanswered>;

export const Kind = z.enum(["bridge", "woocommerce"]);
export type Kind = z.infer<typeof Kind>;

/** All that is kept of a shop's settings: nobody's address, no price and no stock. */
export const ShopSettings = z.object({
  currency: Currency,
  pricesIncludeTax: z.boolean(),
  timeZone: z.string().max(64),
  taxClasses: z.array(z.string().max(200)).max(100),
  readAt: Instant,
});
export type ShopSettings = z.infer<typeof ShopSettings>;

/** How a store's orders reach its shop; a store without one is `native`. */
export const Connection = z.object({
  storeId: StoreId,
  kind: Kind,
  url: z.string(),
  unanswered: Unanswered,
  /** A bridge's secret; of WooCommerce key and secret as HTTP Basic has them. */
  sealedSecret: Sealed,
  /** Who made it. */
  ownerId: PrincipalId,
  createdAt: Instant,
  /** Within an hour. */
  lastUsedAt: Instant.optional(),
  /** As the shop said them last. In this row, so that they end with it. */
  settings: ShopSettings.optional(),
});
export type Connection = z.infer<typeof Connection>;

export const times = {
  noteUse: hours(1),
  /** Settings are read again after that, and while the shop can't be read they are used, and called stale, so long. */
  settings: { fresh: minutes(15), stale: hours(24) },
} as const;

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
    kind: Kind,
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().optional(),
    settings: z
      .object({ ...ShopSettings.omit({ readAt: true }).shape, readAt: z.iso.datetime(), stale: z.boolean() })
      .optional(),
  }),
]);
export type ConnectionView = z.infer<typeof ConnectionView>;

export const viewConnection = (connection: Connection | undefined, now: At): ConnectionView => {
  if (!connection) return { kind: "native" };
  const { kind, url, unanswered, ownerId, createdAt, lastUsedAt } = connection;
  const known = knownSettings(connection, now);
  return {
    ...{ kind, url, unanswered, ownerId, createdAt: toIso(createdAt) },
    ...(lastUsedAt !== undefined && { lastUsedAt: toIso(lastUsedAt) }),
    ...(known && { settings: { ...known, readAt: toIso(known.readAt), stale: isStale(known, now) } }),
  };
};

export const isStale = ({ readAt }: ShopSettings, now: At): boolean => readAt + times.settings.fresh <= now;

/** `undefined`: too old to be used for anything. */
export const knownSettings = ({ settings }: Connection, now: At): ShopSettings | undefined =>
  settings && settings.readAt + times.settings.stale > now ? settings : undefined;
