import { z } from "zod";
import { PrincipalId, StoreId } from "./id.ts";
import { Role, Scope } from "./scope.ts";

/** Who is calling, as the authorizer read it from the license key: every operation acts for exactly one. */
export const Caller = z.object({
  storeId: StoreId,
  principalId: PrincipalId,
  /** The key's public id, never the key. */
  keyId: z.string(),
  role: Role,
  scopes: z.array(Scope),
  livemode: z.boolean(),
});
export type Caller = z.infer<typeof Caller>;
