import type { Role, Scope } from "#functions/values/scope.ts";

/**
 * What each role's keys may do, at most; a key may be issued with less. Checkouts belong to agents alone: a
 * store's own people see what became of them as orders.
 */
export const scopesOf = {
  agent: ["checkouts:read", "checkouts:write", "products:read"],
  integration: [
    "products:read",
    "products:write",
    "orders:read",
    "orders:write",
    "store:read",
    "webhooks:read",
    "webhooks:write",
  ],
  admin: [
    "products:read",
    "products:write",
    "orders:read",
    "orders:write",
    "customers:read",
    "store:read",
    "store:write",
    "webhooks:read",
    "webhooks:write",
  ],
} as const satisfies Record<Role, readonly Scope[]>;

/** The scopes that were asked for and that the role does not have. */
export const beyondRole = (role: Role, scopes: readonly Scope[]): Scope[] =>
  scopes.filter((scope) => !(scopesOf[role] as readonly Scope[]).includes(scope));
