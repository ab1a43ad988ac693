import { randomUUID } from "node:crypto";

export type Session = {
  readonly id: string;
  readonly status: string;
  readonly totals: readonly {
    readonly type: string;
    readonly display_text: string;
    readonly amount: number;
  }[];
  readonly fulfillment_options: readonly { readonly id: string; readonly title: string }[];
  readonly line_items: readonly { readonly id: string }[];
  readonly messages: readonly { readonly type: string; readonly content: string }[];
  readonly order?: { readonly id: string; readonly permalink_url: string };
};

/** An agent that speaks ACP with nothing but a URL and a license key. */
export const acpAgent = (api: string, key: string) => {
  const call = async (method: "GET" | "POST", path: string, body?: unknown): Promise<Session> => {
    const response = await fetch(`${api}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        "api-version": "2026-04-17",
        ...(method === "POST" && { "content-type": "application/json", "idempotency-key": randomUUID() }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const answer = await response.json();
    if (!response.ok)
      throw new Error(`${method} ${path} answered ${response.status}: ${JSON.stringify(answer)}`);
    return answer as Session;
  };
  return {
    create: (productId: string, quantity: number) =>
      call("POST", "/checkout_sessions", {
        currency: "eur",
        line_items: [{ id: productId, quantity }],
        capabilities: {},
      }),
    update: (id: string, change: object) => call("POST", `/checkout_sessions/${id}`, change),
    read: (id: string) => call("GET", `/checkout_sessions/${id}`),
    complete: (id: string, token: string) =>
      call("POST", `/checkout_sessions/${id}/complete`, {
        payment_data: {
          handler_id: "card_tokenized",
          instrument: { type: "card", credential: { type: "spt", token } },
        },
      }),
  };
};

/** A buyer in Berlin, as an agent tells of them. */
export const aBuyer = {
  buyer: { first_name: "Ada", last_name: "Lovelace", email: "ada@example.com" },
  fulfillment_details: {
    name: "Ada Lovelace",
    address: {
      name: "Ada Lovelace",
      line_one: "Invalidenstr. 117",
      city: "Berlin",
      state: "BE",
      country: "DE",
      postal_code: "10115",
    },
  },
};

export const totalOf = (session: Session): number =>
  session.totals.find((total) => total.type === "total")?.amount ?? Number.NaN;
