/** Generated from functions/docs/store-api.json by `npm run schemas`: change the routes, not this. */
export interface Acceptance {
  points: {
    access: true;
    breach: true;
    encryption: true;
    erasure: true;
    use: true;
  };
  /** @maxLength 16 */
  version: string;
}

export interface AcceptanceView {
  /**
   * @format date-time
   * @pattern Z$
   */
  acceptedAt: string;
  isCurrent: boolean;
  principal: {
    id: PrincipalId;
  };
  version: string;
}

export interface AcceptedStatement {
  /**
   * @format date-time
   * @pattern Z$
   */
  acceptedAt: string;
  isCurrent: boolean;
  version: string;
}

export interface AccessRestriction {
  cidrs?: Cidr[] | null;
  expiresAt?: string | null;
  /** @minItems 1 */
  scopes?: Scope[];
}

export interface AccessReview {
  /**
   * @format date-time
   * @pattern Z$
   */
  asOf: string;
  principals: {
    accepted?: AcceptedStatement;
    /**
     * @format date-time
     * @pattern Z$
     */
    createdAt: string;
    id: PrincipalId;
    licenseKeys: LicenseKeyView[];
    name?: ShownName;
    /** @format date-time */
    revokedAt?: string;
    role: Role;
  }[];
}

export type Action =
  | "tokens.killed"
  | "tokens.accepted"
  | "domain.verified"
  | "domain.suspended"
  | "domain.transferred"
  | "domain.removed"
  | "erasure.requested"
  | "erasure.done"
  | "customer.read"
  | "customer.told"
  | "customer.exported"
  | "customer.rectified"
  | "customer.restricted"
  | "customer.unrestricted"
  | "store.created"
  | "store.suspended"
  | "store.resumed"
  | "store.closed"
  | "divergence.heal"
  | "order.read"
  | "audit.read"
  | "audit.verified"
  | "audit.exported"
  | "affected.listed"
  | "support.request"
  | "support.granted"
  | "support.ended"
  | "support.read"
  | "keys.read"
  | "key.issued"
  | "key.rolled"
  | "key.roll_canceled"
  | "key.restricted"
  | "key.revoked"
  | "key.exposed"
  | "key.leaked"
  | "key.suspended"
  | "key.shared"
  | "keys.reviewed"
  | "principal.revoked"
  | "data_protection.accepted"
  | "pepper.rotated"
  | "webhook_secret.rolled"
  | "webhook_endpoint.created"
  | "webhook_endpoint.changed"
  | "webhook_endpoint.verified"
  | "webhook_endpoint.removed"
  | "webhook.resent"
  | "webhooks.replayed"
  | "store.changed"
  | "connector.put"
  | "connector.removed"
  | "connector_secret.rolled"
  | "agent_feed.put"
  | "agent_feed.removed"
  | "domain.challenged"
  | "products.put"
  | "stock.changed"
  | "discounts.put"
  | "refund.requested"
  | "cancellation.requested"
  | "fulfillment.recorded"
  | "restore.begun"
  | "restore.done"
  | "stripe_secrets.put"
  | "store_key.rotated"
  | "store_keys.rewrapped";

export interface Actor {
  keyId?: string;
  principalId?: PrincipalId;
  requestId: string;
  role: "operator" | "service" | Role;
}

export interface AgentFeedView {
  /**
   * @format date-time
   * @pattern Z$
   */
  createdAt: string;
  /** @format date-time */
  failingSince?: string;
  feedId?: FeedId;
  lastStatus?: number;
  name: FeedName;
  ownerId: PrincipalId;
  /** @format date-time */
  pushedAt?: string;
  /** @maxItems 20 */
  refused: ProductId[];
  targetCountry?: string;
  url: string;
}

export interface AgentFeeds {
  agentFeeds: AgentFeedView[];
}

export interface AlertVerdict {
  label: "true_positive" | "false_positive";
  token_hash: string;
  token_type: string;
}

export interface AuditEventView {
  about?: Partial<Record<string, string>>;
  action: Action;
  actor: Actor;
  /**
   * @format date-time
   * @pattern Z$
   */
  at: string;
  decidedBy: "iam" | "schedule" | "signature" | Scope;
  id: string;
  reason?: Reason;
  subjects?: string[];
}

export interface AuditEventsPage {
  events: AuditEventView[];
  next?: string;
}

export type CancelReason =
  | "requested_by_customer"
  | "out_of_stock"
  | "fraudulent"
  | "duplicate"
  | "store_decision"
  | "other";

export interface Cancellation {
  /** @default "other" */
  reason?: CancelReason;
}

/** @pattern ^chk_[0-9a-hjkmnp-tv-z]{26}$ */
export type CheckoutId = string;

/** @maxLength 49 */
export type Cidr = string;

export type ConnectionView =
  | {
      kind: "native";
    }
  | {
      /**
       * @format date-time
       * @pattern Z$
       */
      createdAt: string;
      kind: FulfillmentKind;
      /** @format date-time */
      lastUsedAt?: string;
      ownerId: PrincipalId;
      /** @format date-time */
      readAt?: string;
      receiver?: {
        notice?: string;
        /** @format date */
        refusedFrom?: string;
        status: "current" | "warned" | "refused";
        version: Receiver;
      };
      secrets: {
        /**
         * @format date-time
         * @pattern Z$
         */
        createdAt: string;
        /** @format date-time */
        expiresAt?: string;
      }[];
      settings?: {
        currency: Currency;
        pricesIncludeTax: boolean;
        /**
         * @format date-time
         * @pattern Z$
         */
        readAt: string;
        stale: boolean;
        /** @maxItems 100 */
        taxClasses: string[];
        /** @maxLength 64 */
        timeZone: string;
      };
      unanswered: Unanswered;
      url: string;
    };

export interface ContactView {
  buyer?: Partial<Record<string, string>>;
  delivery?: Partial<Record<string, string | Partial<Record<string, string>>>>;
}

export type Country = string;

/** @pattern ^[a-z]{3}$ */
export type Currency = string;

/** @pattern ^cust_[0-9a-hjkmnp-tv-z]{26}$ */
export type CustomerId = string;

export interface CustomerRestriction {
  reason?: Reason;
}

export type CustomerStatus = "waiting" | "done";

export interface CustomerView {
  contact?: ContactView | null;
  id: CustomerId;
  orders: OrderOfCustomer[];
  restricted: boolean;
}

export interface CustomersPage {
  customers: CustomerView[];
  next?: OrderId;
}

export interface DeliveriesPage {
  deliveries: DeliveryView[];
  next?: string;
}

export interface DeliveryView {
  answer?: string;
  attempts: number;
  /**
   * @format date-time
   * @pattern Z$
   */
  createdAt: string;
  eventId: string;
  httpStatus?: number;
  latencyMs?: number;
  /** @format date-time */
  nextAttemptAt?: string;
  outOfOrder: boolean;
  previousEventId?: string;
  reason?: string;
  status: WebhookStatus;
  type: string;
  /**
   * @format date-time
   * @pattern Z$
   */
  updatedAt: string;
}

/**
 * @minLength 1
 * @maxLength 200
 */
export type Description = string;

/** @pattern ^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$ */
export type DiscountCode = string;

export interface DiscountsAnswer {
  discounts: (
    | {
        code: DiscountCode;
        /** @format date-time */
        expiresAt?: string;
        kind: "percent";
        minimumSubtotal?: MinorUnits;
        /**
         * @minLength 1
         * @maxLength 128
         */
        name?: string;
        percentOff: PercentOff;
        /** @format date-time */
        startsAt?: string;
        /**
         * @min 1
         * @max 1000000000
         */
        usageLimit?: number;
      }
    | {
        /** @min 1 */
        amountOff: MinorUnits;
        code: DiscountCode;
        /** @format date-time */
        expiresAt?: string;
        kind: "fixed";
        minimumSubtotal?: MinorUnits;
        /**
         * @minLength 1
         * @maxLength 128
         */
        name?: string;
        /** @format date-time */
        startsAt?: string;
        /**
         * @min 1
         * @max 1000000000
         */
        usageLimit?: number;
      }
  )[];
}

export type DisputeStatus = "open" | "won" | "lost";

export interface DisputeView {
  amount: MinorUnits;
  /** @format date-time */
  closedAt?: string;
  /** @format date-time */
  evidenceDueBy?: string;
  id: string;
  kind: "inquiry" | "chargeback";
  /**
   * @format date-time
   * @pattern Z$
   */
  openedAt: string;
  reason: string;
  status: DisputeStatus;
}

export interface DisputesView {
  disputes: DisputeView[];
  evidence: Evidence;
  frozen: boolean;
  orderId: OrderId;
  status: OrderStatus;
}

export interface DomainList {
  domains: DomainView[];
}

export type DomainScope = "host" | "subtree";

export type DomainStatus =
  | "pending"
  | "verified"
  | "suspended"
  | "transferred"
  | "removed";

export interface DomainView {
  challenge?: {
    /**
     * @format date-time
     * @pattern Z$
     */
    expiresAt: string;
    file?: {
      content: string;
      contentType: "text/plain";
      url: string;
    };
    method: ProofMethod;
    record?: {
      name: string;
      type: "TXT";
      value: string;
    };
    scope: DomainScope;
  };
  /** @format date-time */
  checkedAt?: string;
  domain: string;
  /** @format date-time */
  endedAt?: string;
  method: Method;
  /** @format date-time */
  missingSince?: string;
  scope: DomainScope;
  status: DomainStatus;
  /** @format date-time */
  verifiedAt?: string;
}

export interface EndpointHealth {
  days: {
    attempts: number;
    averageLatencyMs: number;
    /** @format date */
    day: string;
    slowestMs: number;
    /**
     * @min 0
     * @max 1
     */
    successRate: number;
  }[];
  /** @format date-time */
  failingSince?: string;
  /** @format date-time */
  restsUntil?: string;
}

/** @pattern ^we_[0-9a-hjkmnp-tv-z]{26}$ */
export type EndpointId = string;

export interface EndpointList {
  endpoints: EndpointView[];
}

export interface EndpointPatch {
  description?: Description | null;
  events?: Events;
  /** Of kind `event_bus`: a bus answers nothing, so its owner brings back the challenge of a test that came there. */
  proof?: {
    /** @maxLength 64 */
    challenge: string;
    /** @maxLength 64 */
    eventId: string;
  };
  status?: "enabled" | "disabled";
}

