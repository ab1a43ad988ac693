import { sha256 } from "#functions/runtime/canonical-json.ts";
import { days } from "#functions/values/clock.ts";
import { contactPeriod, ledgerPeriod } from "./retention.ts";
import type { Store } from "./store.ts";

/** What a store's privacy policy has to say of purchases through assistants: ready to be copied, true of this store. */
export const privacyParagraph = (store: Pick<Store, "retention">): string =>
  [
    "When you buy from us through an AI assistant, its provider sends us what the purchase needs: what you order, your name and e-mail address, your telephone number if you give it, and where to deliver.",
    "We use it to make, deliver and support your order (GDPR article 6(1)(b)) and to keep the books that the law demands (article 6(1)(c)).",
    "Stripe handles your payment; we get a token for this one purchase and never your card number.",
    "A service provider processes the checkout on our behalf and keeps your contact details encrypted.",
    `They can be read for ${Math.round(contactPeriod(store) / days(1))} days from the beginning of the purchase, for 30 days if nothing was bought; orders are kept for ${Math.round(ledgerPeriod(store) / days(365.25))} years, by then without your name.`,
    "We do not follow you from one order to the next and use none of it for advertising.",
    "What the assistant's provider keeps of your conversation is told by its own privacy policy.",
    "You can ask us at any time for a copy, a correction or the erasure of what we know of you.",
  ].join(" ");

/** Follows from the text: what it says of periods changes with them. */
export const paragraphVersion = (store: Pick<Store, "retention">): string =>
  sha256(privacyParagraph(store)).slice(0, 16);

/** The store has said that its privacy policy holds the paragraph as it is now. */
export const tellsOfAssistants = (store: Pick<Store, "retention" | "privacyParagraph">): boolean =>
  store.privacyParagraph === paragraphVersion(store);
