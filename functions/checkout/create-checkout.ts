import type { IdempotencyRequest } from "#functions/runtime/route.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import { contactPeriod } from "#functions/store/retention.ts";
import { stillSells } from "#functions/store/selling.store.ts";
import type { Store } from "#functions/store/store.ts";
import type { Destination } from "#functions/values/address.ts";
import type { Caller } from "#functions/values/caller.ts";
import { newId, type RandomBytes } from "#functions/values/id.ts";
import type { Currency } from "#functions/values/money.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { answeredOnce, type FindAnswer, storeCheckoutAnswer } from "./answer-store.ts";
import { createdCheckout } from "./checkout.store.ts";
import { type Channel, type Checkout, times } from "./checkout.ts";
import { type Contact, type Contents, mergeLines } from "./contents.ts";
import type { CoreAnswer } from "./core-answer.ts";
import { customerIn } from "./customer-in.ts";
import { type QuoteSources, quoteCheckout, type Wanted } from "./quote-checkout.ts";
import { ownStore, type ReadsCheckouts } from "./read-checkout.ts";

export type CreateCheckout = {
  caller: Caller;
  idempotency: IdempotencyRequest;
  channel: Channel;
  /** Absent where an older request names none: then it is the store's. */
  currency?: Currency | undefined;
  contents: Contents;
  /** Affiliate attribution: write-only, never answered, sealed. */
  attribution?: unknown;
};

export type WritesCheckouts = ReadsCheckouts &
  QuoteSources & { table: Pick<Table, "commit">; findAnswer: FindAnswer; random: RandomBytes };

/**
 * Begins a buyer's session. The checkout, its key and the idempotent answer are one transaction: a repeat finds
 * the answer or nothing at all.
 */
export const createCheckout =
  (on: WritesCheckouts) =>
  (command: CreateCheckout): Promise<CoreAnswer> =>
    answeredOnce(on)(command, () => create(on, command));

const create = async (on: WritesCheckouts, command: CreateCheckout): Promise<CoreAnswer | undefined> => {
  const store = sellable(await ownStore(on)(command.caller), command);
  const now = on.now();
  const id = newId("chk", on.random);
  const wanted = wantedIn(command.contents);
  const { quote, policiesSha256, storefront, messages, status } = await quoteCheckout(on)(store, wanted, now);
  const { contact, notes } = command.contents;
  const { write, cipher } = await on.envelope.create(
    { storeId: store.id, checkoutId: id },
    { customerId: await customerIn(on, store.id, contact), now, until: now + contactPeriod(store) },
  );
  const checkout: Checkout = {
    ...wanted,
    id,
    storeId: store.id,
    principalId: command.caller.principalId,
    livemode: store.livemode,
    channel: command.channel,
    status,
    version: 1,
    epoch: 0,
    leaseUntil: 0,
    attempt: 0,
    quote,
    policiesSha256,
    storefront,
    messages: [...messages],
    sealedContact: await cipher.seal("contact", contact),
    sealedNotes: notes === undefined ? undefined : await cipher.seal("notes", notes),
    sealedAttribution:
      command.attribution === undefined ? undefined : await cipher.seal("attribution", command.attribution),
    createdAt: now,
    updatedAt: now,
    expiresAt: now + times.session,
  };
  const lost = await tryCommit(on.table, [
    createdCheckout(checkout),
    stillSells(store.id, id),
    write,
    storeCheckoutAnswer(command.idempotency, checkout, { now, status: 201 }),
  ]);
  return lost.length > 0 ? undefined : { replayed: false, opened: { checkout, contact, notes }, store };
};

/** No checkout is created for a store that may not sell now. */
const sellable = (store: Store, { currency }: CreateCheckout): Store => {
  if (store.status !== "active")
    throw new Refusal("store_not_active", "This store does not sell at the moment.");
  if (store.verifiedDomains.length === 0)
    throw new Refusal(
      "domain_not_verified",
      "This store has no verified domain. Its owner gets a challenge with POST /domains, publishes it and verifies it.",
    );
  if (currency !== undefined && currency !== store.currency)
    throw new Refusal("currency_mismatch", `This store sells in ${store.currency}.`, { param: "$.currency" });
  return store;
};

/** The part of the contents that is stored in clear, because prices follow from it and nobody is named by it. */
export const wantedIn = (contents: Contents): Wanted => ({
  lines: mergeLines(contents.lines),
  destination: destinationOf(contents.contact),
  has: {
    email: (contents.contact.buyer?.email ?? contents.contact.delivery?.email) !== undefined,
    address: contents.contact.delivery?.address !== undefined,
  },
  selectedOptionId: contents.selectedOptionId,
  discountCodes: contents.discountCodes,
});

const destinationOf = (contact: Contact): Destination | undefined => {
  const address = contact.delivery?.address;
  return address && { country: address.country, state: address.state || undefined };
};
