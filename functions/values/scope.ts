import { z } from "zod";

/** What a license key may do. A route names the one scope it wants; a role is a set of them (`access/role.ts`). */
export const Scope = z.enum([
  "checkouts:read",
  "checkouts:write",
  "products:read",
  "products:write",
  "orders:read",
  "orders:write",
  "customers:read",
  "store:read",
  "store:write",
  "webhooks:read",
  "webhooks:write",
]);
export type Scope = z.infer<typeof Scope>;

export const Role = z.enum(["agent", "integration", "admin"]);
export type Role = z.infer<typeof Role>;
