import { z } from "zod";
import { actOfKey } from "#functions/audit/audit.store.ts";
import type { Answer, RequestFacts } from "#functions/runtime/route.ts";
import { type Table, tryCommit, type Write } from "#functions/runtime/table.ts";
import type { Caller } from "#functions/values/caller.ts";
import type { Clock } from "#functions/values/clock.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { unfixedCurrency } from "./currency.store.ts";
import { callersStore, type ShowsStore, showStore } from "./get-store.ts";
import { replacedStorefront, type StoreStore, savedStore } from "./store.store.ts";
import { changed, type Store, StoreSettings } from "./store.ts";
import { storefrontVersion } from "./storefront.ts";
import { usedAccount } from "./stripe-account.store.ts";

const { support, privacyParagraph, stripeAccount, stripeProfile, threeDSecure, retention, limits } =
  StoreSettings.shape;

/** Each setting given replaces the whole of it; `null` clears one that a store can do without. */
export const StorePatch = z.strictObject({
  ...StoreSettings.partial().shape,
  support: support.nullable(),
  privacyParagraph: privacyParagraph.nullable(),
  stripeAccount: stripeAccount.nullable(),
  stripeProfile: stripeProfile.nullable(),
  threeDSecure: threeDSecure.nullable(),
  retention: retention.nullable(),
  limits: limits.nullable(),
});
export type StorePatch = z.infer<typeof StorePatch>;

/**
 * Changes the caller's store. Its mode never changes, its currency not once it has products: their prices are
 * numbers in that currency.
 */
export const patchStore =
  (on: ShowsStore & { stores: StoreStore; table: Pick<Table, "commit">; now: Clock }) =>
  async (asked: Asked): Promise<Answer> => {
    const { caller, body } = asked;
    refuseMoney(asked);
    const before = await callersStore(on.stores, caller);
    const after = patched(before, body, on.now());
    const lost = await tryCommit(on.table, [
      savedStore(before, after),
      recordOf(asked, after),
      ...redecorated(before, after),
      ...(after.stripeAccount === before.stripeAccount ? [] : [usedAccount(after)]),
      ...(after.currency === before.currency ? [] : [unfixedCurrency(before.id)]),
    ]);
    if (lost.some(({ table }) => table === "commerce")) {
      throw new Refusal("conflict", "The currency can't change once the store has products.", {
        param: "$.currency",
      });
    }
    if (lost.length > 0) {
      throw new Refusal("conflict", "The store was changed at the same time; read it and try again.");
    }
    return { status: 200, body: await showStore(on, after) };
  };

/** Whoever supports a store for minutes must not say for good who gets its money. */
const refuseMoney = ({ caller, body }: Pick<Asked, "caller" | "body">): void => {
  const named = (["stripeAccount", "stripeProfile"] as const).find((name) => body[name] !== undefined);
  if (!named || caller.scopes.includes("connections:write")) return;
  throw new Refusal("forbidden", `${named} is changed by a key with the scope connections:write.`, {
    param: `$.${named}`,
  });
};

const redecorated = (before: Store, after: Store): Write[] =>
  storefrontVersion(after) === storefrontVersion(before) ? [] : [replacedStorefront(before, after.updatedAt)];

type Asked = { caller: Caller; body: StorePatch; request: RequestFacts };

/** Which settings, where the money goes and what is braked from now on: the record before it says what it was. */
const recordOf = (asked: Asked, { stripeAccount, stripeProfile, limits = {}, updatedAt }: Store): Write => {
  const given = Object.keys(asked.body);
  const brakes = Object.entries(limits).map(([rule, limit]) => `${rule}=${limit}`);
  const said = { stripeAccount, stripeProfile, limits: brakes.join(" ") || undefined };
  const named = Object.entries(said).filter(([name]) => given.includes(name));
  return actOfKey(asked, {
    action: "store.changed",
    decidedBy: "store:write",
    at: updatedAt,
    about: {
      settings: given.join(","),
      ...Object.fromEntries(named.map(([name, id]) => [name, id ?? "none"])),
    },
  });
};

const patched = (store: Store, patch: StorePatch, now: number): Store => {
  const given = Object.entries(patch).filter(([, value]) => value !== undefined);
  const settings = Object.fromEntries(given.map(([name, value]) => [name, value ?? undefined]));
  return changed(store, settings, now);
};
