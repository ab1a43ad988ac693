import type { Cloud } from "../cloud/cloud.ts";
import type { Response } from "../cloud/gateway.ts";
import { limitedCode, type Shop } from "../cloud/shop.ts";
import { type Actor, newKey, persistently } from "./actor.ts";

type Session = { id: string; status: string };
type Visit = { readonly cloud: Cloud; readonly shop: Shop; readonly by: string };

/** An agent that buys something, or tries to: hesitates, changes its mind, clicks twice, asks again. */
export const buyer = (shop: Shop, agent: number, hurried = false): Actor => ({
  name: "buyer",
  act: async (cloud) => {
    const { random, scheduler } = cloud.world;
    await scheduler.sleep(random.below(hurried ? 5_000 : random.pick(hesitations)));
    const visit = { cloud, shop, by: shop.agents[agent]?.key.text ?? "" };
    const created = await create(visit);
    const { id } = (created?.body ?? {}) as Partial<Session>;
    if (created?.status !== 201 || id === undefined) return;
    const stranger = shop.agents[1 - agent]?.key.text ?? "";
    await hesitate(visit, id, stranger);
    await buyUntilOver(visit, id);
  },
});

/** Mostly seconds; now and then somebody comes when all the others have left. */
const hesitations = [5_000, 5_000, 5_000, 5_000, 600_000] as const;

const hesitate = async (visit: Visit, id: string, stranger: string): Promise<void> => {
  const { random } = visit.cloud.world;
  if (random.chance(0.25)) await update(visit, id);
  if (random.chance(0.1)) await cancel(visit, id);
  if (random.chance(0.1)) await spy(visit, id, stranger);
};

const over: readonly (string | undefined)[] = ["completed", "canceled", "expired"];

const buyUntilOver = async (visit: Visit, id: string): Promise<void> => {
  const { random, scheduler } = visit.cloud.world;
  for (let tried = 0; tried < 3; tried += 1) {
    if (over.includes(await buy(visit, id))) return;
    await scheduler.sleep(random.below(tried === 0 ? 3_000 : 90_000));
    await thinkAgain(visit, id);
  }
};

const thinkAgain = async (visit: Visit, id: string): Promise<void> => {
  const { random } = visit.cloud.world;
  if (random.chance(0.1)) await update(visit, id);
  if (random.chance(0.1)) await cancel(visit, id);
};

/** Another agent of the same store, which may not even learn that the session exists. */
const spy = ({ cloud }: Visit, id: string, by: string) =>
  persistently(cloud, { method: "GET", path: `/checkout_sessions/${id}`, by }, 1);

export const address = {
  name: "Ada Canary",
  line_one: "Kanarienweg 1",
  city: "Berlin",
  state: "BE",
  country: "DE",
  postal_code: "10115",
};

const create = async ({ cloud, shop, by }: Visit): Promise<Response | undefined> => {
  const { random } = cloud.world;
  const request = {
    method: "POST",
    path: "/checkout_sessions",
    by,
    idempotencyKey: newKey(cloud),
    body: {
      line_items: lines(cloud, shop),
      buyer: { email: "ada@canary.example", first_name: "Ada" },
      fulfillment_details: { name: "Ada Canary", address },
      ...(random.chance(0.3) && { discounts: { codes: [limitedCode] } }),
      capabilities: {
        interventions: { supported: random.chance(0.5) ? ["3ds"] : [] },
        extensions: ["discount"],
      },
    },
  } as const;
  if (random.chance(0.08))
    await persistently(cloud, { ...request, body: { line_items: lines(cloud, shop) } }, 2);
  return persistently(cloud, request);
};

const lines = ({ world: { random } }: Cloud, { goods }: Shop) => {
  const mug = { id: goods.mug, quantity: random.chance(0.6) ? 1 : 2 };
  const choices = [
    [mug],
    [mug],
    [mug, { id: goods.song, quantity: 1 }],
    [{ id: goods.song, quantity: 1 }],
    [{ id: goods.leaflet, quantity: 1 }],
  ];
  return random.pick(choices);
};

const update = (visit: Visit, id: string) =>
  persistently(visit.cloud, {
    method: "POST",
    path: `/checkout_sessions/${id}`,
    by: visit.by,
    idempotencyKey: newKey(visit.cloud),
    body: {
      line_items: lines(visit.cloud, visit.shop),
      ...(visit.cloud.world.random.chance(0.2) && {
        buyer: { email: "eve@canary.example", first_name: "Eve" },
      }),
    },
  });

const cancel = (visit: Visit, id: string) =>
  persistently(
    visit.cloud,
    {
      method: "POST",
      path: `/checkout_sessions/${id}/cancel`,
      by: visit.by,
      idempotencyKey: newKey(visit.cloud),
    },
    2,
  );

/** Completes, maybe twice at once, and looks what came of it until it knows. */
const buy = async (visit: Visit, id: string): Promise<string | undefined> => {
  const { cloud, by } = visit;
  const { random } = cloud.world;
  const request = {
    method: "POST",
    path: `/checkout_sessions/${id}/complete`,
    by,
    idempotencyKey: newKey(cloud),
    body: {
      payment_data: payment(visit),
      ...(random.chance(0.2) && { authentication_result: proof }),
    },
  } as const;
  const clicks = [persistently(cloud, request)];
  if (random.chance(0.25)) clicks.push(persistently(cloud, request, 1));
  if (random.chance(0.15)) clicks.push(persistently(cloud, { ...request, idempotencyKey: newKey(cloud) }, 1));
  const answers = await Promise.all(clicks);
  const statuses = answers.map((answer) => (answer?.body as Session | undefined)?.status);
  if (statuses.includes("completed")) return "completed";
  return look(visit, id);
};

const look = async ({ cloud, by }: Visit, id: string): Promise<string | undefined> => {
  for (let tried = 0; tried < 3; tried += 1) {
    const seen = await persistently(cloud, { method: "GET", path: `/checkout_sessions/${id}`, by }, 2);
    const status = (seen?.body as Session | undefined)?.status;
    if (status !== undefined && status !== "complete_in_progress") return status;
    await cloud.world.scheduler.sleep(cloud.world.random.below(60_000));
  }
  return undefined;
};

export const proof = {
  outcome: "authenticated",
  outcome_details: {
    three_ds_cryptogram: "AAIBBYNoEwAAAAAAg4PyBCkAAAA=",
    electronic_commerce_indicator: "05",
    transaction_id: "transaction-1",
    version: "2.2.0",
  },
};

/** Cards that pay, that do not, that want the buyer; shared tokens with and without enough on them. */
const payment = ({ cloud, shop }: Visit) => {
  const { random } = cloud.world;
  const shared = shop === cloud.shops[0] && random.chance(0.3);
  const token = shared ? granted(cloud) : random.pick(cards);
  return {
    handler_id: "card_tokenized",
    instrument: { type: "card", credential: { type: shared ? "spt" : "pm", token } },
  };
};

const granted = ({ stripe, world: { random } }: Cloud): string =>
  stripe.grant({ currency: "eur", maxAmount: random.chance(0.8) ? 100_000 : 100 });

const cards = [
  "pm_card_visa",
  "pm_card_visa",
  "pm_card_visa",
  "pm_card_visa",
  "pm_card_chargeDeclined",
  "pm_card_chargeDeclinedInsufficientFunds",
  "pm_card_authenticationRequired",
] as const;
