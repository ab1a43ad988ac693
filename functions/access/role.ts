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
    "fulfillments:write",
    "store:read",
    "webhooks:read",
    "webhooks:write",
    "agreements:write",
  ],
  /** `customers:read` only once it has accepted the data-protection statement. */
  fulfillment: [
    "products:read",
    "orders:read",
    "fulfillments:write",
    "customers:read",
    "store:read",
    "agreements:write",
  ],
  admin: [
    "products:read",
    "products:write",
    "orders:read",
    "orders:write",
    "fulfillments:write",
    "customers:read",
    "customers:write",
    "store:read",
    "store:write",
    "connections:write",
    "webhooks:read",
    "webhooks:write",
    "keys:read",
    "keys:write",
    "support:write",
    "audit:read",
  ],
  /** Looks at who did what and who may do what; sees no person. */
  auditor: ["store:read", "orders:read", "webhooks:read", "keys:read", "audit:read"],
  /** Only what an admin granted a named person for minutes; never keys, audit or support itself. */
  support: [
    "products:read",
    "products:write",
    "orders:read",
    "orders:write",
    "customers:read",
    "store:read",
    "store:write",
    // No `webhooks:write` and no `connections:write`: they show secrets, and send people's data where they say for good.
    "webhooks:read",
  ],
} as const satisfies Record<Role, readonly Scope[]>;

/** Whose keys one person has, who has a name and is in one place. Programs call from all over a cloud at once. */
export const isOnePersons = {
  agent: false,
  integration: false,
  fulfillment: false,
  admin: true,
  auditor: true,
  support: true,
} as const satisfies Record<Role, boolean>;

/** The scopes that were asked for and that the role does not have. */
export const beyondRole = (role: Role, scopes: readonly Scope[]): Scope[] =>
  scopes.filter((scope) => !(scopesOf[role] as readonly Scope[]).includes(scope));
