import type { Checkout } from "#functions/checkout/checkout.ts";
import type { Write } from "#functions/runtime/table.ts";
import { forgottenToken, type PaymentStore } from "./payment.store.ts";

/**
 * What takes the token from an attempt whose outcome is open: it is settled by looking its PaymentIntent up from then
 * on and makes none. Only a checkout's newest attempt can be open.
 */
export const forgetToken =
  (on: { payments: Pick<PaymentStore, "get"> }) =>
  async ({ storeId, id, attempt }: Checkout): Promise<{ open: boolean; writes: Write[] }> => {
    const payment = await on.payments.get(storeId, id, attempt);
    const open = payment?.status === "requested";
    return { open, writes: open && payment.sealedToken ? [forgottenToken(payment)] : [] };
  };
