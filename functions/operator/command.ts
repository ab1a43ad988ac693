import { z } from "zod";
import { IssueLicenseKey } from "#functions/access/issue-license-key.ts";
import { RevokeLicenseKey } from "#functions/access/revoke-license-key.ts";
import { AcceptTokens } from "#functions/payment/accept-tokens.ts";
import { KillTokens } from "#functions/payment/kill-tokens.ts";
import { CreateStore } from "#functions/store/create-store.ts";
import { VerifyDomain } from "#functions/store/verify-domain.ts";
import { StoreId } from "#functions/values/id.ts";

/** Times come as people write them. */
const Time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

/** All that the operator can have done; nothing of it has a public route. */
export const OperatorCommand = z.discriminatedUnion("command", [
  z.strictObject({ command: z.literal("create-store"), store: CreateStore }),
  z.strictObject({
    command: z.literal("issue-key"),
    ...IssueLicenseKey.shape,
    expiresAt: Time.optional(),
  }),
  z.strictObject({ command: z.literal("revoke-key"), ...RevokeLicenseKey.shape }),
  z.strictObject({ command: z.literal("verify-domain"), ...VerifyDomain.shape }),
  z.strictObject({ command: z.literal("kill-tokens"), ...KillTokens.shape }),
  z.strictObject({ command: z.literal("accept-tokens"), ...AcceptTokens.shape }),
  z.strictObject({ command: z.literal("show-store"), storeId: StoreId }),
]);
export type OperatorCommand = z.infer<typeof OperatorCommand>;
