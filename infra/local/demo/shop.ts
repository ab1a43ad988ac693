import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";

/** A test store that sells: its products, and a key for each who deals with it. */
export type Shop = {
  readonly storeId: string;
  readonly agentId: string;
  readonly adminKey: string;
  readonly agentKey: string;
  readonly integrationKey: string;
  readonly products: readonly { readonly id: string; readonly title: string; readonly unitAmount: number }[];
};

type Operator = (command: object) => Promise<unknown>;
type Issued = { readonly key: string; readonly principalId: string };

/**
 * Opens the demo store as an operator would, and fills its catalog as its owner would. Keys are shown once, so a
 * store that is kept over restarts keeps them in a file beside its tables.
 */
export const openShop = async (on: {
  operator: Operator;
  storeApi: string;
  kept?: string;
}): Promise<Shop> => {
  if (on.kept && existsSync(on.kept)) return JSON.parse(readFileSync(on.kept, "utf8"));
  const store = JSON.parse(read("store.json"));
  const created = (await on.operator({ command: "create-store", store })) as {
    storeId: string;
    key?: Issued;
  };
  const { storeId } = created;
  const issue = (role: string, principal: string) =>
    on.operator({ command: "issue-key", storeId, role, principal }) as Promise<Issued>;
  const admin = created.key ?? (await issue("admin", "owner"));
  const [agent, integration] = [await issue("agent", "demo-agent"), await issue("integration", "demo-erp")];
  const { products } = JSON.parse(read("products.json"));
  await callStore(on.storeApi, admin.key, "PUT", "/products", { products });
  const shop: Shop = {
    storeId,
    agentId: agent.principalId,
    adminKey: admin.key,
    agentKey: agent.key,
    integrationKey: integration.key,
    products,
  };
  if (on.kept) writeFileSync(on.kept, JSON.stringify(shop), { mode: 0o600 });
  return shop;
};

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), "utf8");

/** A call of the store API, as an integration makes it. */
export const callStore = async <Answer = unknown>(
  api: string,
  key: string,
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
  path: string,
  body?: unknown,
): Promise<Answer> => {
  const response = await fetch(`${api}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body !== undefined && { "content-type": "application/json" }),
      ...(method === "POST" && { "idempotency-key": randomUUID() }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
  return (text ? JSON.parse(text) : undefined) as Answer;
};
