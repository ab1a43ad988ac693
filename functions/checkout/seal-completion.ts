import type { Envelope, OpenCipher } from "#functions/privacy/envelope.ts";
import type { Clock } from "#functions/values/clock.ts";
import { markAddress } from "#functions/velocity/mark-address.ts";
import type { Checkout } from "./checkout.ts";
import type { CompleteCheckout } from "./complete-checkout.ts";
import { type CompletionInput, sealedText } from "./completion.ts";
import { Contact } from "./contents.ts";
import { customerIn } from "./customer-in.ts";

type Seals = { envelope: Pick<Envelope, "open" | "customerOf" | "dayMarkOf">; now: Clock };

/** What the workflow gets of a request: ids and marks in clear, all that is personal sealed. */
export const sealCompletion =
  (on: Seals) =>
  async (checkout: Checkout, command: CompleteCheckout): Promise<CompletionInput> => {
    const { storeId, id: checkoutId } = checkout;
    const cipher = await on.envelope.open({ storeId, checkoutId });
    const seal = async (fieldClass: Parameters<typeof cipher.seal>[0], value: unknown) =>
      value === undefined ? undefined : sealedText(await cipher.seal(fieldClass, value));
    const token = await seal("payment_token", command.payment?.token);
    const before = Contact.parse(await cipher.unseal("contact", checkout.sealedContact));
    const contact = { ...before, ...(command.buyer && { buyer: command.buyer }) };
    return {
      storeId,
      checkoutId,
      request: {
        version: checkout.version,
        keyId: command.caller.keyId,
        idempotency: command.idempotency,
        token: command.payment && token ? { kind: command.payment.kind, sealed: token } : undefined,
        authentication: await seal("payment_token", command.authentication),
        contact: command.buyer && (await newContact(on, { checkout, cipher }, contact)),
        address: await markAddress(on.envelope, storeId, contact, on.now()),
        notes: await seal("notes", command.notes),
        attribution: await seal("attribution", command.attribution),
      },
    };
  };

/** A buyer that the request names is the checkout's from then on, and says whose it is. */
const newContact = async (
  on: Seals,
  { checkout, cipher }: { checkout: Checkout; cipher: OpenCipher },
  contact: Contact,
) => {
  const id = await customerIn(on, checkout.storeId, contact);
  return {
    sealed: sealedText(await cipher.seal("contact", contact)),
    email: true,
    address: checkout.has.address,
    customer: id && id !== cipher.customerId ? { id, since: cipher.since } : undefined,
  };
};
