import { randomUUID } from "node:crypto";
import { expectReleased } from "./released-session.ts";

export type Answered = { readonly status: number; readonly headers: Headers; readonly body: Session };
/** What the stories look at; the released schema says the rest. */
export type Session = {
  readonly id: string;
  readonly status: string;
  readonly code?: string;
  readonly param?: string;
  readonly totals: { readonly type: string; readonly amount: number }[];
  readonly messages: { readonly type: string; readonly code?: string }[];
  readonly order?: {
    readonly id: string;
    readonly status?: string;
    readonly adjustments?: readonly { readonly type: string; readonly status: string }[];
    readonly totals?: readonly { readonly type: string; readonly amount: number }[];
  };
};

export type How = {
  readonly key?: string;
  readonly headers?: Record<string, string>;
  readonly idempotency?: string;
};

/** An agent on the wire: every answer it gets must be valid by the schema that was released with its version. */
export const agentOn = (api: string, key: string) => {
  const call = async (
    method: "GET" | "POST",
    path: string,
    body?: unknown,
    how: How = {},
  ): Promise<Answered> => {
    const headers = {
      authorization: `Bearer ${how.key ?? key}`,
      "api-version": "2026-04-17",
      ...(method === "POST" && {
        "content-type": "application/json",
        "idempotency-key": how.idempotency ?? randomUUID(),
      }),
      ...how.headers,
    };
    const response = await fetch(`${api}${path}`, {
      method,
      headers,
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const answer = (await response.json()) as Session;
    expectReleased(headers["api-version"], response.status, answer);
    return { status: response.status, headers: response.headers, body: answer };
  };
  return {
    call,
    create: (lines: object[], more: object = {}, how?: How) =>
      call(
        "POST",
        "/checkout_sessions",
        { currency: "eur", line_items: lines, capabilities: {}, ...more },
        how,
      ),
    update: (id: string, change: object, how?: How) => call("POST", `/checkout_sessions/${id}`, change, how),
    read: (id: string, how?: How) => call("GET", `/checkout_sessions/${id}`, undefined, how),
    cancel: (id: string, how?: How, body: object = {}) =>
      call("POST", `/checkout_sessions/${id}/cancel`, body, how),
    complete: (id: string, token: string, more: object = {}, how?: How) =>
      call("POST", `/checkout_sessions/${id}/complete`, { payment_data: paymentWith(token), ...more }, how),
  };
};
export type Agent = ReturnType<typeof agentOn>;

export const paymentWith = (token: string) => ({
  handler_id: "card_tokenized",
  instrument: { type: "card", credential: { type: token.slice(0, token.indexOf("_")), token } },
});

export const totalOf = (session: Session): number =>
  session.totals.find(({ type }) => type === "total")?.amount ?? Number.NaN;
