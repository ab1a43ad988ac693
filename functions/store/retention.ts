import { days } from "#functions/values/clock.ts";
import type { Store } from "./store.ts";

type Keeps = Pick<Store, "retention">;

/** How long contact data can be read, from the beginning of its checkout, in milliseconds. */
export const contactPeriod = ({ retention }: Keeps): number => days(retention?.contactDays ?? 730);

/** How long orders and payments are kept for the books, in milliseconds. */
export const ledgerPeriod = ({ retention }: Keeps): number =>
  Math.round(days(365.25 * (retention?.ledgerYears ?? 10)));
