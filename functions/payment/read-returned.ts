import type { Account, Stripe, StripeDispute, StripeRefund } from "./stripe.ts";

type ListsRefunds = { stripe: Pick<Stripe, "listRefunds"> };
type ListsDisputes = { stripe: Pick<Stripe, "listDisputes"> };

/** All of a PaymentIntent's; a page that Stripe does not give is a fault: what is missing would look like nothing. */
export const refundsAtStripe = async (
  on: ListsRefunds,
  account: Account,
  paymentIntentId: string,
): Promise<readonly StripeRefund[]> => {
  const found = await refundsIfAnswered(on, account, paymentIntentId);
  if (!found) throw new Error("Stripe does not list the refunds");
  return found;
};

/** For those who can wait: `undefined` where Stripe did not give every page. */
export const refundsIfAnswered = (
  on: ListsRefunds,
  account: Account,
  paymentIntentId: string,
): Promise<readonly StripeRefund[] | undefined> =>
  everyPage(async (after) => {
    const page = await on.stripe.listRefunds(account, { paymentIntentId }, after);
    return page.outcome === "answered" ? { listed: page.refunds, more: page.more } : undefined;
  });

export const disputesAtStripe = async (
  on: ListsDisputes,
  account: Account,
  paymentIntentId: string,
): Promise<readonly StripeDispute[]> => {
  const found = await everyPage(async (after) => {
    const page = await on.stripe.listDisputes(account, { paymentIntentId }, after);
    return page.outcome === "answered" ? { listed: page.disputes, more: page.more } : undefined;
  });
  if (!found) throw new Error("Stripe does not list the disputes");
  return found;
};

type Page<Each> = { readonly listed: readonly Each[]; readonly more: boolean };

const everyPage = async <Each extends { readonly id: string }>(
  read: (after: string | undefined) => Promise<Page<Each> | undefined>,
): Promise<readonly Each[] | undefined> => {
  const found: Each[] = [];
  for (let after: string | undefined, more = true; more; after = found.at(-1)?.id) {
    const page = await read(after);
    if (!page) return undefined;
    found.push(...page.listed);
    more = page.more && page.listed.length > 0;
  }
  return found;
};
