import { checkoutExpired } from "./checkout-expired.ts";
import { customerErased } from "./customer-erased.ts";
import { customerUpdated } from "./customer-updated.ts";
import type { EventDefinition } from "./define-event.ts";
import { disputeClosed } from "./dispute-closed.ts";
import { disputeOpened } from "./dispute-opened.ts";
import { domainSuspended } from "./domain-suspended.ts";
import { domainTransferred } from "./domain-transferred.ts";
import { endpointFailed } from "./endpoint-failed.ts";
import { endpointTested } from "./endpoint-tested.ts";
import { keyExposed } from "./key-exposed.ts";
import { keyLeaked } from "./key-leaked.ts";
import { keyShared } from "./key-shared.ts";
import { keySuspended } from "./key-suspended.ts";
import { keyWarned } from "./key-warned.ts";
import { orderCanceled } from "./order-canceled.ts";
import { orderConfirmed } from "./order-confirmed.ts";
import { orderPlaced } from "./order-placed.ts";
import { orderUpdated } from "./order-updated.ts";
import { paymentCaptured } from "./payment-captured.ts";
import { paymentFailed } from "./payment-failed.ts";
import { refundFailed } from "./refund-failed.ts";
import { refundSucceeded } from "./refund-succeeded.ts";
import { stockDepleted } from "./stock-depleted.ts";
import { supportEnded } from "./support-ended.ts";
import { supportGranted } from "./support-granted.ts";
import { velocityExceeded } from "./velocity-exceeded.ts";

/** Every fact that may leave the service; what is not in this list cannot be recorded. */
export const catalogue = [
  checkoutExpired,
  endpointTested,
  endpointFailed,
  orderPlaced,
  orderConfirmed,
  orderCanceled,
  orderUpdated,
  paymentCaptured,
  paymentFailed,
  refundSucceeded,
  refundFailed,
  disputeOpened,
  disputeClosed,
  stockDepleted,
  domainSuspended,
  domainTransferred,
  customerErased,
  customerUpdated,
  keyWarned,
  keySuspended,
  keyExposed,
  keyLeaked,
  keyShared,
  supportGranted,
  supportEnded,
  velocityExceeded,
] as const satisfies readonly EventDefinition[];

export type EventType = (typeof catalogue)[number]["type"];

export const eventTypes: readonly [EventType, ...EventType[]] = [
  catalogue[0].type,
  ...catalogue.slice(1).map((definition) => definition.type),
];

/** `undefined` for a type that is not in the catalogue, such as one that a newer release recorded. */
export const eventOf = (type: string): EventDefinition | undefined =>
  catalogue.find((definition) => definition.type === type);
