import type { Channel } from "#functions/checkout/checkout.ts";
import type { Store } from "#functions/store/store.ts";
import type { Capabilities } from "./session.ts";
import type { Version } from "./version.ts";

/** Extensions and interventions that this façade can take part in; everything else an agent names is ignored. */
export const discountExtension = "discount";
export const threeDSecure = "3ds";

/** What an agent says of itself when it creates a session (parsed from the request). */
export type AgentCapabilities = {
  readonly extensions: readonly string[];
  readonly interventions: readonly string[];
};

/**
 * What both sides can do, kept with the checkout. 3-D Secure is agreed on in 2026-04-17 only: the schema of
 * 2026-01-30 wants facts about the buyer's browser in `authentication_metadata`, which a seller does not have.
 */
export const negotiate = (
  version: Version,
  agent: AgentCapabilities,
): Pick<Channel, "protocol" | "version" | "extensions" | "interventions"> => ({
  protocol: "acp",
  version,
  extensions: agent.extensions.some((name) => nameOf(name) === discountExtension) ? [discountExtension] : [],
  interventions: version === "2026-04-17" && agent.interventions.includes(threeDSecure) ? [threeDSecure] : [],
});

/** `discount@2026-01-27` is `discount`. */
const nameOf = (identifier: string): string => identifier.split("@")[0] ?? identifier;

export const discountsActive = (channel: Channel): boolean => channel.extensions.includes(discountExtension);

/** Whether buyer, agent and store can go through 3-D Secure together. */
const authenticates = (channel: Channel, store: Store): boolean =>
  store.threeDSecure !== undefined && channel.interventions.includes(threeDSecure);

/** The id by which `payment_data.handler_id` names the one handler there is. */
export const handlerId = "card_tokenized";

export const capabilitiesOf = (channel: Channel, store: Store, version: Version): Capabilities => ({
  payment: { handlers: [cardHandler(channel, store, version)] },
  interventions: {
    supported: authenticates(channel, store) ? [threeDSecure] : [],
    required: [],
    enforcement: "conditional",
  },
  // An empty list would be both a list of names and a list of declarations, which the schema's oneOf refuses.
  ...(discountsActive(channel) && { extensions: [discountDeclaration] }),
});

const discountDeclaration = {
  name: discountExtension,
  extends: [
    "$.CheckoutSessionCreateRequest.discounts",
    "$.CheckoutSessionUpdateRequest.discounts",
    "$.CheckoutSession.discounts",
  ],
};

const handlerSpec = "https://acp.dev/handlers/tokenized.card";
const handlerSchemas = "https://acp.dev/schemas/handlers/tokenized.card";

const cardHandler = (channel: Channel, store: Store, version: Version) => ({
  id: handlerId,
  name: "dev.acp.tokenized.card",
  ...(version !== "2026-01-30" && { display_name: "Card", display_order: 0 }),
  version: "2026-01-22",
  spec: handlerSpec,
  requires_delegate_payment: true,
  requires_pci_compliance: false,
  psp: "stripe",
  config_schema: `${handlerSchemas}/config.json`,
  instrument_schemas: [`${handlerSchemas}/instrument.json`],
  config: {
    merchant_id: merchantId(store),
    psp: "stripe",
    accepted_brands: ["visa", "mastercard", "amex", "discover"],
    accepted_funding_types: ["credit", "debit", "prepaid"],
    supports_3ds: authenticates(channel, store),
    environment: store.livemode ? "production" : "sandbox",
  },
});

/** What the agent's token is bound to. A store without a Stripe profile takes tokens that are bound to nobody. */
const merchantId = (store: Store): string => store.stripeProfile ?? store.stripeAccount ?? store.id;
