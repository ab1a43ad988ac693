import { z } from "zod";
import { recordedAct } from "#functions/audit/audit.store.ts";
import type { Actor } from "#functions/audit/audit.ts";
import { command } from "#functions/operator/command.ts";
import { seconds } from "#functions/values/clock.ts";
import { ErasureId, newId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { type Customer, isFrozen, refuseFrozen } from "./customer.store.ts";
import { askErasure, type ErasesCustomers } from "./erase-customer.ts";
import { readErasure } from "./erasure.store.ts";
import { type Erasure, times, viewErasure } from "./erasure.ts";
import { type Exports, exportOf } from "./export-customer.ts";
import { FindCustomer, type FindsCustomers, findCustomer } from "./find-customer.ts";
import { forgetCustomer } from "./forget-customer.ts";
import { RotateStoreKeys, type RotatesStoreKeys, rotateStoreKeys } from "./rotate-store-keys.ts";

const EraseByHand = FindCustomer.extend({ cursor: z.object({ erasureId: ErasureId }).optional() });
type EraseByHand = z.infer<typeof EraseByHand>;

const exportByHand =
  (on: Exports & FindsCustomers) =>
  async (asked: FindCustomer, actor: Actor): Promise<object> => {
    const customer = await findCustomer(on, asked);
    if (asked.dryRun) return countOf(customer);
    const { storeId, reason } = asked;
    const at = on.now();
    const whole = await exportOf(on, customer, { id: newId("exp", on.random), at });
    const subjects = whole.checkouts.map(({ order, checkoutId }) => order?.id ?? checkoutId);
    const shown = { action: "customer.exported", actor, storeId, at, reason, decidedBy: "iam" } as const;
    await on.table.commit([recordedAct({ ...shown, subjects })]);
    return whole;
  };

/** The same erasure as a store's own; goes on until it is done or has to wait for somebody else. */
const eraseByHand =
  (on: ErasesCustomers & FindsCustomers) =>
  async (asked: EraseByHand, actor: Actor): Promise<object> => {
    if (asked.cursor) return toldOf(await forgetCustomer(on)(await openedBefore(on, asked)));
    const customer = await findCustomer(on, asked);
    refuseFrozen(customer);
    if (asked.dryRun) return countOf(customer);
    const by = { actor, decidedBy: "iam", reason: asked.reason } as const;
    return toldOf(await forgetCustomer(on)(await askErasure(on, customer, by)));
  };

const openedBefore = async (on: ErasesCustomers, { storeId, cursor }: EraseByHand): Promise<Erasure> => {
  const erasure = await readErasure(on.table, storeId, cursor?.erasureId ?? "");
  if (!erasure) throw new Refusal("not_found", "There is no erasure with this id.");
  return erasure;
};

const toldOf = (erasure: Erasure): object => {
  const goesOn = erasure.status === "waiting" && erasure.waitsFor.length === 0;
  return {
    ...viewErasure(erasure),
    ...(goesOn && { cursor: { erasureId: erasure.id }, waitSeconds: times.indexLag / seconds(1) }),
  };
};

const countOf = (customer: Customer) => ({
  dryRun: true,
  customerId: customer.customerId,
  checkouts: customer.keys.length,
  restricted: isFrozen(customer),
});

/** What the operator may have done with people. */
export const customerCommands = {
  "export-customer": command(FindCustomer, exportByHand),
  "erase-customer": command(EraseByHand, eraseByHand),
};

/** …and with the keys by which they are found. */
export const storeKeyCommands = {
  "rotate-store-key": command(RotateStoreKeys, (on: RotatesStoreKeys) => rotateStoreKeys(on)),
};
