import { days, type Instant } from "#functions/values/clock.ts";
import type { Store } from "./store.ts";

type Keeps = Pick<Store, "retention">;

/** How long contact data can be read, from the beginning of its checkout, in milliseconds. */
export const contactPeriod = ({ retention }: Keeps): number => days(retention?.contactDays ?? 730);

/**
 * When what a closed store let us in by, or told others by, is gone with its secrets: a bank may dispute for 120 days, a
 * delivery is tried for 30.
 */
export const goneAfterClosing = (closedAt: Instant): { readonly expiresAtSeconds: number } => ({
  expiresAtSeconds: Math.ceil((closedAt + days(180)) / 1_000),
});

/** How long orders and payments are kept for the books, in milliseconds. */
export const ledgerPeriod = ({ retention }: Keeps): number =>
  Math.round(days(365.25 * (retention?.ledgerYears ?? 10)));
