import { z } from "zod";
import { Instant, minutes } from "#functions/values/clock.ts";

/** How long an opened store key stays in memory: KMS is then not called per order, and a disabled key still bites. */
export const storeKeyKept = minutes(5);

/** Until every instance has read what was written, and whoever had read it before is done. */
const settled = storeKeyKept + minutes(1);

/** A store's key in all its versions, each wrapped by KMS. What a version has sealed, it opens for good. */
export const StoreKey = z.object({
  /** Oldest first. */
  versions: z
    .array(
      z.object({
        version: z.int().positive(),
        wrapped: z.instanceof(Uint8Array) as z.ZodType<Uint8Array>,
        addedAt: Instant,
      }),
    )
    .min(1),
  /** What is sealed now is sealed under it. A newer one is only known yet. */
  current: z.int().positive(),
  currentSince: Instant,
  /** The customers' index and keys were moved under it. */
  moved: z.int().positive(),
  /** Counts the writes: each is conditional on the one before. */
  revision: z.int().positive(),
});
export type StoreKey = z.infer<typeof StoreKey>;

export const firstStoreKey = (wrapped: Uint8Array, now: Instant): StoreKey => ({
  versions: [{ version: 1, wrapped, addedAt: now }],
  current: 1,
  currentSince: now,
  moved: 1,
  revision: 1,
});

export const newestOf = ({ versions }: StoreKey) => versions.at(-1) as StoreKey["versions"][number];

/** What comes next of a rotation, and when. `rest`: the newest version was added since then, and all is under it. */
export type Step = { readonly step: "add" | "switch" | "move" | "rest"; readonly at: Instant };

/**
 * First it is known everywhere, then it seals, then what lies there is moved: so nobody meets what they can't open, and
 * whoever looks for a person knows all the indexes that others write.
 */
export const nextStep = (key: StoreKey, since: Instant): Step => {
  const { version, addedAt } = newestOf(key);
  if (version > key.current) return { step: "switch", at: addedAt + settled };
  if (key.moved < key.current) return { step: "move", at: key.currentSince + settled };
  return { step: addedAt >= since ? "rest" : "add", at: since };
};

export const added = (before: StoreKey, wrapped: Uint8Array, now: Instant): StoreKey => ({
  ...before,
  versions: [...before.versions, { version: newestOf(before).version + 1, wrapped, addedAt: now }],
  revision: before.revision + 1,
});

export const switched = (before: StoreKey, now: Instant): StoreKey => ({
  ...before,
  current: newestOf(before).version,
  currentSince: now,
  revision: before.revision + 1,
});

export const moved = (before: StoreKey): StoreKey => ({
  ...before,
  moved: before.current,
  revision: before.revision + 1,
});