export interface EndpointView {
  /**
   * @format date-time
   * @pattern Z$
   */
  createdAt: string;
  customer?: {
    isShown: boolean;
    keptBy: PrincipalId;
  };
  description?: string;
  disabledReason?: "gone" | "by_owner";
  events: EventFilter[];
  id: EndpointId;
  jwksPath: string;
  kind: WebhookKind;
  livemode: boolean;
  principalId?: PrincipalId;
  secrets: {
    /**
     * @format date-time
     * @pattern Z$
     */
    createdAt: string;
    /** @format date-time */
    expiresAt?: string;
    number: number;
    publicKey: string;
  }[];
  status: "enabled" | "disabled";
  url: string;
  /**
   * Absent: it hears of nothing but tests, until its receiver answers one with the test's challenge alone. Of kind `event_bus` `proof` stands for that answer; of kind `acp`, where the agent's platform gives none, the word of whoever runs this service.
   * @format date-time
   */
  verifiedAt?: string;
}

export interface EndpointWithHealth {
  /**
   * @format date-time
   * @pattern Z$
   */
  createdAt: string;
  customer?: {
    isShown: boolean;
    keptBy: PrincipalId;
  };
  description?: string;
  disabledReason?: "gone" | "by_owner";
  events: EventFilter[];
  health: EndpointHealth;
  id: EndpointId;
  jwksPath: string;
  kind: WebhookKind;
  livemode: boolean;
  principalId?: PrincipalId;
  secrets: {
    /**
     * @format date-time
     * @pattern Z$
     */
    createdAt: string;
    /** @format date-time */
    expiresAt?: string;
    number: number;
    publicKey: string;
  }[];
  status: "enabled" | "disabled";
  url: string;
  /**
   * Absent: it hears of nothing but tests, until its receiver answers one with the test's challenge alone. Of kind `event_bus` `proof` stands for that answer; of kind `acp`, where the agent's platform gives none, the word of whoever runs this service.
   * @format date-time
   */
  verifiedAt?: string;
}

export interface EndpointWithSecret {
  /**
   * @format date-time
   * @pattern Z$
   */
  createdAt: string;
  customer?: {
    isShown: boolean;
    keptBy: PrincipalId;
  };
  description?: string;
  disabledReason?: "gone" | "by_owner";
  events: EventFilter[];
  id: EndpointId;
  jwksPath: string;
  kind: WebhookKind;
  livemode: boolean;
  principalId?: PrincipalId;
  secret?: string;
  secrets: {
    /**
     * @format date-time
     * @pattern Z$
     */
    createdAt: string;
    /** @format date-time */
    expiresAt?: string;
    number: number;
    publicKey: string;
  }[];
  status: "enabled" | "disabled";
  url: string;
  /**
   * Absent: it hears of nothing but tests, until its receiver answers one with the test's challenge alone. Of kind `event_bus` `proof` stands for that answer; of kind `acp`, where the agent's platform gives none, the word of whoever runs this service.
   * @format date-time
   */
  verifiedAt?: string;
}

/** @pattern ^era_[0-9a-hjkmnp-tv-z]{26}$ */
export type ErasureId = string;

export interface ErasureView {
  /** @format date-time */
  doneAt?: string;
  id: ErasureId;
  receipt?: {
    sha256: string;
    checkouts: number;
  };
  /**
   * @format date-time
   * @pattern Z$
   */
  requestedAt: string;
  status: CustomerStatus;
  waitsFor: WaitsFor[];
}

export type EventFilter =
  | "*"
  | "checkout.*"
  | "endpoint.*"
  | "order.*"
  | "payment.*"
  | "refund.*"
  | "dispute.*"
  | "stock.*"
  | "domain.*"
  | "customer.*"
  | "key.*"
  | "support.*"
  | "velocity.*"
  | "checkout.expired"
  | "endpoint.tested"
  | "endpoint.failed"
  | "order.placed"
  | "order.confirmed"
  | "order.canceled"
  | "order.updated"
  | "payment.captured"
  | "payment.failed"
  | "refund.succeeded"
  | "refund.failed"
  | "dispute.opened"
  | "dispute.closed"
  | "stock.depleted"
  | "domain.suspended"
  | "domain.transferred"
  | "customer.erased"
  | "customer.updated"
  | "key.warned"
  | "key.suspended"
  | "key.exposed"
  | "key.leaked"
  | "key.shared"
  | "support.granted"
  | "support.ended"
  | "velocity.exceeded";

/**
 * @maxItems 32
 * @minItems 1
 */
export type Events = EventFilter[];

export interface EventsPage {
  events: ToldEvent[];
  more: boolean;
  next: string;
}

export interface Evidence {
  consent: {
    /**
     * @format date-time
     * @pattern Z$
     */
    orderPlacedAt: string;
    quote: {
      currency: Currency;
      total: MinorUnits;
      version?: number;
    };
    request: {
      amount: MinorUnits;
      apiVersion: string;
      /** @format date-time */
      at?: string;
      keyId?: string;
      principalId: PrincipalId;
      protocol: string;
      tokenKind?: TokenKind;
    };
    /**
     * @format date-time
     * @pattern Z$
     */
    sessionCreatedAt: string;
  };
  contact?: ContactView | null;
  delivery: {
    /** @format date-time */
    confirmedAt?: string;
    fulfillments: FulfillmentView[];
    option?: string;
    optionId?: string;
    /** @format uri */
    permalinkUrl: string;
    pieces: {
      digital: boolean;
      quantity: number;
      title: string;
    }[];
  };
  notes?: string | null;
  terms?: {
    sha256: string;
    /**
     * @format date-time
     * @pattern Z$
     */
    acceptedAt: string;
    policies: {
      privacyPolicy: string;
      returnPolicy: string;
      shippingPolicy?: string;
      termsOfUse: string;
    };
  };
}

export interface Export {
  checkouts: ExportedCheckout[];
  customerId: CustomerId;
  /**
   * @format date-time
   * @pattern Z$
   */
  exportedAt: string;
  id: string;
  page: string;
}

export interface ExportedCheckout {
  checkoutId: CheckoutId;
  fields: ExportedField[];
  order?: {
    amountRefundable: MinorUnits;
    amountRefunded: MinorUnits;
    cancelReason?: string;
    checkoutId: CheckoutId;
    /**
     * @format date-time
     * @pattern Z$
     */
    createdAt: string;
    currency: Currency;
    disputes: DisputeView[];
    fulfillmentOptionId?: string;
    fulfillmentStatus: OrderProgress;
    fulfillments: FulfillmentView[];
    id: OrderId;
    lines: PricedLine[];
    livemode: boolean;
    number: string;
    payment: {
      paymentIntentId?: string;
      state: PaymentState;
    };
    /** @format uri */
    permalinkUrl: string;
    principalId: PrincipalId;
    refunds: RefundView[];
    status: OrderStatus;
    total: MinorUnits;
    totals: {
      fulfillment: MinorUnits;
      itemsBase: MinorUnits;
      itemsDiscount: MinorUnits;
      subtotal: MinorUnits;
      tax: MinorUnits;
      total: MinorUnits;
    };
    /**
     * @format date-time
     * @pattern Z$
     */
    updatedAt: string;
  };
  restricted: boolean;
  /**
   * @format date-time
   * @pattern Z$
   */
  startedAt: string;
}

export interface ExportedField {
  basis: string;
  field: string;
  kept: string;
  label: string;
  purpose: string;
  value: any;
}

export interface FeedAnswer {
  products: FeedProduct[];
}

/**
 * @minLength 1
 * @maxLength 200
 * @pattern ^[!-~]+$
 */
export type FeedId = string;

/** @pattern ^[a-z][a-z0-9-]{0,39}$ */
export type FeedName = string;

export interface FeedProduct {
  description?: {
    plain: string;
  };
  id: string;
  media?: {
    type: "image";
    /** @format uri */
    url: string;
  }[];
  title: string;
  variants: {
    availability: {
      available: boolean;
      status: "in_stock" | "out_of_stock" | "discontinued";
    };
    id: string;
    price: {
      amount: number;
      currency: string;
    };
    seller: {
      name: string;
    };
    title: string;
  }[];
}

export type FulfillmentKind = "bridge" | "woocommerce";

export interface FulfillmentView {
  events: {
    lines: Line[];
    /**
     * @format date-time
     * @pattern Z$
     */
    occurredAt: string;
    type: PieceStatus;
  }[];
  id: string;
  lines: Line[];
  status: PieceStatus;
  tracking?: Tracking;
}

/** @maxLength 1024 */
export type Host = string;

/**
 * @format uri
 * @maxLength 2048
 */
export type HttpsUrl = string;

export interface ImportAnswer {
  created: ProductId[];
  next?: number;
  skipped: Skipped[];
  updated: ProductId[];
}

export interface ImportProducts {
  /**
   * @min 1
   * @max 100000
   * @default 1
   */
  page?: number;
}

/** @min 0 */
export type Instant = number;

export interface Jwks {
  keys: {
    alg: "EdDSA";
    crv: "Ed25519";
    kid: string;
    kty: "OKP";
    use: "sig";
    x: string;
  }[];
}

/** @pattern ^[0-9A-Za-z]{12}$ */
export type KeyId = string;

export interface KeysPage {
  licenseKeys: LicenseKeyView[];
  next?: KeyId;
}

export interface Leaving {
  /** @default false */
  endGranted?: boolean;
}

export interface LicenseKeyView {
  cidrs?: string[];
  /**
   * @format date-time
   * @pattern Z$
   */
  createdAt: string;
  ends?: {
    /**
     * @format date-time
     * @pattern Z$
     */
    at: string;
    because: "expires" | "unused" | "unreviewed" | "exposed";
  };
  /** @format date-time */
  expiresAt?: string;
  /** @format date-time */
  exposedAt?: string;
  grantedBy?: PrincipalId;
  grantedWith?: KeyId;
  id: KeyId;
  lastFour: string;
  /** @format date-time */
  lastUsedAt?: string;
  livemode: boolean;
  prefix: string;
  principal: {
    id: PrincipalId;
    name?: ShownName;
  };
  /** @format date-time */
  reviewedAt?: string;
  /** @format date-time */
  revokedAt?: string;
  role: Role;
  rolledFrom?: KeyId;
  rolledTo?: KeyId;
  scopes: Scope[];
  /** @format date-time */
  sharedAt?: string;
  status: "active" | "suspended" | "revoked" | "expired";
  /** @format date-time */
  suspendedAt?: string;
  suspendedFor?: "unused" | "unreviewed" | "exposed";
}

