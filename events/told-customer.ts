import { z } from "zod";

/**
 * Who bought, beside an `order.*` event, for a webhook endpoint that asked. No part of the event: it is opened for each
 * delivery and kept nowhere. Masked where its reader may not know them; `null`: erased, or frozen.
 */
export const ToldCustomer = z.object({
  customer: z
    .object({
      name: z.string().optional(),
      email: z.string().optional(),
      address: z.record(z.string(), z.string()).optional(),
    })
    .nullable(),
});
export type ToldCustomer = z.infer<typeof ToldCustomer>;
