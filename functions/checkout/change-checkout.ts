import type { IdempotencyRequest } from "#functions/runtime/route.ts";
import { tryCommit } from "#functions/runtime/table.ts";
import type { Caller } from "#functions/values/caller.ts";
import type { CheckoutId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { answeredOnce, lookAgainOrRefuse, storeCheckoutAnswer } from "./answer-store.ts";
import { savedCheckout } from "./checkout.store.ts";
import { type Checkout, moved, times } from "./checkout.ts";
import type { Contents } from "./contents.ts";
import type { CoreAnswer, OpenCheckout } from "./core-answer.ts";
import { type WritesCheckouts, wantedIn } from "./create-checkout.ts";
import { customerIn, reindexed } from "./customer-in.ts";
import { quoteCheckout } from "./quote-checkout.ts";
import { openCheckout, ownCheckout, ownStore } from "./read-checkout.ts";

export type ChangeCheckout = {
  caller: Caller;
  idempotency: IdempotencyRequest;
  checkoutId: CheckoutId;
  /** The whole contents after the change; a protocol with partial updates merges into what is there. */
  merge: (opened: OpenCheckout) => Contents;
};

/** Replaces what the buyer wants, prices it again and stores the answer, in one transaction. */
export const changeCheckout =
  (on: WritesCheckouts) =>
  (command: ChangeCheckout): Promise<CoreAnswer> =>
    answeredOnce(on)(command, () => change(on, command));

const change = async (on: WritesCheckouts, command: ChangeCheckout): Promise<CoreAnswer | undefined> => {
  const before = changeable(await ownCheckout(on)(command.caller, command.checkoutId));
  const [store, opened] = await Promise.all([ownStore(on)(command.caller), openCheckout(on)(before)]);
  const contents = command.merge(opened);
  const now = on.now();
  const wanted = wantedIn(contents);
  const { quote, policiesSha256, storefront, messages, status } = await quoteCheckout(on)(store, wanted, now);
  const { personal, index } = await sealed(on, before, contents);
  const checkout = moved(before, status, now, {
    ...wanted,
    quote,
    policiesSha256,
    storefront,
    messages: [...messages],
    ...personal,
    expiresAt: now + times.session,
  });
  const lost = await tryCommit(on.table, [
    savedCheckout(before, checkout),
    ...index,
    storeCheckoutAnswer(command.idempotency, checkout, { now, status: 200 }),
  ]);
  if (lost.length > 0) return lookAgainOrRefuse(lost);
  return { replayed: false, opened: { checkout, contact: contents.contact, notes: contents.notes }, store };
};

const changeable = (checkout: Checkout): Checkout => {
  if (checkout.status === "open" || checkout.status === "ready") return checkout;
  throw new Refusal("conflict", `The checkout session is ${checkout.status} and can't be changed.`);
};

const sealed = async (on: WritesCheckouts, checkout: Checkout, { contact, notes }: Contents) => {
  const { storeId, id } = checkout;
  const cipher = await on.envelope.open({ storeId, checkoutId: id });
  return {
    personal: {
      sealedContact: await cipher.seal("contact", contact),
      sealedNotes: notes === undefined ? undefined : await cipher.seal("notes", notes),
    },
    index: reindexed(checkout, cipher, await customerIn(on, storeId, contact)),
  };
};