export interface Limits {
  /** @min 1 */
  amount_per_address?: MinorUnits;
  /** @min 1 */
  amount_per_principal?: MinorUnits;
  /**
   * @min 1
   * @max 1000000
   */
  completions_per_address?: number;
  /**
   * @min 1
   * @max 1000000
   */
  completions_per_principal?: number;
  /**
   * @min 1
   * @max 1000000
   */
  completions_per_store?: number;
  /**
   * @min 1
   * @max 1000000
   */
  declines_per_address?: number;
  /**
   * @min 1
   * @max 1000000
   */
  declines_per_principal?: number;
  /**
   * @min 1
   * @max 1000000
   */
  declines_per_store?: number;
  /**
   * @min 1
   * @max 1000000
   */
  domains_per_store?: number;
  /**
   * @min 1
   * @max 1000000
   */
  refunds_per_store?: number;
}

export interface Line {
  productId: ProductId;
  /**
   * @min 1
   * @max 9999
   */
  quantity: number;
}

export interface LineTotals {
  base: MinorUnits;
  discount: MinorUnits;
  subtotal: MinorUnits;
  tax: MinorUnits;
  total: MinorUnits;
}

export type Method = "dns" | "https" | "operator";

/**
 * @min 0
 * @max 99999999999
 */
export type MinorUnits = number;

export interface Missing {
  code:
    | "domain"
    | "products"
    | "shipping"
    | "stripe_account"
    | "privacy_paragraph";
  required: boolean;
  todo: string;
}

export interface NewDomain {
  domain: Host;
  /** @default "dns" */
  method?: ProofMethod;
  /** @default "host" */
  scope?: DomainScope;
}

export interface NewEndpoint {
  /** Asks for the buyer's name, e-mail and postal address beside each `order.*` event, of kind `standard` or `event_bus`; `keptBy` is the principal that keeps them. They are masked unless the calling key has `customers:read` and that principal has accepted the data-protection statement. */
  customer?: {
    keptBy: PrincipalId;
  };
  description?: Description;
  /** @default ["*"] */
  events?: Events;
  /** @default "standard" */
  kind?: WebhookKind;
  principalId?: PrincipalId;
  /**
   * Where to send: an `https` URL; of kind `event_bus` the ARN of an event bus in another account of this region, whose policy lets this account put events.
   * @minLength 1
   * @maxLength 2048
   */
  url: string;
}

export interface NewFulfillment {
  /**
   * @maxItems 40
   * @minItems 1
   */
  lines?: {
    productId: ProductId;
    /**
     * @min 1
     * @max 9999
     */
    quantity: number;
  }[];
  /** @format date-time */
  occurredAt?: string;
  /** @default "shipped" */
  status?: "processing" | "shipped";
  tracking?: {
    /** @pattern ^[\p{L}\d][\p{L}\d .&+-]{0,39}$ */
    carrier?: string;
    /** @pattern ^[A-Za-z\d][A-Za-z\d ._/-]{0,63}$ */
    number?: string;
    /**
     * @maxLength 2048
     * @pattern ^https:\/\/[a-z\d][a-z\d.-]*(?:[/?#][!-~]*)?$
     */
    url?: string;
  };
}

export interface NewFulfillmentEvent {
  /**
   * @maxItems 40
   * @minItems 1
   */
  lines?: {
    productId: ProductId;
    /**
     * @min 1
     * @max 9999
     */
    quantity: number;
  }[];
  /** @format date-time */
  occurredAt?: string;
  tracking?: {
    /** @pattern ^[\p{L}\d][\p{L}\d .&+-]{0,39}$ */
    carrier?: string;
    /** @pattern ^[A-Za-z\d][A-Za-z\d ._/-]{0,63}$ */
    number?: string;
    /**
     * @maxLength 2048
     * @pattern ^https:\/\/[a-z\d][a-z\d.-]*(?:[/?#][!-~]*)?$
     */
    url?: string;
  };
  type: "shipped" | "delivered" | "failed" | "returned";
}

export interface NewKeyView {
  cidrs?: string[];
  /**
   * @format date-time
   * @pattern Z$
   */
  createdAt: string;
  ends?: {
    /**
     * @format date-time
     * @pattern Z$
     */
    at: string;
    because: "expires" | "unused" | "unreviewed" | "exposed";
  };
  /** @format date-time */
  expiresAt?: string;
  /** @format date-time */
  exposedAt?: string;
  grantedBy?: PrincipalId;
  grantedWith?: KeyId;
  id: KeyId;
  key?: string;
  lastFour: string;
  /** @format date-time */
  lastUsedAt?: string;
  livemode: boolean;
  prefix: string;
  principal: {
    id: PrincipalId;
    name?: ShownName;
  };
  /** @format date-time */
  reviewedAt?: string;
  /** @format date-time */
  revokedAt?: string;
  role: Role;
  rolledFrom?: KeyId;
  rolledTo?: KeyId;
  scopes: Scope[];
  /** @format date-time */
  sharedAt?: string;
  status: "active" | "suspended" | "revoked" | "expired";
  /** @format date-time */
  suspendedAt?: string;
  suspendedFor?: "unused" | "unreviewed" | "exposed";
}

export interface NewLicenseKey {
  /**
   * @maxItems 20
   * @minItems 1
   */
  cidrs?: Cidr[];
  /** @format date-time */
  expiresAt?: string;
  principal: PrincipalId | PrincipalName;
  role: "agent" | "integration" | "fulfillment" | "admin" | "auditor";
  /** @minItems 1 */
  scopes?: Scope[];
}

export interface NewRefund {
  /** @exclusiveMin 0 */
  amount?: MinorUnits;
  /**
   * @maxItems 40
   * @minItems 1
   */
  lines?: {
    productId: ProductId;
    /**
     * @min 1
     * @max 9999
     */
    quantity: number;
  }[];
  reason: RefundReason;
  /** @default false */
  restock?: boolean;
  shipping?: true;
}

export interface NewReplay {
  /**
   * @maxItems 50
   * @minItems 1
   */
  eventIds?: string[];
  /** @format date-time */
  from?: string;
  only?: Only;
  /** @format date-time */
  to?: string;
}

export interface NewSupportGrant {
  /**
   * @maxItems 20
   * @minItems 1
   */
  cidrs?: Cidr[];
  /**
   * @min 1
   * @max 480
   * @default 60
   */
  minutes?: number;
  /**
   * @minLength 1
   * @maxLength 128
   * @pattern ^[^\p{Cc}]*$
   */
  person: string;
  reason: Reason;
  /** @minItems 1 */
  scopes: Scope[];
  /** @default false */
  write?: boolean;
}

export type Only = "all" | "failed";

/** @pattern ^ord_[0-9a-hjkmnp-tv-z]{26}$ */
export type OrderId = string;

export interface OrderOfCustomer {
  amountRefunded: MinorUnits;
  /**
   * @format date-time
   * @pattern Z$
   */
  createdAt: string;
  currency: Currency;
  id: OrderId;
  number: string;
  status: OrderStatus;
  total: MinorUnits;
  version: number;
}

export type OrderProgress =
  | "unfulfilled"
  | "partial"
  | "fulfilled"
  | "delivered";

export type OrderStatus = "placed" | "confirmed" | "canceling" | "canceled";

export interface OrderView {
  amountRefundable: MinorUnits;
  amountRefunded: MinorUnits;
  cancelReason?: string;
  checkoutId: CheckoutId;
  contact?: ContactView | null;
  /**
   * @format date-time
   * @pattern Z$
   */
  createdAt: string;
  currency: Currency;
  disputes: DisputeView[];
  fulfillmentOptionId?: string;
  fulfillmentStatus: OrderProgress;
  fulfillments: FulfillmentView[];
  id: OrderId;
  lines: PricedLine[];
  livemode: boolean;
  notes?: string | null;
  number: string;
  payment: {
    paymentIntentId?: string;
    state: PaymentState;
  };
  /** @format uri */
  permalinkUrl: string;
  principalId: PrincipalId;
  refunds: RefundView[];
  status: OrderStatus;
  total: MinorUnits;
  totals: {
    fulfillment: MinorUnits;
    itemsBase: MinorUnits;
    itemsDiscount: MinorUnits;
    subtotal: MinorUnits;
    tax: MinorUnits;
    total: MinorUnits;
  };
  /**
   * @format date-time
   * @pattern Z$
   */
  updatedAt: string;
}

export interface OrdersPage {
  more: boolean;
  next?: string;
  orders: OrderView[];
}

export interface ParagraphAnswer {
  confirmed: boolean;
  paragraph: string;
  version: string;
}

export type PaymentState =
  | "not_required"
  | "authorized"
  | "captured"
  | "voided"
  | "refunded";

/**
 * @exclusiveMin 0
 * @max 100
 */
export type PercentOff = number;

export type PieceStatus =
  | "processing"
  | "shipped"
  | "delivered"
  | "failed"
  | "returned";

export interface Policies {
  privacyPolicy: Policy;
  returnPolicy: Policy;
  shippingPolicy?: Policy;
  termsOfUse: Policy;
}

export interface Policy {
  url: HttpsUrl;
  /** @pattern ^[A-Za-z0-9][A-Za-z0-9._:+-]{0,127}$ */
  version: string;
}

export interface PricedLine {
  digital: boolean;
  productId: ProductId;
  /** @min 1 */
  quantity: number;
  title: string;
  totals: LineTotals;
  unitAmount: MinorUnits;
}

/** @pattern ^prn_[0-9a-hjkmnp-tv-z]{26}$ */
export type PrincipalId = string;

/**
 * A program's name or a person's. Sealed, shown to whoever manages keys, and gone half a year after one of its keys was last let in or confirmed, or 90 days after it was revoked.
 * @pattern ^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,63}$
 */
export type PrincipalName = string;

export interface Problem {
  code: string;
  detail: string;
  instance: string;
  param?: string;
  status: number;
  title: string;
  type: string;
}

export interface ProductAnswer {
  /** @default true */
  active: boolean;
  currency: Currency;
  /** @maxLength 5000 */
  description?: string;
  /** @default false */
  digital: boolean;
  id: ProductId;
  /**
   * @format uri
   * @maxLength 2048
   */
  imageUrl?: string;
  /**
   * @min 1
   * @max 9999
   */
  maxPerOrder?: number;
  stock: Stock;
  /**
   * @minLength 1
   * @maxLength 256
   */
  title: string;
  unitAmount: MinorUnits;
}

/** @pattern ^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$ */
export type ProductId = string;

export interface ProductsAnswer {
  next?: ProductId;
  products: ProductAnswer[];
}

export type ProofMethod = "dns" | "https";

export interface PutAgentFeed {
  /** @pattern ^[!-~]{8,1000}$ */
  credential?: string;
  feedId?: FeedId;
  name: FeedName;
  targetCountry?: TargetCountry;
  /**
   * @minLength 1
   * @maxLength 2000
   */
  url: string;
}

