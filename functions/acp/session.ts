import { z } from "zod";
import { AcpOrder } from "./order.ts";
import { Total } from "./total.ts";

const Handler = z.object({
  id: z.string(),
  name: z.string(),
  display_name: z.string().optional(),
  display_order: z.int().optional(),
  version: z.string(),
  spec: z.url(),
  requires_delegate_payment: z.boolean(),
  requires_pci_compliance: z.boolean(),
  psp: z.string(),
  config_schema: z.url(),
  instrument_schemas: z.array(z.url()),
  config: z.record(z.string(), z.unknown()),
});

export const Capabilities = z.object({
  payment: z.object({ handlers: z.array(Handler) }),
  interventions: z.object({
    supported: z.array(z.string()),
    required: z.array(z.string()),
    enforcement: z.literal("conditional"),
  }),
  extensions: z.array(z.object({ name: z.string(), extends: z.array(z.string()) })).optional(),
});
export type Capabilities = z.infer<typeof Capabilities>;

const Buyer = z.object({
  email: z.string(),
  first_name: z.string().optional(),
  last_name: z.string().optional(),
  full_name: z.string().optional(),
  phone_number: z.string().optional(),
});

const Address = z.object({
  name: z.string(),
  company: z.string().optional(),
  line_one: z.string(),
  line_two: z.string().optional(),
  city: z.string(),
  state: z.string(),
  country: z.string(),
  postal_code: z.string(),
});

const FulfillmentDetails = z.object({
  name: z.string().optional(),
  phone_number: z.string().optional(),
  email: z.string().optional(),
  address: Address.optional(),
});

const LineItem = z.object({
  id: z.string(),
  item: z.object({ id: z.string(), name: z.string(), unit_amount: z.int() }),
  quantity: z.int().min(1),
  name: z.string(),
  unit_amount: z.int(),
  product_id: z.string(),
  totals: z.array(Total),
});

const FulfillmentOption = z.object({
  type: z.enum(["shipping", "digital"]),
  id: z.string(),
  title: z.string(),
  description: z.string().optional(),
  carrier: z.string().optional(),
  earliest_delivery_time: z.iso.datetime().optional(),
  latest_delivery_time: z.iso.datetime().optional(),
  totals: z.array(Total),
});

export const AcpMessage = z.object({
  type: z.enum(["info", "warning", "error"]),
  code: z.string().optional(),
  severity: z.enum(["info", "low", "medium", "high", "critical"]),
  resolution: z.enum(["recoverable", "requires_buyer_input", "requires_buyer_review"]).optional(),
  param: z.string(),
  content_type: z.literal("plain"),
  content: z.string(),
});
export type AcpMessage = z.infer<typeof AcpMessage>;

export const Discounts = z.object({
  codes: z.array(z.string()),
  applied: z.array(
    z.object({
      id: z.string(),
      code: z.string(),
      coupon: z.object({
        id: z.string(),
        name: z.string(),
        percent_off: z.number().optional(),
        amount_off: z.int().optional(),
        currency: z.string().optional(),
        duration: z.literal("once"),
      }),
      amount: z.int().min(0),
      automatic: z.literal(false),
      method: z.literal("across"),
      priority: z.int().min(1),
      allocations: z.array(z.object({ path: z.string(), amount: z.int().min(0) })),
    }),
  ),
  rejected: z.array(z.object({ code: z.string(), reason: z.string(), message: z.string().optional() })),
});
export type Discounts = z.infer<typeof Discounts>;

export const SessionStatus = z.enum([
  "not_ready_for_payment",
  "ready_for_payment",
  "complete_in_progress",
  "authentication_required",
  "completed",
  "canceled",
  "expired",
]);
export type SessionStatus = z.infer<typeof SessionStatus>;

const AuthenticationMetadata = z.object({
  acquirer_details: z.object({
    acquirer_bin: z.string(),
    acquirer_country: z.string(),
    acquirer_merchant_id: z.string(),
    merchant_name: z.string(),
  }),
  directory_server: z.enum(["american_express", "mastercard", "visa"]),
});
export type AuthenticationMetadata = z.infer<typeof AuthenticationMetadata>;

/** What every answer about a checkout holds, whole each time; 2026-01-30 leaves out what it does not know. */
export const CheckoutSession = z.object({
  id: z.string(),
  protocol: z.object({ version: z.string() }),
  capabilities: Capabilities,
  buyer: Buyer.optional(),
  status: SessionStatus,
  currency: z.string(),
  locale: z.string().optional(),
  timezone: z.string().optional(),
  line_items: z.array(LineItem),
  fulfillment_details: FulfillmentDetails.optional(),
  fulfillment_options: z.array(FulfillmentOption),
  selected_fulfillment_options: z
    .array(
      z.object({
        type: z.enum(["shipping", "digital"]),
        option_id: z.string(),
        item_ids: z.array(z.string()),
      }),
    )
    .optional(),
  totals: z.array(Total),
  messages: z.array(AcpMessage),
  links: z.array(z.object({ type: z.string(), url: z.url() })),
  authentication_metadata: AuthenticationMetadata.optional(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
  expires_at: z.iso.datetime(),
  discounts: Discounts.optional(),
  order: AcpOrder.optional(),
});
export type CheckoutSession = z.infer<typeof CheckoutSession>;
