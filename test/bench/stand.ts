import { mkdtempSync, rmSync } from "node:fs";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Cloud } from "#infra/local/cloud.ts";
import { grantToken } from "#infra/local/demo/demo.ts";
import { registerEndpoint } from "#infra/local/demo/endpoint.ts";
import { receiveWebhooks } from "#infra/local/demo/receiver.ts";
import { callStore, openShop, type Shop } from "#infra/local/demo/shop.ts";
import { type Laptop, startLaptop } from "#infra/local/laptop.ts";
import { synthesize } from "#infra/local/synth.ts";
import { type Meter, openMeter } from "./meter.ts";
import { readDeployed } from "./templates.ts";

/** The embedded cloud with a store that never sells out, an integration that listens, and a meter on every call. */
export type Stand = {
  readonly cloud: Cloud;
  readonly stripeUrl: string;
  readonly shop: Shop;
  readonly meter: Meter;
  /** A product for each buyer: 32 buyers of the very same one would wait for its stock row instead. */
  productOf(buyer: number): string;
  grantTokens(count: number): Promise<string[]>;
  /** Every webhook that was verified, whoever got it. */
  readonly receipts: Receipt[];
  /** One integration more listens from now on. */
  addEndpoint(): Promise<void>;
  /** Waits until every order so far is confirmed, its last webhook verified, and nothing is under way. */
  settled(): Promise<void>;
  stop(): Promise<void>;
};

/** In milliseconds since 1970, by one clock: when the fact was committed, and when its receiver had verified it. */
export type Receipt = { readonly committedAt: number; readonly receivedAt: number };

const root = join(import.meta.dirname, "../..");
const products = 32;

/** On templates that are there already, or on its own. */
export const openStand = async (assembly?: string): Promise<Stand> => {
  if (assembly) return standIn(assembly, () => undefined);
  const made = mkdtempSync(join(tmpdir(), "agentic-checkout-bench-"));
  const cleanUp = () => rmSync(made, { recursive: true, force: true });
  // After Ctrl-C nobody asks for `stop`.
  process.once("exit", cleanUp);
  try {
    await synthesize(join(root, "infra/app.ts"), made, root);
    return await standIn(made, cleanUp);
  } catch (error) {
    cleanUp();
    throw error;
  }
};

const standIn = async (assembly: string, cleanUp: () => void): Promise<Stand> => {
  // Stripe's events come after the answer, and what they cost does not depend on how a purchase is made.
  const laptop = await startLaptop({ schedules: false, stripeEvents: false, assembly });
  return standOn(laptop, assembly, cleanUp).catch(async (error: unknown) => {
    await laptop.stop();
    throw error;
  });
};

const standOn = async (laptop: Laptop, assembly: string, cleanUp: () => void): Promise<Stand> => {
  const { cloud } = laptop;
  const meter = openMeter(cloud.ledger, readDeployed(assembly));
  const shop = await openShop({ operator: laptop.operate, storeApi: cloud.urls.storeApi });
  await fillCatalog(cloud, shop);
  const receipts: Receipt[] = [];
  const integrations: Integration[] = [];
  const addEndpoint = async () => {
    integrations.push(await listen(cloud, shop, { receipts, since: intentsOf(laptop) }));
  };
  await addEndpoint();
  return {
    cloud,
    stripeUrl: laptop.stripeUrl,
    shop,
    meter,
    receipts,
    addEndpoint,
    productOf,
    grantTokens: (count) => grantTokens(laptop, count),
    settled: async () => {
      await cloud.idle();
      // A webhook that waits for the one before it is invisible to the queue's readers for a second or two.
      for (const integration of integrations) await integration.heardOf(intentsOf(laptop));
      await cloud.idle();
    },
    stop: async () => {
      meter.stop();
      for (const { server } of integrations) {
        server.close();
        server.closeAllConnections();
      }
      await laptop.stop();
      cleanUp();
    },
  };
};

const productOf = (buyer: number): string => `bench-${buyer % products}`;

const fillCatalog = ({ urls }: Cloud, shop: Shop): Promise<unknown> =>
  callStore(urls.storeApi, shop.adminKey, "PUT", "/products", {
    products: Array.from({ length: products }, (_, index) => ({
      id: productOf(index),
      title: `Product ${index}`,
      unitAmount: 1_900,
      stock: { onHand: 1_000_000 },
    })),
  });

const grantTokens = async ({ stripeUrl }: Laptop, count: number): Promise<string[]> => {
  const tokens: string[] = [];
  for (let index = 0; index < count; index += 1) tokens.push(await grantToken(stripeUrl, 100_000));
  return tokens;
};

/** Nothing here is declined, so each is an order. */
const intentsOf = ({ stripe }: Laptop): number => stripe?.state.all("intent").length ?? 0;

type Integration = { readonly server: Server; heardOf(orders: number): Promise<void> };

/** Webhooks come twice or late: an order counts once. */
const listen = async (
  { urls }: Cloud,
  shop: Shop,
  { receipts, since }: { readonly receipts: Receipt[]; readonly since: number },
): Promise<Integration> => {
  const confirmed = new Set<string>();
  let secret = "";
  const server = await receiveWebhooks(
    () => secret,
    ({ id, type, body }) => {
      const { occurredAt: committedAt } = body as { occurredAt: number };
      receipts.push({ committedAt, receivedAt: Date.now() });
      if (type === "order.confirmed") confirmed.add(id);
    },
  );
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`;
  await registerEndpoint({ storeApi: urls.storeApi, adminKey: shop.adminKey }, { url }, (given) => {
    secret = given;
  });
  return {
    server,
    heardOf: async (orders: number) => {
      const until = performance.now() + patience;
      while (confirmed.size < orders - since) {
        if (performance.now() > until)
          throw new Error(`only ${confirmed.size} of ${orders - since} orders were confirmed in time`);
        await setTimeout(10);
      }
    },
  };
};

const patience = 60_000;
