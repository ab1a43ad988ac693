import type { EventEnvelope } from "#events/define-event.ts";
import type { ToldCustomer } from "#events/told-customer.ts";
import { hasAccepted } from "#functions/access/data-protection.ts";
import type { LicenseKeyStore } from "#functions/access/license-key.store.ts";
import type { PrincipalStore } from "#functions/access/principal.store.ts";
import { toldOnRecord } from "#functions/audit/record-told.ts";
import type { Contact } from "#functions/checkout/contents.ts";
import type { OrderStore } from "#functions/order/order.store.ts";
import { openPersonal } from "#functions/order/personal-view.ts";
import type { Envelope } from "#functions/privacy/envelope.ts";
import { masked } from "#functions/privacy/mask.ts";
import { plainly, type Write } from "#functions/runtime/table.ts";
import type { Instant } from "#functions/values/clock.ts";
import { OrderId, type StoreId } from "#functions/values/id.ts";
import type { Delivery } from "./delivery.ts";
import type { AskedCustomer, Endpoint } from "./endpoint.ts";

/** Who is shown whom. */
export type Look = AskedCustomer & { readonly orderId: OrderId };

/** `undefined`: the endpoint did not ask, or the event is none of an order. `shows` is absent of masks and of nobody. */
export type TellCustomer = (
  endpoint: Endpoint,
  event: EventEnvelope,
) => Promise<{ readonly added: ToldCustomer; readonly shows?: Look } | undefined>;

type Tells = {
  readonly orders: Pick<OrderStore, "get">;
  readonly envelope: Pick<Envelope, "open">;
  readonly principals: Pick<PrincipalStore, "get">;
  readonly keys: Pick<LicenseKeyStore, "get">;
};

/** Who bought, opened for this one attempt and kept nowhere: after an erasure, or while it is frozen, there is nobody to tell of. */
export const tellCustomer =
  (on: Tells): TellCustomer =>
  async ({ storeId, customer }, event) => {
    const orderId = orderIn(event);
    if (!customer || !orderId) return undefined;
    const contact = await contactOf(on, storeId, orderId);
    if (!contact) return { added: { customer: null } };
    return (await mayKnow(on, storeId, customer))
      ? { added: { customer: fieldsOf(contact) }, shows: { ...customer, orderId } }
      : { added: { customer: fieldsOf(masked(contact)) } };
  };

const orderIn = ({ type, subject }: EventEnvelope): OrderId | undefined =>
  type.startsWith("order.") ? OrderId.parse(subject) : undefined;

const contactOf = async (on: Tells, storeId: StoreId, orderId: OrderId): Promise<Contact | undefined> => {
  const order = await on.orders.get(storeId, orderId);
  const opened = order && (await openPersonal(on, order));
  return opened?.isRestricted ? undefined : opened?.contact;
};

/**
 * The right is the keeper's and the asking key's, so it ends with either, and rests with the store: a key that leaked must
 * not go on showing people, nor a keeper that has not accepted a new text. That a key expired, as one does that is rolled,
 * says nothing against what it asked for.
 */
const mayKnow = async (
  on: Tells,
  storeId: StoreId,
  { isShown, keptBy, askedBy }: AskedCustomer,
): Promise<boolean> => {
  if (!isShown) return false;
  const [keeper, key] = await Promise.all([on.principals.get(storeId, keptBy), on.keys.get(askedBy)]);
  if (!keeper || !key || !hasAccepted(keeper) || key.suspendedFor === "exposed") return false;
  if (!key.scopes.includes("customers:read")) return false;
  return [keeper.revokedAt, key.revokedAt, key.storeStoppedAt].every((ended) => ended === undefined);
};

const fieldsOf = ({ buyer, delivery }: Contact): ToldCustomer["customer"] => {
  const name = buyer?.fullName ?? [buyer?.firstName, buyer?.lastName].filter(Boolean).join(" ");
  return {
    ...(name && { name }),
    ...(buyer && { email: buyer.email }),
    ...(delivery?.address && { address: delivery.address }),
  };
};

/**
 * One put before each attempt that shows somebody, the cheapest that is true: no record, no attempt. By the key that
 * asked, so whoever looks what a leaked key has shown finds it.
 */
export const lookOnRecord = (
  { eventId, endpointId, storeId }: Delivery,
  { keptBy, askedBy, orderId }: Look,
  at: Instant,
): Write =>
  plainly(
    toldOnRecord({
      orderId,
      by: { requestId: `${endpointId}#${eventId}`, principalId: keptBy, keyId: askedBy },
      storeId,
      at,
      decidedBy: "customers:read",
      about: { endpointId, eventId },
    }),
  );
