import type { Contact } from "#functions/checkout/contents.ts";
import type { Address } from "#functions/values/address.ts";
import { Refusal } from "#functions/values/refusal.ts";
import type { AddressRequest, BuyerPatch, DetailsPatch } from "./request.ts";

/** What was there, what was given: absent keeps, null clears. */
export const patched = <Value>(
  before: Value | undefined,
  given: Value | null | undefined,
): Value | undefined => (given === undefined ? before : (given ?? undefined));

type Given = { buyer?: BuyerPatch | null | undefined; fulfillment_details?: DetailsPatch | null | undefined };

/** Buyer and delivery after the request. Their fields merge one by one; an address is one value and is replaced whole. */
export const contactOf = (before: Contact, { buyer, fulfillment_details: details }: Given): Contact => ({
  buyer: buyer === null ? undefined : buyer ? buyerOf(before.buyer, buyer) : before.buyer,
  delivery: details === null ? undefined : details ? deliveryOf(before.delivery, details) : before.delivery,
});

/** ACP wants a buyer to have an e-mail address. */
export const buyerOf = (before: Contact["buyer"], given: BuyerPatch): Contact["buyer"] => {
  const email = patched(before?.email, given.email);
  if (email === undefined)
    throw new Refusal("missing", "The buyer's e-mail address is missing.", { param: "$.buyer.email" });
  return {
    email,
    firstName: patched(before?.firstName, given.first_name),
    lastName: patched(before?.lastName, given.last_name),
    fullName: patched(before?.fullName, given.full_name),
    phone: patched(before?.phone, given.phone_number),
  };
};

const deliveryOf = (before: Contact["delivery"], given: DetailsPatch): Contact["delivery"] => {
  const name = patched(before?.name, given.name);
  const delivery = {
    name,
    phone: patched(before?.phone, given.phone_number),
    email: patched(before?.email, given.email),
    address: given.address ? addressOf(given.address, name) : patched(before?.address, given.address),
  };
  return Object.values(delivery).some((value) => value !== undefined) ? delivery : undefined;
};

const addressOf = (given: AddressRequest, deliveryName: string | undefined): Address => {
  const name = given.name || deliveryName;
  if (!name)
    throw new Refusal("missing", "The name of who receives it is missing.", {
      param: "$.fulfillment_details.address.name",
    });
  return {
    name,
    company: given.company ?? undefined,
    lineOne: given.line_one,
    lineTwo: given.line_two ?? undefined,
    city: given.city,
    state: given.state ?? "",
    country: given.country,
    postalCode: given.postal_code,
  };
};
