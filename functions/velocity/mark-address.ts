import type { Contact } from "#functions/checkout/contents.ts";
import type { Envelope } from "#functions/privacy/envelope.ts";
import { type Instant, toIso } from "#functions/values/clock.ts";
import type { StoreId } from "#functions/values/id.ts";
import { addressIn } from "./address.ts";

/**
 * By which a store's purchases to one address are counted, on one day: under another key tomorrow and in every other
 * store, so it follows nobody from order to order.
 */
export const markAddress = async (
  envelope: Pick<Envelope, "dayMarkOf">,
  storeId: StoreId,
  contact: Contact,
  now: Instant,
): Promise<string | undefined> => {
  const address = addressIn(contact);
  return address === undefined
    ? undefined
    : envelope.dayMarkOf(storeId, toIso(now).slice(0, "2026-11-27".length), address);
};
