import type { Instant } from "#functions/values/clock.ts";
import { Refusal } from "#functions/values/refusal.ts";
import type { Scope } from "#functions/values/scope.ts";
import { areInside } from "./network.ts";

/** What a key may, from where and until when. */
export type Grant = {
  readonly scopes: readonly Scope[];
  readonly cidrs?: readonly string[] | undefined;
  readonly expiresAt?: Instant | undefined;
};

/** What counts as part of a scope, for who hands it on. */
const partsOf: Partial<Record<Scope, readonly Scope[]>> = {
  // An admin buys nothing, but it may let agents in: a checkout comes to nothing but an order of its own store.
  "orders:write": ["checkouts:read", "checkouts:write"],
  // Whoever may let others see people may let them say how they will treat what they see.
  "customers:read": ["agreements:write"],
};

/** What a key can hand on: what it has. */
export const handsOn = (scopes: readonly Scope[]): readonly Scope[] =>
  scopes.flatMap((scope) => [scope, ...(partsOf[scope] ?? [])]);

/** By these a key makes others: a copy of it that reached farther would make its own bounds void. */
const manages: readonly Scope[] = ["keys:write", "support:write"];

/**
 * Nobody can grant more than they have. Networks and time bind the one secret, not what is done by it: an agent that
 * an office lets in need not call from that office. So only keys that can grant again stay within their grantor's.
 */
export const refuseBeyond = (grantor: Grant, wanted: Grant): void => {
  const missing = wanted.scopes.filter((scope) => !handsOn(grantor.scopes).includes(scope));
  if (missing.length > 0)
    throw new Refusal("forbidden", `The calling key can't hand on what it lacks: ${missing.join(", ")}.`);
  if (!wanted.scopes.some((scope) => manages.includes(scope))) return;
  if (!isWithinNetworks(grantor, wanted))
    throw new Refusal("forbidden", "A key that manages keys must stay within the calling key's networks.");
  if ((wanted.expiresAt ?? Number.POSITIVE_INFINITY) > (grantor.expiresAt ?? Number.POSITIVE_INFINITY))
    throw new Refusal("forbidden", "A key that manages keys must not outlive the calling key.");
};

const isWithinNetworks = (grantor: Grant, wanted: Grant): boolean =>
  grantor.cidrs === undefined || (wanted.cidrs !== undefined && areInside(wanted.cidrs, grantor.cidrs));
