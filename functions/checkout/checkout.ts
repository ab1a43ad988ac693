import { z } from "zod";
import { Quote } from "#functions/pricing/pricing.ts";
import type { Timers } from "#functions/runtime/timer.ts";
import { PolicyDigests } from "#functions/store/policy.ts";
import { Destination } from "#functions/values/address.ts";
import { hours, Instant, minutes, seconds } from "#functions/values/clock.ts";
import { CheckoutId, OrderId, PrincipalId, StoreId } from "#functions/values/id.ts";
import { Sealed } from "#functions/values/sealed.ts";
import { Line } from "./contents.ts";
import { Message } from "./message.ts";

export const Status = z.enum([
  "open",
  "ready",
  "completing",
  "authenticating",
  "aborting",
  "completed",
  "canceled",
  "expired",
]);
export type Status = z.infer<typeof Status>;

/** The whole state machine. A move that is not in this table is refused. */
export const moves = {
  open: ["ready", "canceled", "expired"],
  ready: ["open", "completing", "canceled", "expired"],
  completing: ["completed", "authenticating", "aborting"],
  authenticating: ["completing", "aborting"],
  aborting: ["open", "ready", "canceled", "expired"],
  completed: [],
  canceled: [],
  expired: [],
} as const satisfies Record<Status, readonly Status[]>;

export const isFinal = (status: Status): boolean => moves[status].length === 0;

const midWay: readonly Status[] = ["completing", "authenticating", "aborting"];
/** Stock is laid aside for its buyer, and money may be held. */
export const isMidWay = (status: Status): boolean => midWay.includes(status);

/** How long each state may last before a sweeper moves it on. */
export const times = {
  /** An untouched checkout expires. */
  session: hours(6),
  /** Longer than the workflow (22 s) and its longest function together: nobody else works on it meanwhile. */
  lease: seconds(40),
  /** The buyer proves who they are; stock stays reserved. */
  authentication: minutes(10),
  /** An unknown payment outcome is driven forward this long, then the checkout is aborted. */
  giveUp: hours(1),
} as const;

const sweep = "checkout/sweep-checkouts";
const working = { by: sweep, within: times.lease, due: "own" } as const;
const idle = { by: sweep, within: times.session, due: "own" } as const;

export const timers = {
  open: idle,
  ready: idle,
  completing: working,
  authenticating: { by: sweep, within: times.authentication, due: "own" },
  aborting: working,
  completed: "rest",
  canceled: "rest",
  expired: "rest",
} as const satisfies Timers<Status>;

/** What the façade negotiated and needs again to render the checkout; the core only keeps it. */
export const Channel = z.object({
  protocol: z.enum(["acp"]),
  version: z.string(),
  extensions: z.array(z.string()),
  interventions: z.array(z.string()),
  locale: z.string().max(35).optional(),
  timezone: z.string().max(64).optional(),
});
export type Channel = z.infer<typeof Channel>;

/** What is left of it once the session is over: how the buyer speaks and where they are is nothing of the books. */
export const SettledChannel = Channel.omit({ locale: true, timezone: true });
export const settled = ({ locale: _, timezone: __, ...kept }: Channel): z.infer<typeof SettledChannel> =>
  kept;

/** A buyer's session as it is stored: personal fields only as sealed messages. */
export const Checkout = z.object({
  id: CheckoutId,
  storeId: StoreId,
  principalId: PrincipalId,
  livemode: z.boolean(),
  channel: Channel,
  status: Status,
  /** Counts every write: each is conditional on the version it read. */
  version: z.int(),
  /** Counts who worked on it: every write of a workflow step demands the epoch that its run started with. */
  epoch: z.int(),
  leaseUntil: Instant,
  /** Counts payment attempts; only a definite decline or void lets it move on. */
  attempt: z.int(),
  /** When the current completion began. */
  completingSince: Instant.optional(),
  /** Where an abort ends. */
  abortTo: z.enum(["ready", "canceled", "expired"]).optional(),
  abortReason: z.string().optional(),
  lines: z.array(Line),
  destination: Destination.optional(),
  has: z.object({ email: z.boolean(), address: z.boolean() }),
  selectedOptionId: z.string().optional(),
  discountCodes: z.array(z.string()),
  quote: Quote,
  /** Of all policies that the session carried when it was quoted: an order stands on no others. */
  policiesSha256: z.string(),
  /** What it showed of its store then (`store/storefront.ts`): its answers are repeated so. */
  storefront: z.string(),
  messages: z.array(Message),
  sealedContact: Sealed,
  sealedNotes: Sealed.optional(),
  sealedAttribution: Sealed.optional(),
  sealedIntent: Sealed.optional(),
  /** Which idempotent request is completing it: its answer is stored where the completion ends. */
  completion: z
    .object({ scope: z.string(), key: z.string(), canonical: z.string(), raw: z.string() })
    .optional(),
  /** To what the buyer's agent said yes, when and with which key. */
  consent: z
    .object({
      at: Instant,
      /** Of the session that it had seen. */
      version: z.int(),
      keyId: z.string().optional(),
      /** The store's policies as they were shown. */
      terms: PolicyDigests.optional(),
    })
    .optional(),
  /** Of the card whose bank wants the buyer to authenticate: the agent must know where. */
  directoryServer: z.enum(["american_express", "mastercard", "visa"]).optional(),
  orderId: OrderId.optional(),
  /** Once it became an order: how long the books are kept. */
  keptUntil: Instant.optional(),
  createdAt: Instant,
  updatedAt: Instant,
  expiresAt: Instant,
});
export type Checkout = z.infer<typeof Checkout>;

/** The checkout after a move and its changes; a move that is not in the table is a programming fault. */
export const moved = (
  checkout: Checkout,
  to: Status,
  now: Instant,
  changes: Partial<Omit<Checkout, "status" | "version">> = {},
): Checkout => {
  if (to !== checkout.status && !(moves[checkout.status] as readonly Status[]).includes(to))
    throw new Error(`a checkout does not move from ${checkout.status} to ${to}`);
  const after = { ...checkout, ...changes, status: to, version: checkout.version + 1, updatedAt: now };
  return isFinal(to) ? { ...after, channel: settled(after.channel) } : after;
};

/** Who works on it alone, and until when: a run starts or takes over by this one conditional write. */
export const leased = (checkout: Checkout, now: Instant): Pick<Checkout, "epoch" | "leaseUntil"> => ({
  epoch: checkout.epoch + 1,
  leaseUntil: now + times.lease,
});

/** When somebody must look at it again, by status; `undefined`: never, it is final. */
export const nextLook = (checkout: Checkout): Instant | undefined => {
  if (isFinal(checkout.status)) return undefined;
  return checkout.status === "open" || checkout.status === "ready" ? checkout.expiresAt : checkout.leaseUntil;
};

/** As a reader sees it now: time moves an idle checkout before a sweeper writes it down. */
export const asOf = (checkout: Checkout, now: Instant): Checkout =>
  (checkout.status === "open" || checkout.status === "ready") && checkout.expiresAt <= now
    ? { ...checkout, status: "expired" }
    : checkout;
