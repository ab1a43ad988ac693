import { PaymentMetadata } from "#functions/payment/payment.ts";
import type { CreationWindow, PaymentIntent } from "#functions/payment/stripe.ts";
import type { Store } from "#functions/store/store.ts";
import { days, type Instant } from "#functions/values/clock.ts";
import { orderIdOf } from "#functions/values/id.ts";
import type { Cursor } from "./cursor.ts";
import { type Page, pageSize, type Reader, type Wanted } from "./page.ts";
import { intentAt, type Reads } from "./reads.ts";
import type { Books, Subject } from "./subject.ts";

/** Every account once, however many stores sell on it. */
export const booksOf = (stores: readonly Store[]): string[] => [
  ...new Set(
    stores.map(({ livemode, stripeAccount = "" }) => `${livemode ? "live" : "test"}#${stripeAccount}`),
  ),
];

const booksAt = ({ place }: Wanted): Books => {
  const [mode, stripeAccount] = place.split("#");
  return { livemode: mode === "live", ...(stripeAccount && { stripeAccount }) };
};

/** A page of Stripe's is a page of ours: each that it lists is asked about, and all of them at once. */
const windowOf = ({ cursor: { from, to } }: Wanted): CreationWindow => ({ from, to, atMost: pageSize });

/** What was authorized in the window: does somebody here own it? */
export const intentsPage: Reader = async (on, wanted) => {
  const books = booksAt(wanted);
  const page = await answered(on.stripe.listPaymentIntents(books, windowOf(wanted), wanted.after));
  if (!page) return unreadable(books);
  const ours = page.intents.filter(({ metadata }) => isOf(wanted, metadata));
  return {
    subjects: ours.map((intent) => ({ of: "intent", books, paymentIntentId: intent.id, intent })),
    after: page.more ? page.intents.at(-1)?.id : undefined,
  };
};

/** What went back in the window, whenever it was paid: does its order know? */
export const refundsPage: Reader = async (on, wanted) => {
  const books = booksAt(wanted);
  const page = await answered(on.stripe.listRefunds(books, { created: windowOf(wanted) }, wanted.after));
  return page ? ordersPaidBy(on, wanted, page.refunds, page.more) : unreadable(books);
};

export const disputesPage: Reader = async (on, wanted) => {
  const books = booksAt(wanted);
  const created = { ...windowOf(wanted), from: openedFrom(wanted.cursor) };
  const page = await answered(on.stripe.listDisputes(books, { created }, wanted.after));
  return page ? ordersPaidBy(on, wanted, page.disputes, page.more) : unreadable(books);
};

/** What a full run finds closed may have been opened long before its window: an inquiry closes after 120 days. */
const openedFrom = ({ scope, from }: Cursor): Instant =>
  scope === "full" ? Math.max(0, from - days(120)) : from;

type Answered<Page> = Extract<Page, { outcome: "answered" }>;

const answered = async <Page extends { outcome: string }>(
  asked: Promise<Page>,
): Promise<Answered<Page> | undefined> => {
  // A key that is missing or wrong is thrown.
  const page = await asked.catch(() => undefined);
  return page?.outcome === "answered" ? (page as Answered<Page>) : undefined;
};

/** Where Stripe does not give a page, the books themselves are what to look at; what it would have shown stays unread. */
const unreadable = (books: Books): Page => {
  const subjects: Subject[] = [{ of: "books", books }];
  return { subjects, unread: subjects };
};

const ordersPaidBy = async (
  on: Reads,
  wanted: Wanted,
  returned: readonly { id: string; paymentIntentId: string }[],
  more: boolean,
): Promise<Page> => {
  const books = booksAt(wanted);
  // A charge that was made without a PaymentIntent was not made by us.
  const ids = [...new Set(returned.map(({ paymentIntentId }) => paymentIntentId))].filter((id) => id !== "");
  // One that is not shown hides no other.
  const seen = await Promise.allSettled(ids.map((id) => intentAt(on, books, id)));
  return {
    subjects: seen.flatMap((each) =>
      each.status === "fulfilled" && each.value ? orderOf(wanted, each.value) : [],
    ),
    unread: ids
      .filter((_, index) => seen[index]?.status === "rejected")
      .map((paymentIntentId) => ({ of: "intent", books, paymentIntentId })),
    after: more ? returned.at(-1)?.id : undefined,
  };
};

const orderOf = (wanted: Wanted, { metadata }: PaymentIntent): Subject[] => {
  const named = PaymentMetadata.safeParse(metadata).data;
  return named && isOf(wanted, metadata)
    ? [{ of: "order", storeId: named.store, orderId: orderIdOf(named.checkout), returned: true }]
    : [];
};

const isOf = ({ stores }: Wanted, metadata: PaymentIntent["metadata"]): boolean =>
  stores.some(({ id }) => id === metadata["store"]);
