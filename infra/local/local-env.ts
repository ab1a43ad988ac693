import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Shop } from "./demo/shop.ts";
import type { Laptop } from "./laptop.ts";

/** How scripts, the README's curl lines and `npm run ops` find what runs here. */
export const localEnv = ({ cloud, stripeUrl, stripeKey }: Laptop, shop: Shop) => ({
  AGENT_API: cloud.urls.agentApi,
  STORE_API: cloud.urls.storeApi,
  STRIPE_API: stripeUrl,
  STRIPE_KEY: stripeKey,
  STORE_ID: shop.storeId,
  AGENT_KEY: shop.agentKey,
  INTEGRATION_KEY: shop.integrationKey,
  ADMIN_KEY: shop.adminKey,
  AWS_ENDPOINT_URL: cloud.endpoint,
  AWS_REGION: "us-east-1",
  AWS_ACCESS_KEY_ID: cloud.operator.accessKeyId,
  AWS_SECRET_ACCESS_KEY: cloud.operator.secretAccessKey,
});

export const writeLocalEnv = (directory: string, values: Readonly<Record<string, string>>): void => {
  mkdirSync(directory, { recursive: true });
  const lines = Object.entries(values).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(join(directory, "env"), lines.join(""), { mode: 0o600 });
};
