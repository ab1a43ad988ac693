import { z } from "zod";
import { type Instant as At, hours, Instant, minutes, toIso } from "#functions/values/clock.ts";
import { PrincipalId, ProductId, StoreId } from "#functions/values/id.ts";
import { Currency } from "#functions/values/money.ts";
import { ConnectionSecret, live, secretLimit } from "./connection-secret.ts";
import { Receiver, Standing, standingOf } from "./receiver.ts";

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

/** How far a shop is followed. */
export const Followed = z.object({
  /** Its orders are read as they stood then, by its own clock. */
  since: Instant,
  /** What was read of that very second, each as it stood: `1001:completed`. */
  seen: z.array(z.string().max(60)).max(100),
  /** When this walk over what is sold began, and the product after which it goes on. */
  walkedAt: Instant,
  after: ProductId.optional(),
  /** When its orders and products could be read last. */
  readAt: Instant.optional(),
});
export type Followed = z.infer<typeof Followed>;

/** How a store's orders reach its shop; a store without one is `native`. */
export const Connection = z.object({
  storeId: StoreId,
  kind: Kind,
  url: z.string(),
  unanswered: Unanswered,
  /** Newest first; of WooCommerce one. */
  secrets: z.array(ConnectionSecret).min(1).max(secretLimit),
  /** Counts the rolls: each is conditional on the one before. */
  rolls: z.int(),
  /** Who made it. */
  ownerId: PrincipalId,
  createdAt: Instant,
  /** Within an hour. */
  lastUsedAt: Instant.optional(),
  /** What a bridge said last that it is. */
  receiver: Receiver.optional(),
  /** As the shop said them last. In this row, so that they end with it. */
  settings: ShopSettings.optional(),
  followed: Followed.optional(),
});
export type Connection = z.infer<typeof Connection>;

export const times = {
  noteUse: hours(1),
  /** Settings are read again after that, and while the shop can't be read they are used, and called stale, so long. */
  settings: { fresh: minutes(15), stale: hours(24) },
  /** How often a shop is asked what became of its orders, and a walk over what it sells begins. */
  follow: minutes(5),
  walk: minutes(15),
  /** Longer than one look takes; so soon a walk that is not done goes on. */
  lease: minutes(1),
  /** A shop that can't be read for so long raises an alarm, and each hour from then on. */
  silent: { after: hours(24), again: hours(1) },
  /** Clocks differ. */
  margin: hours(1),
} as const;

/** Only a shop whose orders say what became of them has to be asked; a bridge tells over REST. */
export const isFollowed = ({ kind }: Pick<Connection, "kind">): boolean => kind === "woocommerce";

export const followedFrom = ({ followed, createdAt }: Connection): Followed =>
  followed ?? { since: createdAt - times.margin, seen: [], walkedAt: 0 };

export const isUseNews = ({ lastUsedAt }: Connection, now: At): boolean =>
  lastUsedAt === undefined || lastUsedAt + times.noteUse <= now;

/** As the API shows it: never with a secret, but when each that signs was made and until when it does. */
export const ConnectionView = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("native") }),
  z.object({
    ...Connection.pick({ url: true, unanswered: true, ownerId: true }).shape,
    kind: Kind,
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().optional(),
    secrets: z.array(z.object({ createdAt: z.iso.datetime(), expiresAt: z.iso.datetime().optional() })),
    /** What answered last, and whether it may go on. */
    receiver: z.object({ version: Receiver, ...Standing.shape }).optional(),
    /** When its orders and products could be read last. */
    readAt: z.iso.datetime().optional(),
    settings: z
      .object({ ...ShopSettings.omit({ readAt: true }).shape, readAt: z.iso.datetime(), stale: z.boolean() })
      .optional(),
  }),
]);
export type ConnectionView = z.infer<typeof ConnectionView>;

export const viewConnection = (connection: Connection | undefined, now: At): ConnectionView => {
  if (!connection) return { kind: "native" };
  const { kind, url, unanswered, ownerId, createdAt, lastUsedAt, receiver, followed } = connection;
  const known = knownSettings(connection, now);
  return {
    ...{ kind, url, unanswered, ownerId, createdAt: toIso(createdAt) },
    ...(lastUsedAt !== undefined && { lastUsedAt: toIso(lastUsedAt) }),
    secrets: live(connection.secrets, now).map(({ createdAt: madeAt, expiresAt }) => ({
      createdAt: toIso(madeAt),
      ...(expiresAt !== undefined && { expiresAt: toIso(expiresAt) }),
    })),
    ...(receiver !== undefined && { receiver: { version: receiver, ...standingOf(receiver, now) } }),
    ...(followed?.readAt !== undefined && { readAt: toIso(followed.readAt) }),
    ...(known && { settings: { ...known, readAt: toIso(known.readAt), stale: isStale(known, now) } }),
  };
};

export const isStale = ({ readAt }: ShopSettings, now: At): boolean => readAt + times.settings.fresh <= now;

/** `undefined`: too old to be used for anything. */
export const knownSettings = ({ settings }: Connection, now: At): ShopSettings | undefined =>
  settings && settings.readAt + times.settings.stale > now ? settings : undefined;
