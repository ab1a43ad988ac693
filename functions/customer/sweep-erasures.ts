import type { Log } from "#functions/runtime/logger.ts";
import { sweepDue } from "#functions/runtime/sweep-due.ts";
import { days } from "#functions/values/clock.ts";
import { Erasure, nextLook } from "./erasure.ts";
import { type ForgetsCustomers, forgetCustomer } from "./forget-customer.ts";

/** A person may wait a month (GDPR article 12); somebody should know much earlier. */
const patience = days(7);

/** Takes up every erasure that waited for something. */
export const sweepErasures = (on: ForgetsCustomers & { log: Log }) => (): Promise<number> =>
  sweepDue(on, { table: "erasures", kind: "erasure" }, async (row) => {
    const before = Erasure.parse(row);
    const now = on.now();
    if ((nextLook(before) ?? Number.POSITIVE_INFINITY) > now) return;
    const { status, id, storeId, waitsFor } = await forgetCustomer(on)(before);
    if (status === "waiting" && now - before.requestedAt > patience)
      on.log.warn("an erasure waits for longer than a week", {
        storeId,
        erasureId: id,
        reason: waitsFor.join(" "),
      });
  });
