import { indexedCheckoutKey } from "#functions/privacy/checkout-key.store.ts";
import type { Envelope, OpenCipher } from "#functions/privacy/envelope.ts";
import type { Write } from "#functions/runtime/table.ts";
import type { CustomerId, StoreId } from "#functions/values/id.ts";
import type { Checkout } from "./checkout.ts";
import type { Contact } from "./contents.ts";

/** Whose checkout it is: by the buyer's e-mail address, else the recipient's. Without one it is nobody's. */
export const emailIn = ({ buyer, delivery }: Contact): string | undefined => buyer?.email ?? delivery?.email;

export const customerIn = async (
  { envelope }: { envelope: Pick<Envelope, "customerOf"> },
  storeId: StoreId,
  contact: Contact,
): Promise<CustomerId | undefined> => {
  const email = emailIn(contact);
  return email === undefined ? undefined : envelope.customerOf(storeId, email);
};

/** The write that goes with a contact; none where it is still the same customer's. */
export const reindexed = (
  { storeId, id }: Pick<Checkout, "storeId" | "id">,
  key: Pick<OpenCipher, "customerId" | "since">,
  customerId: CustomerId | undefined,
): Write[] =>
  key.customerId === customerId
    ? []
    : [indexedCheckoutKey({ storeId, checkoutId: id }, customerId, key.since)];
