import { z } from "zod";
import { days, hours, Instant, minutes, toIso } from "#functions/values/clock.ts";
import { countries } from "#functions/values/country.ts";
import { PrincipalId, ProductId, StoreId } from "#functions/values/id.ts";
import { Sealed } from "#functions/values/sealed.ts";

export const FeedName = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, {
  error: "must be a name of small letters, digits and hyphens",
});

/** As the agent names it. */
export const FeedId = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[!-~]+$/);
export const TargetCountry = z.string().refine((code) => countries.has(code), { error: "must be a country" });

/** A feed that an agent keeps and the store fills (ACP 2026-04-17, Feed API): where, by what right, and how far. */
export const AgentFeed = z.object({
  storeId: StoreId,
  /** Its store's own word for it. */
  name: FeedName,
  /** What comes before `/feeds`. */
  url: z.string(),
  targetCountry: z.string().optional(),
  /** Absent until the agent has made it. */
  feedId: FeedId.optional(),
  sealedCredential: Sealed,
  credentialAt: Instant,
  /** Who put it first. */
  ownerId: PrincipalId,
  createdAt: Instant,
  /** What was pushed before that is pushed anew. */
  putAt: Instant,
  /** The product after which this walk over the catalog goes on. */
  after: ProductId.optional(),
  /** What the agent does not take as it is, of this walk; the first of them. */
  refused: z.array(ProductId).max(20),
  failures: z.int(),
  failingSince: Instant.optional(),
  lastStatus: z.int().optional(),
  /** When all that is sold was last known to be there. */
  pushedAt: Instant.optional(),
});
export type AgentFeed = z.infer<typeof AgentFeed>;

export const feedLimit = 10;

export const times = {
  /** How often a walk looks for what has changed. */
  walk: minutes(5),
  /** Longer than one look takes. */
  lease: minutes(1),
  /** How long it is known what an agent was told last; it must not be forgotten while the agent may know it. */
  known: days(90),
  /** When a product is told again, though nothing of it has changed: who refused it may have been wrong. */
  again: { sent: 0, refused: days(1), taken: days(60) },
  /** A feed that fails for so long raises an alarm, at each try. */
  alarm: hours(24),
} as const;

/** After the first, second, … failure in a row; the last one for ever. What changes meanwhile is in the next push. */
const waits = [minutes(1), minutes(5), minutes(30), hours(2), hours(5)] as const;
export const waitAfter = (failures: number): number => waits[failures - 1] ?? hours(5);

/** A credential that was replaced opens in no later row. */
export const credentialPurpose = ({ name, credentialAt }: Pick<AgentFeed, "name" | "credentialAt">): string =>
  `agent-feed#${name}#${credentialAt}`;

/** As the API shows it: never with its credential. */
export const AgentFeedView = z.object({
  ...AgentFeed.pick({
    name: true,
    url: true,
    targetCountry: true,
    feedId: true,
    ownerId: true,
    refused: true,
    lastStatus: true,
  }).shape,
  createdAt: z.iso.datetime(),
  pushedAt: z.iso.datetime().optional(),
  failingSince: z.iso.datetime().optional(),
});
export type AgentFeedView = z.infer<typeof AgentFeedView>;

export const viewFeed = (feed: AgentFeed): AgentFeedView => {
  const { name, url, targetCountry, feedId, ownerId, refused, lastStatus } = feed;
  const { createdAt, pushedAt, failingSince } = feed;
  return {
    ...{ name, url, targetCountry, feedId, ownerId, refused, lastStatus },
    createdAt: toIso(createdAt),
    ...(pushedAt !== undefined && { pushedAt: toIso(pushedAt) }),
    ...(failingSince !== undefined && { failingSince: toIso(failingSince) }),
  };
};
