import type { CheckoutStore } from "#functions/checkout/checkout.store.ts";
import type { Checkout } from "#functions/checkout/checkout.ts";
import { Contact } from "#functions/checkout/contents.ts";
import { type Envelope, KeyDestroyed } from "#functions/privacy/envelope.ts";
import type { Log } from "#functions/runtime/logger.ts";
import type { Table } from "#functions/runtime/table.ts";
import { Unavailable } from "#functions/runtime/unavailable.ts";
import type { Clock } from "#functions/values/clock.ts";
import type { CheckoutId, StoreId } from "#functions/values/id.ts";
import { markAddress } from "./mark-address.ts";
import { countOnce } from "./velocity.store.ts";
import { brakes, counterOf } from "./velocity.ts";

export type CountsDeclines = {
  checkouts: Pick<CheckoutStore, "get">;
  envelope: Pick<Envelope, "open" | "dayMarkOf">;
  table: Pick<Table, "tally">;
  now: Clock;
  log: Pick<Log, "warn">;
};

type Attempt = { readonly storeId: StoreId; readonly checkoutId: CheckoutId; readonly attempt: number };

/**
 * An attempt that a bank declined, once it is written down: whoever drives its checkout on counts it once, whatever the
 * amount. Nothing waits on it that could not go on without.
 */
export const countDecline =
  (on: CountsDeclines) =>
  async ({ storeId, checkoutId, attempt }: Attempt): Promise<void> => {
    try {
      const checkout = await on.checkouts.get(storeId, checkoutId);
      if (!checkout) return;
      const { principalId } = checkout;
      const now = on.now();
      const subjects = { storeId, principalId, address: await addressOf(on, checkout) };
      const counters = brakes.purchase.looksAt.flatMap((rule) => counterOf(rule, subjects) ?? []);
      const id = `${checkoutId} ${attempt}`;
      await Promise.all(counters.map((counter) => countOnce(on.table, counter, { id, now })));
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      on.log.warn("a decline was not counted", { storeId, checkoutId });
    }
  };

/** Nobody's, once the buyer is erased. */
const addressOf = async (
  { envelope, now }: CountsDeclines,
  { storeId, id: checkoutId, sealedContact }: Checkout,
): Promise<string | undefined> => {
  try {
    const cipher = await envelope.open({ storeId, checkoutId });
    const contact = Contact.parse(await cipher.unseal("contact", sealedContact));
    return await markAddress(envelope, storeId, contact, now());
  } catch (error) {
    if (error instanceof KeyDestroyed) return undefined;
    throw error;
  }
};
