import { statement } from "#functions/access/data-protection.ts";
import type { WholeService } from "./whole-service.ts";

type Made = Readonly<Record<string, unknown>>;

/** Whose name, and where it goes to: what nobody may read without the scope for it. */
export const person = (nth: number) => ({
  email: `ada${nth}@canary.example`,
  first_name: "Adacanary",
  last_name: "Lovelacecanary",
  phone_number: "+4915112345678",
});
export const fields = ["@canary.example", "Adacanary", "Lovelacecanary", "15112345678", "Canaryweg", "10115"];

const address = {
  name: "Adacanary Lovelacecanary",
  line_one: "Canaryweg 1",
  city: "Berlin",
  country: "DE",
  postal_code: "10115",
};
export const line_items = [{ id: "mug", quantity: 1 }];
const instrument = { type: "card", credential: { type: "pm", token: "pm_card_visa" } };
export const completion = { payment_data: { handler_id: "card_tokenized", instrument } };
export const support = { person: "Grace Hopper", reason: "looks at an order", scopes: ["orders:read"] };
/** Every point of the data-protection statement, as it holds now. */
export const acceptance = {
  version: statement.version,
  points: Object.fromEntries(Object.keys(statement.points).map((point) => [point, true])),
};
export const endpoint = { url: "https://hooks.example.com/agentic" };

/** Makes what paths name, in every state that there is of it; each call makes another. */
export const makers = (service: WholeService, by: { readonly agent: string; readonly owner: string }) => {
  let made = 0;
  const post = async (
    who: string,
    path: string,
    body: unknown = {},
    method: "POST" | "PUT" | "DELETE" = "POST",
  ) => {
    const { status, body: answer } = await service.call({ method, path, by: who, body });
    if (status >= 300) throw new Error(`${method} ${path} was answered ${status}: ${JSON.stringify(answer)}`);
    return answer as Made;
  };
  const idOf = (answer: Made): string => String(answer["id"]);

  const session = async (): Promise<string> => {
    made += 1;
    const fulfillment_details = { name: address.name, phone_number: "+4915112345678", address };
    return idOf(
      await post(by.agent, "/checkout_sessions", { line_items, buyer: person(made), fulfillment_details }),
    );
  };
  const ended = async (how: string, body: unknown = {}): Promise<string> => {
    const id = await session();
    await post(by.agent, `/checkout_sessions/${id}/${how}`, body);
    return id;
  };
  const bought = async (isHeld = false): Promise<string> => {
    const checkoutId = await session();
    const orderId = checkoutId.replace("chk_", "ord_");
    if (isHeld) service.hold(orderId);
    await post(by.agent, `/checkout_sessions/${checkoutId}/complete`, completion);
    if (!isHeld) await service.pass(10_000);
    return orderId;
  };
  const customerOf = async (): Promise<string> => {
    const headers = { "Customer-Email": person(made).email };
    const { body } = await service.call({ method: "GET", path: "/customers", by: by.owner, headers });
    return idOf((body as { customers: Made[] }).customers[0] ?? {});
  };
  const after = async (change: (id: string, customer: string) => Promise<unknown>): Promise<string> => {
    const orderId = await bought();
    await change(orderId, await customerOf());
    await service.pass(10_000);
    return orderId;
  };
  const parcel = async (): Promise<string> => {
    const id = await bought();
    return `${id}/${idOf(await post(by.owner, `/orders/${id}/fulfillments`))}`;
  };
  const restrict = (customer: string) => post(by.owner, `/customers/${customer}/restrict`);
  const erase = (customer: string) => post(by.owner, `/customers/${customer}`, undefined, "DELETE");
  const customer = async (): Promise<string> => {
    await bought();
    return customerOf();
  };

  const key = async (): Promise<Made> => {
    made += 1;
    return post(by.owner, "/license_keys", { role: "integration", principal: `warehouse ${made}` });
  };
  const webhook = async () => idOf(await post(by.owner, "/webhook_endpoints", endpoint));
  const domain = async (): Promise<string> => {
    made += 1;
    const host = `tea${made}.example.com`;
    const { challenge } = await post(by.owner, "/domains", { domain: host });
    const { record } = challenge as { record: { name: string; value: string } };
    service.cloud.records.set(record.name, [record.value]);
    return host;
  };

  const all: Readonly<Record<string, Readonly<Record<string, () => Promise<string>>>>> = {
    checkout_sessions: {
      open: session,
      completed: () => ended("complete", completion),
      canceled: () => ended("cancel"),
      expired: async () => {
        const id = await session();
        await service.pass(7 * 3_600_000);
        return id;
      },
    },
    orders: {
      placed: () => bought(true),
      confirmed: () => bought(),
      shipped: async () => (await parcel()).split("/")[0] ?? "",
      canceled: () => after((id) => post(by.owner, `/orders/${id}/cancel`)),
      erased: () => after((_, whose) => erase(whose)),
      restricted: () => after((_, whose) => restrict(whose)),
    },
    fulfillments: {
      shipped: parcel,
      delivered: async () => {
        const id = await parcel();
        await post(by.owner, `/orders/${id.replace("/", "/fulfillments/")}/events`, { type: "delivered" });
        return id;
      },
    },
    customers: {
      known: customer,
      restricted: async () => {
        const id = await customer();
        await restrict(id);
        return id;
      },
    },
    erasures: { there: async () => idOf(await erase(await customer())) },
    license_keys: {
      valid: async () => idOf(await key()),
      rolled: async () => {
        const id = idOf(await key());
        await post(by.owner, `/license_keys/${id}/roll`);
        return id;
      },
    },
    principals: { there: async () => idOf((await key())["principal"] as Made) },
    support_grants: { there: async () => idOf(await post(by.owner, "/support_grants", support)) },
    domains: { there: domain },
    agent_feeds: {
      there: async () => {
        made += 1;
        const feed = {
          name: `agent-${made}`,
          url: "https://agent.example.com/acp",
          credential: "a-credential",
        };
        return String((await post(by.owner, "/agent_feeds", feed, "PUT"))["name"]);
      },
    },
    products: { there: async () => "mug" },
    webhook_endpoints: { there: webhook },
    deliveries: {
      there: async () => {
        const id = await webhook();
        const { eventId } = await post(by.owner, `/webhook_endpoints/${id}/test`);
        return `${id}/${eventId}`;
      },
    },
    replays: {
      there: async () => {
        const id = await webhook();
        return `${id}/${idOf(await post(by.owner, `/webhook_endpoints/${id}/replay`, { only: "failed" }))}`;
      },
    },
  };
  return (kind: string, state: string): Promise<string> => {
    const make = all[kind]?.[state];
    if (!make) throw new Error(`nobody knows how to make ${kind} that are ${state}`);
    return make();
  };
};