export interface PutAnswer {
  created: ProductId[];
  updated: ProductId[];
}

export type PutConnector =
  | {
      kind: "bridge";
      /** @default "cancel" */
      unanswered?: Unanswered;
      /**
       * @minLength 1
       * @maxLength 2000
       */
      url: string;
    }
  | {
      /** @pattern ^ck_[0-9a-f]{40}$ */
      consumerKey: string;
      /** @pattern ^cs_[0-9a-f]{40}$ */
      consumerSecret: string;
      kind: "woocommerce";
      /** @default "cancel" */
      unanswered?: Unanswered;
      /**
       * @minLength 1
       * @maxLength 2000
       */
      url: string;
    };

export interface PutDiscounts {
  /**
   * @maxItems 99
   * @minItems 1
   */
  discounts: (
    | {
        code: DiscountCode;
        /** @format date-time */
        expiresAt?: string;
        kind: "percent";
        minimumSubtotal?: MinorUnits;
        /**
         * @minLength 1
         * @maxLength 128
         */
        name?: string;
        percentOff: PercentOff;
        /** @format date-time */
        startsAt?: string;
        /**
         * @min 1
         * @max 1000000000
         */
        usageLimit?: number;
      }
    | {
        /** @min 1 */
        amountOff: MinorUnits;
        code: DiscountCode;
        /** @format date-time */
        expiresAt?: string;
        kind: "fixed";
        minimumSubtotal?: MinorUnits;
        /**
         * @minLength 1
         * @maxLength 128
         */
        name?: string;
        /** @format date-time */
        startsAt?: string;
        /**
         * @min 1
         * @max 1000000000
         */
        usageLimit?: number;
      }
  )[];
}

export interface PutProducts {
  /**
   * @maxItems 100
   * @minItems 1
   */
  products: {
    /** @default true */
    active?: boolean;
    currency?: Currency;
    /** @maxLength 5000 */
    description?: string;
    /** @default false */
    digital?: boolean;
    id: ProductId;
    /**
     * @format uri
     * @maxLength 2048
     */
    imageUrl?: string;
    /**
     * @min 1
     * @max 9999
     */
    maxPerOrder?: number;
    stock?: {
      available?: number | null;
      onHand: number | null;
      /** @min 0 */
      reserved?: number;
      /** @min 0 */
      version?: number;
    };
    /**
     * @minLength 1
     * @maxLength 256
     */
    title: string;
    unitAmount: MinorUnits;
  }[];
}

/**
 * @minLength 1
 * @maxLength 500
 * @pattern ^[^\p{Cc}]*$
 */
export type Reason = string;

/**
 * @default "unknown"
 * @pattern ^[a-z][a-z0-9-]{0,29}\/[1-9]\d{0,5}$|^unknown$
 */
export type Receiver = string;

export interface ReceiverPackages {
  receivers: {
    sha256: string;
    file: string;
    signature?: string;
    text: string;
    version: Receiver;
  }[];
}

export interface Rectification {
  buyer?: {
    /**
     * @format email
     * @maxLength 254
     * @pattern ^(?:[A-Za-z0-9_'+\-]+\.)*[A-Za-z0-9_'+\-]*[A-Za-z0-9_+-]@(?:[A-Za-z0-9][A-Za-z0-9\-]*\.)+[A-Za-z]{2,}$
     */
    email?: string;
    /** @maxLength 128 */
    firstName?: string;
    /** @maxLength 256 */
    fullName?: string;
    /** @maxLength 128 */
    lastName?: string;
    /** @maxLength 32 */
    phone?: string;
  };
  delivery?: {
    address?: {
      /**
       * @minLength 1
       * @maxLength 128
       */
      city?: string;
      /** @maxLength 256 */
      company?: string;
      country?: Country;
      /**
       * @minLength 1
       * @maxLength 256
       */
      lineOne?: string;
      /** @maxLength 256 */
      lineTwo?: string;
      /**
       * @minLength 1
       * @maxLength 256
       */
      name?: string;
      /** @maxLength 32 */
      postalCode?: string;
      /** @maxLength 128 */
      state?: string;
    };
    /**
     * @format email
     * @maxLength 254
     * @pattern ^(?:[A-Za-z0-9_'+\-]+\.)*[A-Za-z0-9_'+\-]*[A-Za-z0-9_+-]@(?:[A-Za-z0-9][A-Za-z0-9\-]*\.)+[A-Za-z]{2,}$
     */
    email?: string;
    /** @maxLength 256 */
    name?: string;
    /** @maxLength 32 */
    phone?: string;
  };
  /**
   * @maxItems 20
   * @minItems 1
   */
  orderIds?: OrderId[];
}

export interface Rectified {
  id: CustomerId;
  orders: OrderOfCustomer[];
}

export interface RefundLine {
  amount: MinorUnits;
  productId: ProductId;
  /**
   * @min 1
   * @max 9999
   */
  quantity: number;
}

export type RefundReason =
  | "requested_by_customer"
  | "returned"
  | "damaged"
  | "not_delivered"
  | "duplicate"
  | "fraudulent"
  | "goodwill"
  | "other";

export type RefundStatus = "requested" | "pending" | "succeeded" | "failed";

export interface RefundView {
  amount: MinorUnits;
  /**
   * @format date-time
   * @pattern Z$
   */
  createdAt: string;
  currency: Currency;
  failureCode?: string;
  id: string;
  lines: RefundLine[];
  origin: "store" | "cancellation" | "stripe";
  reason: RefundReason;
  restocked: boolean;
  shipping: boolean;
  status: RefundStatus;
  stripeRefundId?: string;
  /**
   * @format date-time
   * @pattern Z$
   */
  updatedAt: string;
}

export interface RemovedDomain {
  domain: string;
  removed: true;
}

export interface RemovedEndpoint {
  id: EndpointId;
  removed: true;
}

/** @pattern ^rpl_[0-9a-hjkmnp-tv-z]{26}$ */
export type ReplayId = string;

export interface ReplayView {
  id: ReplayId;
  /**
   * @format date-time
   * @pattern Z$
   */
  requestedAt: string;
  resent: number;
  status: "running" | "done";
}

export interface RestrictionView {
  /**
   * @format date-time
   * @pattern Z$
   */
  at: string;
  id: CustomerId;
  orders: number;
  restricted: boolean;
}

export interface RetentionPeriods {
  /**
   * @min 90
   * @max 3650
   */
  contactDays: number;
  /**
   * @min 6
   * @max 15
   */
  ledgerYears: number;
}

export interface Reviewed {
  /**
   * @maxItems 40
   * @minItems 1
   */
  licenseKeys: KeyId[];
}

export interface ReviewedKeys {
  licenseKeys: LicenseKeyView[];
}

export interface RevokedPrincipal {
  grantedKeys: KeyId[];
  keys: number;
  principalId: PrincipalId;
  /**
   * @format date-time
   * @pattern Z$
   */
  revokedAt: string;
  supportGrants: number;
}

export type Role =
  | "agent"
  | "integration"
  | "fulfillment"
  | "admin"
  | "auditor"
  | "support";

export interface Roll {
  /**
   * @min 0
   * @max 604800
   * @default 86400
   */
  overlapSeconds?: number;
}

export interface RollConnectorSecret {
  /**
   * @min 0
   * @max 86400
   * @default 86400
   */
  overlapSeconds?: number;
}

export interface RollSecret {
  /**
   * @min 0
   * @max 86400
   * @default 86400
   */
  overlapSeconds?: number;
}

export type Scope =
  | "checkouts:read"
  | "checkouts:write"
  | "products:read"
  | "products:write"
  | "orders:read"
  | "orders:write"
  | "fulfillments:write"
  | "customers:read"
  | "customers:write"
  | "store:read"
  | "store:write"
  | "connections:write"
  | "webhooks:read"
  | "webhooks:write"
  | "keys:read"
  | "keys:write"
  | "support:write"
  | "agreements:write"
  | "audit:read";

export interface ShippingOption {
  amount: MinorUnits;
  /** @maxLength 64 */
  carrier?: string;
  countries: "*" | Country[];
  deliveryDays?: {
    /**
     * @min 0
     * @max 365
     */
    earliest: number;
    /**
     * @min 0
     * @max 365
     */
    latest: number;
  };
  /** @maxLength 256 */
  description?: string;
  freeFrom?: MinorUnits;
  /** @pattern ^[a-z0-9][a-z0-9_-]{0,63}$ */
  id: string;
  /**
   * @minLength 1
   * @maxLength 128
   */
  title: string;
}

export type ShownName = string;

export interface Skipped {
  id: string;
  reason: "no_price" | "type_not_sold";
}

export interface StatementView {
  points: {
    access: string;
    breach: string;
    encryption: string;
    erasure: string;
    use: string;
  };
  title: string;
  version: string;
}

export interface Stock {
  available: number | null;
  onHand: number | null;
  /** @min 0 */
  reserved: number;
  /** @min 0 */
  version: number;
}

export interface StockChanges {
  /**
   * @maxItems 500
   * @minItems 1
   */
  changes: (
    | {
        /**
         * @min -1000000000
         * @max 1000000000
         */
        delta: number;
        productId: ProductId;
      }
    | {
        onHand: number | null;
        productId: ProductId;
        /** @min 0 */
        version?: number;
      }
  )[];
}

export interface StockReport {
  changed: number;
  changes: {
    code?:
      | "invalid_request"
      | "missing"
      | "invalid"
      | "unsupported_media_type"
      | "body_too_large"
      | "card_data_forbidden"
      | "license_key_exposed"
      | "missing_api_version"
      | "unsupported_api_version"
      | "idempotency_key_required"
      | "idempotency_conflict"
      | "idempotency_in_flight"
      | "unauthorized"
      | "forbidden"
      | "data_protection_not_accepted"
      | "domain_not_verified"
      | "store_not_active"
      | "payments_suspended"
      | "not_found"
      | "method_not_allowed"
      | "invalid_item_id"
      | "currency_mismatch"
      | "requires_3ds"
      | "conflict"
      | "limit_exceeded"
      | "refund_exceeds_payment"
      | "order_disputed"
      | "signature_invalid"
      | "rate_limited"
      | "velocity_exceeded"
      | "temporarily_unavailable";
    detail?: string;
    index: number;
    outcome: "changed" | "refused";
    productId: ProductId;
  }[];
  refused: number;
}

