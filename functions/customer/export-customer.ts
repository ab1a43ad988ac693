import type { Checkout } from "#functions/checkout/checkout.ts";
import type { Fulfillment } from "#functions/fulfillment/fulfillment.ts";
import type { Order } from "#functions/order/order.ts";
import { viewPlainly } from "#functions/order/order-view.ts";
import type { PaymentStore } from "#functions/payment/payment.store.ts";
import type { Payment } from "#functions/payment/payment.ts";
import type { HeldKey } from "#functions/privacy/checkout-key.store.ts";
import { type Cipher, type FieldClass, KeyDestroyed } from "#functions/privacy/envelope.ts";
import { storeAnswer } from "#functions/runtime/idempotency.ts";
import { answerOnce } from "#functions/runtime/once.ts";
import type { Operation } from "#functions/runtime/route.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import { type Clock, type Instant, toIso } from "#functions/values/clock.ts";
import { newId, orderIdOf, type RandomBytes } from "#functions/values/id.ts";
import type { Customer } from "./customer.store.ts";
import { type Export, type ExportedCheckout, fieldsOf, type Held, leavesOf } from "./export.ts";
import { exportPage } from "./export-page.ts";
import { type LooksUpCustomers, ownCustomer } from "./look-up-customer.ts";
import type { customerRoutes } from "./routes.ts";

export type Exports = LooksUpCustomers & {
  payments: Pick<PaymentStore, "list">;
  table: Table;
  now: Clock;
  random: RandomBytes;
};

/**
 * Everything held on one customer, sessions that came to nothing included. What is exported is written down nowhere:
 * the same request again finds its id and time and opens it anew. Each time that it is shown is on record.
 */
export const exportCustomer =
  (on: Exports): Operation<typeof customerRoutes.exportCustomer> =>
  async ({ caller, params, request: facts }) => {
    const customer = await ownCustomer(on, caller, params);
    return answerOnce(
      on,
      facts,
      async (request) => {
        const now = on.now();
        const known = { id: newId("exp", on.random), at: now };
        const lost = await tryCommit(on.table, [storeAnswer(request, { now, status: 200, answer: known })]);
        return lost.length === 0 ? { status: 200, body: await exportOf(on, customer, known) } : undefined;
      },
      async ({ answer }) => ({ status: 200, body: await exportOf(on, customer, answer as Known) }),
    );
  };

type Known = { id: string; at: Instant };

export const exportOf = async (on: Exports, customer: Customer, { id, at }: Known): Promise<Export> => {
  const checkouts = await Promise.all(customer.keys.map((key) => exportedCheckout(on, key)));
  const whole = { id, customerId: customer.customerId, exportedAt: toIso(at), checkouts };
  return { ...whole, page: exportPage(whole) };
};

const exportedCheckout = async (
  on: Exports,
  { subject, since, isRestricted }: HeldKey,
): Promise<ExportedCheckout> => {
  const { storeId, checkoutId } = subject;
  const [checkout, order, payments] = await Promise.all([
    on.checkouts.get(storeId, checkoutId),
    on.orders.get(storeId, orderIdOf(checkoutId)),
    on.payments.list(storeId, checkoutId),
  ]);
  return {
    checkoutId,
    startedAt: toIso(since),
    restricted: isRestricted,
    ...(order && { order: viewPlainly(order) }),
    fields: fieldsOf(await heldOf(on, subject, { checkout, order, payments })),
  };
};

type Rows = { checkout: Checkout | undefined; order: Order | undefined; payments: readonly Payment[] };

/** Everything personal of a checkout, by the names of the inventory; of one erased just now nothing. */
const heldOf = async (on: Exports, subject: HeldKey["subject"], rows: Rows): Promise<Held> => {
  try {
    const cipher = await on.envelope.open(subject);
    const sealed = rows.order ?? rows.checkout;
    return {
      ...leavesOf(await opened(cipher, "contact", sealed?.sealedContact)),
      notes: await opened(cipher, "notes", sealed?.sealedNotes),
      "affiliate attribution": await opened(cipher, "attribution", rows.checkout?.sealedAttribution),
      "intent trace": await opened(cipher, "attribution", rows.checkout?.sealedIntent),
      ...heldInClear(rows),
    };
  } catch (error) {
    if (error instanceof KeyDestroyed) return {};
    throw error;
  }
};

/** A payment token pays for whoever holds it: that it is there is told, not what it is. */
const heldInClear = ({ checkout, order, payments }: Rows): Held => {
  const references = payments.flatMap(({ paymentIntentId }) => paymentIntentId ?? []);
  const parcels = order?.fulfillments.flatMap(parcelsIn) ?? [];
  return {
    destination: checkout?.destination,
    locale: checkout?.channel.locale,
    timezone: checkout?.channel.timezone,
    "payment reference": references.length > 0 ? references : undefined,
    "parcel reference": parcels.length > 0 ? [...new Set(parcels)] : undefined,
    "payment token": payments.some(({ sealedToken }) => sealedToken) ? "held until it is used" : undefined,
    "3-D Secure result": payments.some(({ sealedAuthentication }) => sealedAuthentication)
      ? "held until it is used"
      : undefined,
    "idempotent answer": "for at most 30 days, of the same contents as above",
  };
};

const parcelsIn = ({ events }: Fulfillment): string[] =>
  events.flatMap(({ tracking }) => [tracking?.number, tracking?.url].filter((each) => each !== undefined));

const opened = async (cipher: Cipher, fieldClass: FieldClass, sealed: Uint8Array | undefined) =>
  sealed && cipher.unseal(fieldClass, sealed);
