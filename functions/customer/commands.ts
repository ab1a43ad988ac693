import { z } from "zod";
import { recordedAct } from "#functions/audit/audit.store.ts";
import type { Actor } from "#functions/audit/audit.ts";
import { command, only } from "#functions/operator/command.ts";
import { seconds } from "#functions/values/clock.ts";
import { ErasureId, newId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { refuseFrozen } from "./customer.store.ts";
import { askErasure, type ErasesCustomers } from "./erase-customer.ts";
import { readErasure } from "./erasure.store.ts";
import { type Erasure, type ErasureView, times, viewErasure } from "./erasure.ts";
import type { Export } from "./export.ts";
import { type Exports, exportOf } from "./export-customer.ts";
import { FindCustomer, type FindsCustomers, findCustomer } from "./find-customer.ts";
import { forgetCustomer } from "./forget-customer.ts";
import { RotateStoreKeys, type RotatesStoreKeys, rotateStoreKeys } from "./rotate-store-keys.ts";

const EraseByHand = FindCustomer.extend({ cursor: z.object({ erasureId: ErasureId }).optional() });
type EraseByHand = z.infer<typeof EraseByHand>;

const exportByHand =
  (on: Exports & FindsCustomers) =>
  async (asked: FindCustomer, actor: Actor): Promise<Export> => {
    const customer = await findCustomer(on, asked);
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
  async (asked: EraseByHand, actor: Actor): Promise<ErasureView> => {
    if (asked.cursor) return toldOf(await forgetCustomer(on)(await openedBefore(on, asked)));
    const customer = await findCustomer(on, asked);
    refuseFrozen(customer);
    const by = { actor, decidedBy: "iam", reason: asked.reason } as const;
    return toldOf(await forgetCustomer(on)(await askErasure(on, customer, by)));
  };

const openedBefore = async (on: ErasesCustomers, { storeId, cursor }: EraseByHand): Promise<Erasure> => {
  const erasure = await readErasure(on.table, storeId, cursor?.erasureId ?? "");
  if (!erasure) throw new Refusal("not_found", "There is no erasure with this id.");
  return erasure;
};

const toldOf = (erasure: Erasure): ErasureView => {
  const goesOn = erasure.status === "waiting" && erasure.waitsFor.length === 0;
  return {
    ...viewErasure(erasure),
    ...(goesOn && { cursor: { erasureId: erasure.id }, waitSeconds: times.indexLag / seconds(1) }),
  };
};

/** The digest in a receipt is of the id that an erasure draws. */
const erasing = ({ status, waitsFor, receipt }: ErasureView) => ({
  status,
  waitsFor,
  checkouts: receipt?.checkouts,
});

const countOf = ({ customerId, checkouts }: Export) => ({
  customerId,
  checkouts: checkouts.length,
  restricted: checkouts.some(({ restricted }) => restricted),
});

/** What the operator may have done with people. */
export const customerCommands = {
  "export-customer": command(FindCustomer, exportByHand, countOf),
  "erase-customer": command(EraseByHand, eraseByHand, erasing),
};

/** …and with the keys by which they are found. */
export const storeKeyCommands = {
  "rotate-store-key": command(RotateStoreKeys, (on: RotatesStoreKeys) => rotateStoreKeys(on), only("stores")),
};