export interface StoreAnswer {
  /**
   * @format date-time
   * @pattern Z$
   */
  createdAt: string;
  currency: Currency;
  id: StoreId;
  limits?: Limits;
  livemode: boolean;
  missing: Missing[];
  /**
   * @minLength 1
   * @maxLength 128
   */
  name: string;
  /**
   * @format uri-template
   * @maxLength 2048
   */
  orderUrlTemplate: string;
  policies: Policies;
  /** @pattern ^[0-9a-f]{16}$ */
  privacyParagraph?: string;
  retention?: RetentionPeriods;
  /** @maxItems 50 */
  shippingOptions: ShippingOption[];
  status: StoreStatus;
  /** @pattern ^acct_[A-Za-z0-9]{8,64}$ */
  stripeAccount?: string;
  /** @pattern ^profile_[A-Za-z0-9_]{4,64}$ */
  stripeProfile?: string;
  support?: Support;
  taxes: TaxRules;
  threeDSecure?: ThreeDSecure;
  /** @format date-time */
  tokensKilledAt?: string;
  tokensKilledWith?: "store" | "all";
  /**
   * @format date-time
   * @pattern Z$
   */
  updatedAt: string;
  verifiedDomains: string[];
  version: number;
}

/** @pattern ^store_[0-9a-hjkmnp-tv-z]{26}$ */
export type StoreId = string;

export interface StorePatch {
  currency?: Currency;
  limits?: Limits | null;
  /**
   * @minLength 1
   * @maxLength 128
   */
  name?: string;
  /**
   * @format uri-template
   * @maxLength 2048
   */
  orderUrlTemplate?: string;
  policies?: Policies;
  privacyParagraph?: string | null;
  retention?: RetentionPeriods | null;
  /** @maxItems 50 */
  shippingOptions?: ShippingOption[];
  stripeAccount?: string | null;
  stripeProfile?: string | null;
  support?: Support | null;
  taxes?: TaxRules;
  threeDSecure?: ThreeDSecure | null;
}

export type StoreStatus = "active" | "suspended" | "closed";

export interface Support {
  /**
   * @format email
   * @maxLength 254
   * @pattern ^(?:[A-Za-z0-9_'+\-]+\.)*[A-Za-z0-9_'+\-]*[A-Za-z0-9_+-]@(?:[A-Za-z0-9][A-Za-z0-9\-]*\.)+[A-Za-z]{2,}$
   */
  email?: string;
  helpCenterUrl?: HttpsUrl;
  /** @maxLength 128 */
  hours?: string;
  /** @maxLength 32 */
  phone?: string;
}

/** @pattern ^sup_[0-9a-hjkmnp-tv-z]{26}$ */
export type SupportGrantId = string;

export interface SupportGrantView {
  cidrs?: string[];
  /**
   * @format date-time
   * @pattern Z$
   */
  createdAt: string;
  /** @format date-time */
  endedAt?: string;
  endedBecause?: "called" | "time";
  /**
   * @format date-time
   * @pattern Z$
   */
  endsAt: string;
  grantedBy: PrincipalId;
  id: SupportGrantId;
  keyId: string;
  person?: string;
  reason: Reason;
  scopes: Scope[];
  status: SupportStatus;
}

export interface SupportGrants {
  supportGrants: SupportGrantView[];
}

export type SupportStatus = "active" | "ended";

export type TargetCountry = string;

export interface TaxRate {
  country: Country;
  /**
   * @minLength 1
   * @maxLength 64
   */
  name: string;
  /** @pattern ^0(\.\d{1,6})?$ */
  rate: string;
  /**
   * @minLength 1
   * @maxLength 64
   */
  region?: string;
  shippingTaxed: boolean;
}

export interface TaxRules {
  inclusive: boolean;
  /** @maxItems 500 */
  rates: TaxRate[];
}

export interface TestAccepted {
  eventId: string;
}

export interface ThreeDSecure {
  /** @pattern ^\d{6,11}$ */
  acquirerBin: string;
  acquirerCountry: Country;
  /**
   * @minLength 1
   * @maxLength 35
   */
  acquirerMerchantId: string;
  /**
   * @minLength 1
   * @maxLength 40
   */
  merchantName: string;
}

export type TokenKind = "pm" | "spt";

export interface ToldEvent {
  data: Partial<Record<string, any>>;
  id: string;
  livemode: boolean;
  occurredAt: Instant;
  principalId?: PrincipalId;
  storeId: StoreId;
  subject: string;
  /**
   * @format date-time
   * @pattern Z$
   */
  timestamp: string;
  type: string;
  /** @exclusiveMin 0 */
  version: number;
}

export interface Tracking {
  carrier?: string;
  number?: string;
  url?: string;
}

export type Unanswered = "cancel" | "hold";

export type WaitsFor =
  | "checkout"
  | "order"
  | "dispute"
  | "refund"
  | "restriction";

export type WebhookKind = "standard" | "thin" | "event_bus" | "acp";

export type WebhookStatus =
  | "pending"
  | "delivering"
  | "waiting"
  | "delivered"
  | "parked"
  | "canceled"
  | "superseded";

export interface RequestParams {
  headers?: Record<string, string>;
}

export interface FullRequestParams extends RequestParams {
  method: string;
  path: string;
  query?: Record<string, string | number | undefined>;
  body?: unknown;
  type?: string;
  format?: string;
  /** Wants a license key. */
  secure?: boolean;
}

export interface HttpClient<_Security> {
  request: <Answer, _Problem>(asked: FullRequestParams) => Promise<Answer>;
}

/**
 * @title Store API
 * @version 1
 * @baseUrl /
 *
 * A store's settings, catalog, orders, customers, keys and webhooks, for its integrations.
 *
 * Bodies are JSON in UTF-8, at most 64 kB. Amounts are integers in the currency's minor unit. Ignore fields that you do not
 * know: a later release may add some. A request is refused with one of these codes, which stay as they are:
 *
 * | status | codes |
 * |---|---|
 * | 400 | `invalid_request`, `license_key_exposed`, `missing_api_version`, `unsupported_api_version`, `idempotency_key_required`, `signature_invalid` |
 * | 401 | `unauthorized` |
 * | 403 | `forbidden`, `data_protection_not_accepted`, `domain_not_verified`, `store_not_active`, `payments_suspended` |
 * | 404 | `not_found` |
 * | 405 | `method_not_allowed` |
 * | 409 | `idempotency_in_flight`, `conflict`, `order_disputed` |
 * | 413 | `body_too_large` |
 * | 415 | `unsupported_media_type` |
 * | 422 | `missing`, `invalid`, `card_data_forbidden`, `idempotency_conflict`, `invalid_item_id`, `currency_mismatch`, `requires_3ds`, `limit_exceeded`, `refund_exceeds_payment` |
 * | 429 | `rate_limited`, `velocity_exceeded` |
 * | 500 | `internal_error` |
 * | 503 | `temporarily_unavailable` |
 */
export class StoreApi<SecurityDataType extends unknown> {
  http: HttpClient<SecurityDataType>;

  constructor(http: HttpClient<SecurityDataType>) {
    this.http = http;
  }

