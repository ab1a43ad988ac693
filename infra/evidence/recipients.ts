/** Somebody outside who is told something, and the files through which alone that can happen. */
export type Recipient = {
  readonly who: string;
  readonly as: string;
  readonly told: string;
  readonly people: string;
  /** Paths under `functions/`: a test finds every file that reaches out, and wants it here. */
  readonly through: readonly string[];
};

export const recipients: readonly Recipient[] = [
  {
    who: "Amazon Web Services",
    as: "Processor: it runs all of this in the operator's own account and region",
    told: "Everything in the tables below, sealed; keys that only KMS opens",
    people: "Ciphertext, but for what the first table calls `clear`",
    through: [
      "runtime/table.client.ts",
      "runtime/table-connection.client.ts",
      "runtime/table-copy.client.ts",
      "runtime/queue.client.ts",
      "runtime/workflow.client.ts",
      "runtime/secrets.client.ts",
      "outbox/event-bus.client.ts",
      "privacy/envelope.client.ts",
      "audit/signing.client.ts",
    ],
  },
  {
    who: "Stripe",
    as: "Controller of its own for payments; it alone sees cards",
    told: "Amount, currency, the buyer's payment token, proof of authentication, ids of checkout and store",
    people: "None of our fields: the token was given by the buyer's agent, and Stripe knows whose it is",
    through: ["payment/stripe.client.ts"],
  },
  {
    who: "Integrations of the store (webhooks)",
    as: "Chosen by the store, at addresses or on event buses that it names",
    told: "That something happened: type, ids, amounts, codes",
    people:
      "Name, e-mail and postal address of the buyer with each event of an order, for an endpoint that asked by a key with `customers:read` and whose keeper has accepted how it treats them; masked to any other that asked, nobody's after an erasure, and each time on record. Else none: who bought is read over the API, under the same conditions",
    through: ["runtime/outbound.ts", "webhook/send-webhook.ts", "outbox/other-bus.client.ts"],
  },
  {
    who: "The store's own shop (a bridge, or a WooCommerce site)",
    as: "The store's: at the address that it connected, until it disconnects it",
    told: "The orders that it is to take, and what becomes of each",
    people:
      "All fields of the buyer with an order that it is to take, on record before it is sent; none with what becomes of it; of the shop's own customers nothing is read",
    through: ["fulfillment/ask-bridge.ts", "fulfillment/woocommerce-api.ts"],
  },
  {
    who: "Agents that keep a product feed",
    as: "Chosen by the store, at addresses that it names",
    told: "What it sells, at which price, and whether it is there",
    people: "None",
    through: ["feed/agent-feed-api.ts"],
  },
  {
    who: "Two public DNS resolvers, stores' own domains, and GitHub's secret scanning",
    as: "Asked once a day whether a domain is still the store's; tells us of keys that stand in public",
    told: "The names of stores' domains; by its hash, whether a key that GitHub found was one of ours",
    people: "None",
    through: ["runtime/outbound-dns.ts", "domain/prove-domain.ts", "access/verify-alert.ts"],
  },
  {
    who: "The store",
    as: "Controller: its buyers are its customers",
    told: "Its orders, customers and their exports, over the API",
    people: "All fields of its own buyers; masked without `customers:read`",
    through: [],
  },
  {
    who: "The buyer's agent",
    as: "Acts for the buyer, who told it",
    told: "Its own sessions and orders",
    people: "What it sent itself",
    through: [],
  },
];
