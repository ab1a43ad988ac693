import { z } from "zod";

/** What a license key may do. A route names the one scope it wants; a role is a set of them (`access/role.ts`). */
export const Scope = z.enum([
  "checkouts:read",
  "checkouts:write",
  "products:read",
  "products:write",
  "orders:read",
  "orders:write",
  /** To say what was sent, and what became of it. */
  "fulfillments:write",
  /** Without it personal fields are masked. */
  "customers:read",
  "customers:write",
  "store:read",
  "store:write",
  /** Where a store's money, orders and products go: its Stripe account, its shop and agents' feeds. */
  "connections:write",
  "webhooks:read",
  "webhooks:write",
  "keys:read",
  "keys:write",
  "support:write",
  /** To accept what binds whoever keeps copies of personal data; in its own name alone. */
  "agreements:write",
  "audit:read",
]);
export type Scope = z.infer<typeof Scope>;

export const Role = z.enum(["agent", "integration", "fulfillment", "admin", "auditor", "support"]);
export type Role = z.infer<typeof Role>;