  store = {
    /**
     * @description Scope: `store:read`.
     *
     * @tags Store
     * @name GetStore
     * @summary The store that the license key belongs to.
     * @request GET:/store
     * @secure
     */
    getStore: (params: RequestParams = {}) =>
      this.http.request<StoreAnswer, Problem>({
        path: `/store`,
        method: "GET",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Scope: `store:write`.
     *
     * @tags Store
     * @name PatchStore
     * @summary Changes settings; what is left out stays, null clears what is optional.
     * @request PATCH:/store
     * @secure
     */
    patchStore: (data: StorePatch, params: RequestParams = {}) =>
      this.http.request<StoreAnswer, Problem>({
        path: `/store`,
        method: "PATCH",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description Scope: `store:read`.
     *
     * @tags Store
     * @name GetPrivacyParagraph
     * @summary What the store's privacy policy has to say of purchases through assistants, ready to be copied.
     * @request GET:/store/privacy_paragraph
     * @secure
     */
    getPrivacyParagraph: (params: RequestParams = {}) =>
      this.http.request<ParagraphAnswer, Problem>({
        path: `/store/privacy_paragraph`,
        method: "GET",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Scope: `store:write`.
     *
     * @tags Store
     * @name PutDiscounts
     * @summary Creates or replaces up to 99 discount codes, all or none.
     * @request PUT:/discounts
     * @secure
     */
    putDiscounts: (data: PutDiscounts, params: RequestParams = {}) =>
      this.http.request<DiscountsAnswer, Problem>({
        path: `/discounts`,
        method: "PUT",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description Scope: `store:read`.
     *
     * @tags Store
     * @name GetConnector
     * @summary How the store's orders reach its shop, never with its secret.
     * @request GET:/store/connector
     * @secure
     */
    getConnector: (params: RequestParams = {}) =>
      this.http.request<ConnectionView, Problem>({
        path: `/store/connector`,
        method: "GET",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Scope: `connections:write`.
     *
     * @tags Store
     * @name PutConnector
     * @summary Has orders sent to the store's own shop: to its bridge, signed by a new secret that is shown this once, or to WooCommerce.
     * @request PUT:/store/connector
     * @secure
     */
    putConnector: (data: PutConnector, params: RequestParams = {}) =>
      this.http.request<
        {
          kind: FulfillmentKind;
          secret?: string;
          url: string;
          [key: string]: any;
        },
        Problem
      >({
        path: `/store/connector`,
        method: "PUT",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description Scope: `connections:write`.
     *
     * @tags Store
     * @name RemoveConnector
     * @summary Forgets the shop and its secret: integrations hear of orders by webhook and read them.
     * @request DELETE:/store/connector
     * @secure
     */
    removeConnector: (params: RequestParams = {}) =>
      this.http.request<ConnectionView, Problem>({
        path: `/store/connector`,
        method: "DELETE",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Scope: `connections:write`.
     *
     * @tags Store
     * @name RollConnectorSecret
     * @summary Makes a new secret for the store's bridge and shows it, this once; the former ones sign on during the overlap.
     * @request POST:/store/connector/roll_secret
     * @secure
     */
    rollConnectorSecret: (
      data: RollConnectorSecret,
      params: RequestParams = {},
    ) =>
      this.http.request<
        {
          kind: FulfillmentKind;
          secret?: string;
          url: string;
          [key: string]: any;
        },
        Problem
      >({
        path: `/store/connector/roll_secret`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description Scope: `store:read`.
     *
     * @tags Store
     * @name ListReceivers
     * @summary What a shop installs to answer its bridge, a file each, with version, SHA-256 and signature.
     * @request GET:/store/connector/receivers
     * @secure
     */
    listReceivers: (params: RequestParams = {}) =>
      this.http.request<ReceiverPackages, Problem>({
        path: `/store/connector/receivers`,
        method: "GET",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Scope: `products:write`.
     *
     * @tags Store
     * @name ImportProducts
     * @summary Brings a page of what the connected WooCommerce site sells into the catalog, with its prices and stock.
     * @request PUT:/store/connector/products
     * @secure
     */
    importProducts: (data: ImportProducts, params: RequestParams = {}) =>
      this.http.request<ImportAnswer, Problem>({
        path: `/store/connector/products`,
        method: "PUT",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description Scope: `store:read`.
     *
     * @tags Store
     * @name ListAgentFeeds
     * @summary The agents' feeds that the store's products are told to, and how that goes; never a credential.
     * @request GET:/agent_feeds
     * @secure
     */
    listAgentFeeds: (params: RequestParams = {}) =>
      this.http.request<AgentFeeds, Problem>({
        path: `/agent_feeds`,
        method: "GET",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description To put it again pushes everything anew. Scope: `connections:write`.
     *
     * @tags Store
     * @name PutAgentFeed
     * @summary Has the store's products told to a feed that an agent keeps (ACP's Feed API), and each change from then on.
     * @request PUT:/agent_feeds
     * @secure
     */
    putAgentFeed: (data: PutAgentFeed, params: RequestParams = {}) =>
      this.http.request<AgentFeedView, Problem>({
        path: `/agent_feeds`,
        method: "PUT",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description Scope: `connections:write`.
     *
     * @tags Store
     * @name RemoveAgentFeed
     * @summary Tells the feed nothing more and forgets its credential; what the agent has it keeps.
     * @request DELETE:/agent_feeds/{name}
     * @secure
     */
    removeAgentFeed: (name: FeedName, params: RequestParams = {}) =>
      this.http.request<AgentFeedView, Problem>({
        path: `/agent_feeds/${name}`,
        method: "DELETE",
        secure: true,
        format: "json",
        ...params,
      }),
  };
  domains = {
    /**
     * @description Scope: `store:write`.
     *
     * @tags Domains
     * @name ChallengeDomain
     * @summary Gives a challenge to publish at the domain, good for seven days.
     * @request POST:/domains
     * @secure
     */
    challengeDomain: (data: NewDomain, params: RequestParams = {}) =>
      this.http.request<DomainView, Problem>({
        path: `/domains`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description Scope: `store:read`.
     *
     * @tags Domains
     * @name ListDomains
     * @summary The store's domains and their open challenges.
     * @request GET:/domains
     * @secure
     */
    listDomains: (params: RequestParams = {}) =>
      this.http.request<DomainList, Problem>({
        path: `/domains`,
        method: "GET",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Scope: `store:write`.
     *
     * @tags Domains
     * @name VerifyDomain
     * @summary Looks for the published challenge; once it is there the domain speaks for the store.
     * @request POST:/domains/{domain}/verify
     * @secure
     */
    verifyDomain: (domain: Host, params: RequestParams = {}) =>
      this.http.request<DomainView, Problem>({
        path: `/domains/${domain}/verify`,
        method: "POST",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Scope: `store:write`.
     *
     * @tags Domains
     * @name RemoveDomain
     * @summary The domain speaks for the store no longer.
     * @request DELETE:/domains/{domain}
     * @secure
     */
    removeDomain: (domain: Host, params: RequestParams = {}) =>
      this.http.request<RemovedDomain, Problem>({
        path: `/domains/${domain}`,
        method: "DELETE",
        secure: true,
        format: "json",
        ...params,
      }),
  };
  catalog = {
    /**
     * @description Scope: `products:write`.
     *
     * @tags Catalog
     * @name PutProducts
     * @summary Creates or replaces up to 100 products; what is not named stays as it is.
     * @request PUT:/products
     * @secure
     */
    putProducts: (data: PutProducts, params: RequestParams = {}) =>
      this.http.request<PutAnswer, Problem>({
        path: `/products`,
        method: "PUT",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description Scope: `products:read`.
     *
     * @tags Catalog
     * @name ListProducts
     * @summary The products, searched by words, page by page.
     * @request GET:/products
     * @secure
     */
    listProducts: (
      query?: {
        after?: ProductId;
        /**
         * @min 1
         * @max 100
         * @default 20
         */
        limit?: number;
        /**
         * @minLength 1
         * @maxLength 128
         */
        q?: string;
      },
      params: RequestParams = {},
    ) =>
      this.http.request<ProductsAnswer, Problem>({
        path: `/products`,
        method: "GET",
        query: query,
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description By what came or went (`delta`) or by what is there (`onHand`); as CSV with the columns `productId` and `delta`, or `onHand` (a number or `unlimited`) and `version`. What buyers hold stays theirs. Scope: `products:write`.
     *
     * @tags Catalog
     * @name ChangeStock
     * @summary Changes up to 500 products' stock, with a report on each.
     * @request POST:/stock_changes
     * @secure
     */
    changeStock: (data: StockChanges, params: RequestParams = {}) =>
      this.http.request<StockReport, Problem>({
        path: `/stock_changes`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description Scope: `products:read`.
     *
     * @tags Catalog
     * @name ListFeed
     * @summary What the store sells as ACP's product feed, in pages of JSON or of JSON Lines; Link names the next.
     * @request GET:/feed
     * @secure
     */
    listFeed: (
      query?: {
        after?: ProductId;
        /** @default "json" */
        format?: "json" | "jsonl";
        /**
         * @min 1
         * @max 100
         * @default 100
         */
        limit?: number;
      },
      params: RequestParams = {},
    ) =>
      this.http.request<FeedAnswer, Problem>({
        path: `/feed`,
        method: "GET",
        query: query,
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Scope: `products:read`.
     *
     * @tags Catalog
     * @name GetProduct
     * @summary One product with its stock.
     * @request GET:/products/{id}
     * @secure
     */
    getProduct: (id: ProductId, params: RequestParams = {}) =>
      this.http.request<ProductAnswer, Problem>({
        path: `/products/${id}`,
        method: "GET",
        secure: true,
        format: "json",
        ...params,
      }),
  };
  orders = {
    /**
     * @description Newest first, or with `updatedSince` in the order in which they were changed. Scope: `orders:read`.
     *
     * @tags Orders
     * @name ListOrders
     * @summary The store's orders by page, by status, agent and product.
     * @request GET:/orders
     * @secure
     */
    listOrders: (
      query?: {
        /** @maxLength 400 */
        after?: string;
        /**
         * @min 1
         * @max 100
         * @default 20
         */
        limit?: number;
        principalId?: PrincipalId;
        productId?: ProductId;
        status?: OrderStatus;
        /** @format date-time */
        updatedSince?: string;
      },
      params: RequestParams = {},
    ) =>
      this.http.request<OrdersPage, Problem>({
        path: `/orders`,
        method: "GET",
        query: query,
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Scope: `orders:read`.
     *
     * @tags Orders
     * @name GetOrder
     * @summary One order of the store.
     * @request GET:/orders/{id}
     * @secure
     */
    getOrder: (id: string, params: RequestParams = {}) =>
      this.http.request<OrderView, Problem>({
        path: `/orders/${id}`,
        method: "GET",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Scope: `orders:read`.
     *
     * @tags Orders
     * @name GetOrderDisputes
     * @summary What the buyer's bank questions of an order, and the evidence that we hold: terms, consent, delivery.
     * @request GET:/orders/{id}/disputes
     * @secure
     */
    getOrderDisputes: (id: string, params: RequestParams = {}) =>
      this.http.request<DisputesView, Problem>({
        path: `/orders/${id}/disputes`,
        method: "GET",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description 202: Stripe's answer is not known yet; read the order, or send the request again. Scope: `orders:write`.
     *
     * @tags Orders
     * @name RefundOrder
     * @summary Gives money back: pieces of lines, shipping, a plain amount, or all that is left.
     * @request POST:/orders/{id}/refunds
     * @secure
     */
    refundOrder: (id: string, data: NewRefund, params: RequestParams = {}) =>
      this.http.request<RefundView, Problem>({
        path: `/orders/${id}/refunds`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description Answers without the buyer's contact and the parcels' numbers. Scope: `orders:write`.
     *
     * @tags Orders
     * @name CancelOrder
     * @summary Takes the order back: its money and stock are given back, which order.canceled tells when it is done.
     * @request POST:/orders/{id}/cancel
     * @secure
     */
    cancelOrder: (
      id: string,
      data?: Cancellation,
      params: RequestParams = {},
    ) =>
      this.http.request<OrderView, Problem>({
        path: `/orders/${id}/cancel`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description Never more than that; never while a bank questions the payment. Scope: `fulfillments:write`.
     *
     * @tags Orders
     * @name CreateFulfillment
     * @summary Pieces of a confirmed order are on their way, or being packed: those of the lines, or all that is still to be sent.
     * @request POST:/orders/{id}/fulfillments
     * @secure
     */
    createFulfillment: (
      id: string,
      data: NewFulfillment,
      params: RequestParams = {},
    ) =>
      this.http.request<FulfillmentView, Problem>({
        path: `/orders/${id}/fulfillments`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description What failed will not arrive, and another may be sent. Scope: `fulfillments:write`.
     *
     * @tags Orders
     * @name AddFulfillmentEvent
     * @summary What became of a fulfillment, or of some of its pieces: shipped, delivered, failed, returned.
     * @request POST:/orders/{id}/fulfillments/{fulfillment_id}/events
     * @secure
     */
    addFulfillmentEvent: (
      id: string,
      fulfillmentId: string,
      data: NewFulfillmentEvent,
      params: RequestParams = {},
    ) =>
      this.http.request<FulfillmentView, Problem>({
        path: `/orders/${id}/fulfillments/${fulfillmentId}/events`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),
  };
  customers = {
    /**
     * @description A page may hold fewer than asked for. Scope: `customers:read`.
     *
     * @tags Customers
     * @name ListCustomers
     * @summary The store's customers by their newest order, by page; or the one of an e-mail address, given in the header Customer-Email.
     * @request GET:/customers
     * @secure
     */
    listCustomers: (
      query?: {
        after?: OrderId;
        /**
         * @min 1
         * @max 50
         * @default 20
         */
        limit?: number;
      },
      params: RequestParams = {},
    ) =>
      this.http.request<CustomersPage, Problem>({
        path: `/customers`,
        method: "GET",
        query: query,
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Scope: `customers:read`.
     *
     * @tags Customers
     * @name GetCustomer
     * @summary One customer: contact as in the newest order, and the orders' ids and money.
     * @request GET:/customers/{id}
     * @secure
     */
    getCustomer: (id: string, params: RequestParams = {}) =>
      this.http.request<CustomerView, Problem>({
        path: `/customers/${id}`,
        method: "GET",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description What is at rest is unreadable at once; what is under way is waited for. Read /erasures/{id} for its receipt. Scope: `customers:write`.
     *
     * @tags Customers
     * @name EraseCustomer
     * @summary Forgets a customer.
     * @request DELETE:/customers/{id}
     * @secure
     */
    eraseCustomer: (id: string, params: RequestParams = {}) =>
      this.http.request<ErasureView, Problem>({
        path: `/customers/${id}`,
        method: "DELETE",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Scope: `customers:read`.
     *
     * @tags Customers
     * @name ExportCustomer
     * @summary Everything that is held on a customer, as data and as a page to read.
     * @request POST:/customers/{id}/export
     * @secure
     */
    exportCustomer: (id: string, params: RequestParams = {}) =>
      this.http.request<Export, Problem>({
        path: `/customers/${id}/export`,
        method: "POST",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Scope: `customers:read`.
     *
     * @tags Customers
     * @name GetErasure
     * @summary How far an erasure is; its receipt once nothing is left.
     * @request GET:/erasures/{id}
     * @secure
     */
    getErasure: (id: string, params: RequestParams = {}) =>
      this.http.request<ErasureView, Problem>({
        path: `/erasures/${id}`,
        method: "GET",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Scope: `customers:write`.
     *
     * @tags Customers
     * @name RectifyCustomer
     * @summary Corrects the contact of a customer's orders; customer.updated tells integrations.
     * @request POST:/customers/{id}/rectify
     * @secure
     */
    rectifyCustomer: (
      id: string,
      data: Rectification,
      params: RequestParams = {},
    ) =>
      this.http.request<Rectified, Problem>({
        path: `/customers/${id}/rectify`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description Scope: `customers:write`.
     *
     * @tags Customers
     * @name RestrictCustomer
     * @summary Freezes what the customer's orders hold of them: stored, masked for everybody, and nothing else.
     * @request POST:/customers/{id}/restrict
     * @secure
     */
    restrictCustomer: (
      id: string,
      data: CustomerRestriction,
      params: RequestParams = {},
    ) =>
      this.http.request<RestrictionView, Problem>({
        path: `/customers/${id}/restrict`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description Scope: `customers:write`.
     *
     * @tags Customers
     * @name UnrestrictCustomer
     * @summary Lifts a restriction.
     * @request POST:/customers/{id}/unrestrict
     * @secure
     */
    unrestrictCustomer: (
      id: string,
      data: CustomerRestriction,
      params: RequestParams = {},
    ) =>
      this.http.request<RestrictionView, Problem>({
        path: `/customers/${id}/unrestrict`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),
  };
  webhooks = {
    /**
     * @description Scope: `webhooks:write`.
     *
     * @tags Webhooks
     * @name CreateEndpoint
     * @summary Registers a webhook endpoint and shows its signing secret, this once.
     * @request POST:/webhook_endpoints
     * @secure
     */
    createEndpoint: (data: NewEndpoint, params: RequestParams = {}) =>
      this.http.request<EndpointWithSecret, Problem>({
        path: `/webhook_endpoints`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description Scope: `webhooks:read`.
     *
     * @tags Webhooks
     * @name ListEndpoints
     * @summary The store's webhook endpoints.
     * @request GET:/webhook_endpoints
     * @secure
     */
    listEndpoints: (params: RequestParams = {}) =>
      this.http.request<EndpointList, Problem>({
        path: `/webhook_endpoints`,
        method: "GET",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Scope: `webhooks:read`.
     *
     * @tags Webhooks
     * @name GetEndpoint
     * @summary One webhook endpoint, and how it does: success rate and latency of the last days.
     * @request GET:/webhook_endpoints/{id}
     * @secure
     */
    getEndpoint: (id: string, params: RequestParams = {}) =>
      this.http.request<EndpointWithHealth, Problem>({
        path: `/webhook_endpoints/${id}`,
        method: "GET",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Scope: `webhooks:write`.
     *
     * @tags Webhooks
     * @name ChangeEndpoint
     * @summary Changes what an endpoint hears of, or disables or enables it; what is left out stays.
     * @request PATCH:/webhook_endpoints/{id}
     * @secure
     */
    changeEndpoint: (
      id: string,
      data: EndpointPatch,
      params: RequestParams = {},
    ) =>
      this.http.request<EndpointView, Problem>({
        path: `/webhook_endpoints/${id}`,
        method: "PATCH",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description Scope: `webhooks:write`.
     *
     * @tags Webhooks
     * @name RemoveEndpoint
     * @summary Removes a webhook endpoint; what is on its way to it is canceled.
     * @request DELETE:/webhook_endpoints/{id}
     * @secure
     */
    removeEndpoint: (id: string, params: RequestParams = {}) =>
      this.http.request<RemovedEndpoint, Problem>({
        path: `/webhook_endpoints/${id}`,
        method: "DELETE",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Scope: `webhooks:read`.
     *
     * @tags Webhooks
     * @name ListDeliveries
     * @summary What was sent to an endpoint or is on its way, newest first, and how it was answered.
     * @request GET:/webhook_endpoints/{id}/deliveries
     * @secure
     */
    listDeliveries: (
      id: string,
      query?: {
        /** @maxLength 200 */
        after?: string;
        /** @format date-time */
        from?: string;
        /**
         * @min 1
         * @max 100
         * @default 20
         */
        limit?: number;
        status?: WebhookStatus;
        /** @format date-time */
        to?: string;
      },
      params: RequestParams = {},
    ) =>
      this.http.request<DeliveriesPage, Problem>({
        path: `/webhook_endpoints/${id}/deliveries`,
        method: "GET",
        query: query,
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Scope: `webhooks:write`.
     *
     * @tags Webhooks
     * @name ResendDelivery
     * @summary Sends one event to this endpoint once more, under the same id.
     * @request POST:/webhook_endpoints/{id}/deliveries/{eventId}/resend
     * @secure
     */
    resendDelivery: (id: string, eventId: string, params: RequestParams = {}) =>
      this.http.request<DeliveryView, Problem>({
        path: `/webhook_endpoints/${id}/deliveries/${eventId}/resend`,
        method: "POST",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Some events, those of a time, also from before it was there, or all that failed. Events are kept 90 days, and nothing is tried for longer. Scope: `webhooks:write`.
     *
     * @tags Webhooks
     * @name ReplayDeliveries
     * @summary Sends to this endpoint, under the same ids, what came to it or what it asks for by now.
     * @request POST:/webhook_endpoints/{id}/replay
     * @secure
     */
    replayDeliveries: (
      id: string,
      data: NewReplay,
      params: RequestParams = {},
    ) =>
      this.http.request<ReplayView, Problem>({
        path: `/webhook_endpoints/${id}/replay`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description Scope: `webhooks:read`.
     *
     * @tags Webhooks
     * @name GetReplay
     * @summary How far a replay has come.
     * @request GET:/webhook_endpoints/{id}/replays/{replayId}
     * @secure
     */
    getReplay: (id: string, replayId: string, params: RequestParams = {}) =>
      this.http.request<ReplayView, Problem>({
        path: `/webhook_endpoints/${id}/replays/${replayId}`,
        method: "GET",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Scope: `webhooks:write`.
     *
     * @tags Webhooks
     * @name RollSecret
     * @summary Makes a new signing secret and shows it, this once; the former ones sign on during the overlap.
     * @request POST:/webhook_endpoints/{id}/roll_secret
     * @secure
     */
    rollSecret: (id: string, data: RollSecret, params: RequestParams = {}) =>
      this.http.request<EndpointWithSecret, Problem>({
        path: `/webhook_endpoints/${id}/roll_secret`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * No description
     *
     * @tags Webhooks
     * @name GetJwks
     * @summary The public keys that verify the v1a signatures of an endpoint's deliveries.
     * @request GET:/stores/{storeId}/webhook_endpoints/{id}/jwks.json
     */
    getJwks: (storeId: string, id: string, params: RequestParams = {}) =>
      this.http.request<Jwks, Problem>({
        path: `/stores/${storeId}/webhook_endpoints/${id}/jwks.json`,
        method: "GET",
        format: "json",
        ...params,
      }),

    /**
     * @description Scope: `webhooks:write`.
     *
     * @tags Webhooks
     * @name TestEndpoint
     * @summary Sends an endpoint.tested event to this endpoint only; a receiver that answers with its challenge is proven.
     * @request POST:/webhook_endpoints/{id}/test
     * @secure
     */
    testEndpoint: (id: string, params: RequestParams = {}) =>
      this.http.request<TestAccepted, Problem>({
        path: `/webhook_endpoints/${id}/test`,
        method: "POST",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description None is skipped; one may come twice, under the same id. Scope: `webhooks:read`.
     *
     * @tags Webhooks
     * @name ListEvents
     * @summary What webhooks tell, to catch up without them: the store's events of the last 90 days, in the order in which they were committed.
     * @request GET:/events
     * @secure
     */
    listEvents: (
      query?: {
        /** @maxLength 400 */
        after?: string;
        /**
         * @min 1
         * @max 100
         * @default 100
         */
        limit?: number;
        /** @format date-time */
        since?: string;
      },
      params: RequestParams = {},
    ) =>
      this.http.request<EventsPage, Problem>({
        path: `/events`,
        method: "GET",
        query: query,
        secure: true,
        format: "json",
        ...params,
      }),
  };
  access = {
    /**
     * @description Scope: `keys:read`.
     *
     * @tags Access
     * @name ListLicenseKeys
     * @summary The store's license keys, revoked ones too, by page in order of their ids.
     * @request GET:/license_keys
     * @secure
     */
    listLicenseKeys: (
      query?: {
        after?: KeyId;
        /**
         * @min 1
         * @max 100
         * @default 20
         */
        limit?: number;
      },
      params: RequestParams = {},
    ) =>
      this.http.request<KeysPage, Problem>({
        path: `/license_keys`,
        method: "GET",
        query: query,
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Scope: `keys:write`.
     *
     * @tags Access
     * @name IssueLicenseKey
     * @summary Issues a key with no more than the calling key has, and shows it: here, to the same request again for an hour, and never after.
     * @request POST:/license_keys
     * @secure
     */
    issueLicenseKey: (data: NewLicenseKey, params: RequestParams = {}) =>
      this.http.request<NewKeyView, Problem>({
        path: `/license_keys`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description Scope: `keys:read`.
     *
     * @tags Access
     * @name GetLicenseKey
     * @summary One license key.
     * @request GET:/license_keys/{id}
     * @secure
     */
    getLicenseKey: (id: KeyId, params: RequestParams = {}) =>
      this.http.request<LicenseKeyView, Problem>({
        path: `/license_keys/${id}`,
        method: "GET",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description What is left out stays, null takes a bound away. Scope: `keys:write`.
     *
     * @tags Access
     * @name RestrictLicenseKey
     * @summary Changes scopes, networks and expiry: narrower at will, wider only as far as the calling key could issue such a key.
     * @request PATCH:/license_keys/{id}
     * @secure
     */
    restrictLicenseKey: (
      id: KeyId,
      data: AccessRestriction,
      params: RequestParams = {},
    ) =>
      this.http.request<LicenseKeyView, Problem>({
        path: `/license_keys/${id}`,
        method: "PATCH",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description Scope: `keys:write`.
     *
     * @tags Access
     * @name RollLicenseKey
     * @summary Issues a key with the same rights and shows it; the old one works beside it for the overlap, a day unless said, and never after.
     * @request POST:/license_keys/{id}/roll
     * @secure
     */
    rollLicenseKey: (id: KeyId, data: Roll, params: RequestParams = {}) =>
      this.http.request<NewKeyView, Problem>({
        path: `/license_keys/${id}/roll`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description Scope: `keys:write`.
     *
     * @tags Access
     * @name CancelRoll
     * @summary Takes back a roll while the old key still works: it goes on as before, the new one is revoked.
     * @request POST:/license_keys/{id}/roll/cancel
     * @secure
     */
    cancelRoll: (id: KeyId, params: RequestParams = {}) =>
      this.http.request<LicenseKeyView, Problem>({
        path: `/license_keys/${id}/roll/cancel`,
        method: "POST",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Scope: `keys:write`.
     *
     * @tags Access
     * @name RevokeLicenseKey
     * @summary Ends a key for good: no request that begins after the answer gets through with it.
     * @request POST:/license_keys/{id}/revoke
     * @secure
     */
    revokeLicenseKey: (id: KeyId, params: RequestParams = {}) =>
      this.http.request<LicenseKeyView, Problem>({
        path: `/license_keys/${id}/revoke`,
        method: "POST",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Says which keys of others it granted. Scope: `keys:write`.
     *
     * @tags Access
     * @name RevokePrincipal
     * @summary Ends all keys of an agent, an integration or a leaver for good, and the access of support that it granted; it gets no other.
     * @request POST:/principals/{id}/revoke
     * @secure
     */
    revokePrincipal: (
      id: PrincipalId,
      data: Leaving,
      params: RequestParams = {},
    ) =>
      this.http.request<RevokedPrincipal, Problem>({
        path: `/principals/${id}/revoke`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description Scope: `store:read`.
     *
     * @tags Access
     * @name ShowDataProtectionStatement
     * @summary What an integration promises that keeps copies of a store's personal data, in its present version.
     * @request GET:/data_protection_statement
     * @secure
     */
    showDataProtectionStatement: (params: RequestParams = {}) =>
      this.http.request<StatementView, Problem>({
        path: `/data_protection_statement`,
        method: "GET",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Scope: `agreements:write`.
     *
     * @tags Access
     * @name AcceptDataProtectionStatement
     * @summary Accepts it, point by point, in the name of the calling key's principal: from then on its keys may be granted customers:read.
     * @request POST:/data_protection_statement/acceptances
     * @secure
     */
    acceptDataProtectionStatement: (
      data: Acceptance,
      params: RequestParams = {},
    ) =>
      this.http.request<AcceptanceView, Problem>({
        path: `/data_protection_statement/acceptances`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description Scope: `keys:read`.
     *
     * @tags Access
     * @name ShowAccess
     * @summary Everybody who may do anything in the store: roles, keys, last use, last review.
     * @request GET:/access_review
     * @secure
     */
    showAccess: (params: RequestParams = {}) =>
      this.http.request<AccessReview, Problem>({
        path: `/access_review`,
        method: "GET",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Those that were suspended for want of use or review work again. Scope: `keys:write`.
     *
     * @tags Access
     * @name ReviewAccess
     * @summary Confirms that these keys are as they should be, for 90 days more.
     * @request POST:/access_review
     * @secure
     */
    reviewAccess: (data: Reviewed, params: RequestParams = {}) =>
      this.http.request<ReviewedKeys, Problem>({
        path: `/access_review`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),
  };
  support = {
    /**
     * @description Scope: `support:write`.
     *
     * @tags Support
     * @name GrantSupport
     * @summary Lets a named person of support in for minutes, 8 hours at most, with exactly these scopes, and shows its key once.
     * @request POST:/support_grants
     * @secure
     */
    grantSupport: (data: NewSupportGrant, params: RequestParams = {}) =>
      this.http.request<
        {
          cidrs?: string[];
          /**
           * @format date-time
           * @pattern Z$
           */
          createdAt: string;
          /** @format date-time */
          endedAt?: string;
          endedBecause?: "called" | "time";
          /**
           * @format date-time
           * @pattern Z$
           */
          endsAt: string;
          grantedBy: PrincipalId;
          id: SupportGrantId;
          key?: string;
          keyId: string;
          person?: string;
          reason: Reason;
          scopes: Scope[];
          status: SupportStatus;
        },
        Problem
      >({
        path: `/support_grants`,
        method: "POST",
        body: data,
        secure: true,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * @description Scope: `keys:read`.
     *
     * @tags Support
     * @name ListSupport
     * @summary Who of support has access now, and who had it in the last 90 days.
     * @request GET:/support_grants
     * @secure
     */
    listSupport: (params: RequestParams = {}) =>
      this.http.request<SupportGrants, Problem>({
        path: `/support_grants`,
        method: "GET",
        secure: true,
        format: "json",
        ...params,
      }),

    /**
     * @description Scope: `support:write`.
     *
     * @tags Support
     * @name EndSupport
     * @summary Ends an access of support at once: its key opens nothing any more.
     * @request POST:/support_grants/{id}/end
     * @secure
     */
    endSupport: (id: string, params: RequestParams = {}) =>
      this.http.request<SupportGrantView, Problem>({
        path: `/support_grants/${id}/end`,
        method: "POST",
        secure: true,
        format: "json",
        ...params,
      }),
  };
  audit = {
    /**
     * @description Scope: `audit:read`.
     *
     * @tags Audit
     * @name ListAuditEvents
     * @summary Who did what in the store, when, why and by what right; newest first unless asked, by page.
     * @request GET:/audit_events
     * @secure
     */
    listAuditEvents: (
      query?: {
        action?: Action;
        /** @maxLength 500 */
        after?: string;
        /** @format date-time */
        from?: string;
        /**
         * @min 1
         * @max 100
         * @default 20
         */
        limit?: number;
        /** @default "newest" */
        order?: "newest" | "oldest";
        /** @format date-time */
        to?: string;
      },
      params: RequestParams = {},
    ) =>
      this.http.request<AuditEventsPage, Problem>({
        path: `/audit_events`,
        method: "GET",
        query: query,
        secure: true,
        format: "json",
        ...params,
      }),
  };
  signedByOthers = {
    /**
     * No description
     *
     * @tags Signed by others
     * @name ReceiveStripeEvent
     * @summary Stripe's events, by which we hear what happened there; for Stripe alone.
     * @request POST:/stripe/events
     */
    receiveStripeEvent: (data: any, params: RequestParams = {}) =>
      this.http.request<
        {
          received: true;
        },
        Problem
      >({
        path: `/stripe/events`,
        method: "POST",
        body: data,
        type: "application/json",
        format: "json",
        ...params,
      }),

    /**
     * No description
     *
     * @tags Signed by others
     * @name ReceiveAlert
     * @summary License keys that GitHub's secret scanning found in public, which are then revoked; for GitHub alone.
     * @request POST:/secret_scanning/alerts
     */
    receiveAlert: (data: any, params: RequestParams = {}) =>
      this.http.request<AlertVerdict[], Problem>({
        path: `/secret_scanning/alerts`,
        method: "POST",
        body: data,
        type: "application/json",
        format: "json",
        ...params,
      }),
  };
  aboutThisApi = {
    /**
     * No description
     *
     * @tags About this API
     * @name GetOpenApi
     * @summary This document: OpenAPI 3.1.
     * @request GET:/openapi.json
     */
    getOpenApi: (params: RequestParams = {}) =>
      this.http.request<
        {
          openapi: string;
          [key: string]: any;
        },
        Problem
      >({
        path: `/openapi.json`,
        method: "GET",
        format: "json",
        ...params,
      }),

    /**
     * No description
     *
     * @tags About this API
     * @name GetDocs
     * @summary The same as a page to read.
     * @request GET:/docs
     */
    getDocs: (params: RequestParams = {}) =>
      this.http.request<CheckoutId, Problem>({
        path: `/docs`,
        method: "GET",
        ...params,
      }),

    /**
     * No description
     *
     * @tags About this API
     * @name GetDocsViewer
     * @summary What shows the page.
     * @request GET:/docs/viewer.js
     */
    getDocsViewer: (params: RequestParams = {}) =>
      this.http.request<CheckoutId, Problem>({
        path: `/docs/viewer.js`,
        method: "GET",
        ...params,
      }),

    /**
     * No description
     *
     * @tags About this API
     * @name GetDocsStart
     * @summary What starts it.
     * @request GET:/docs/start.js
     */
    getDocsStart: (params: RequestParams = {}) =>
      this.http.request<CheckoutId, Problem>({
        path: `/docs/start.js`,
        method: "GET",
        ...params,
      }),

    /**
     * No description
     *
     * @tags About this API
     * @name GetDocsStyle
     * @summary How it looks.
     * @request GET:/docs/style.css
     */
    getDocsStyle: (params: RequestParams = {}) =>
      this.http.request<CheckoutId, Problem>({
        path: `/docs/style.css`,
        method: "GET",
        ...params,
      }),

    /**
     * No description
     *
     * @tags About this API
     * @name GetRoot
     * @summary What this host is, on whose terms, and where the rest stands, as links by their relation (RFC 8288).
     * @request GET:/
     */
    getRoot: (params: RequestParams = {}) =>
      this.http.request<
        {
          api: "agent" | "store";
          links: Partial<
            Record<
              string,
              {
                /** @format uri */
                href: string;
                version?: string;
              }
            >
          >;
          name: string;
        },
        Problem
      >({
        path: `/`,
        method: "GET",
        format: "json",
        ...params,
      }),

    /**
     * No description
     *
     * @tags About this API
     * @name GetSecurityText
     * @summary Whom to tell of a hole (RFC 9116).
     * @request GET:/.well-known/security.txt
     */
    getSecurityText: (params: RequestParams = {}) =>
      this.http.request<CheckoutId, Problem>({
        path: `/.well-known/security.txt`,
        method: "GET",
        ...params,
      }),
  };
}
