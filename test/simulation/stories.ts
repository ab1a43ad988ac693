import { persistently } from "./actors/actor.ts";
import { cancelInDashboard, refundInDashboard } from "./actors/bank.ts";
import { address, proof } from "./actors/buyer.ts";
import type { Cloud } from "./cloud/cloud.ts";
import type { Response } from "./cloud/gateway.ts";
import { count } from "./engine/faults.ts";
import type { Story } from "./exhaustive.ts";
import { allOrders } from "./invariants/rows.ts";

const minute = 60_000;

type Act = Story["act"];

const agentOf = ({ shops }: Cloud): string => shops[0].agents[0]?.key.text ?? "";

/** A session that is ready to be paid; undefined when it could not be had. */
const sessionOf = async (cloud: Cloud): Promise<string | undefined> => {
  const created = await persistently(cloud, {
    method: "POST",
    path: "/checkout_sessions",
    by: agentOf(cloud),
    idempotencyKey: "create",
    body: {
      line_items: [{ id: "mug", quantity: 1 }],
      buyer: { email: "ada@canary.example" },
      fulfillment_details: { name: "Ada", address },
      capabilities: { interventions: { supported: ["3ds"] } },
    },
  });
  return ((created?.body ?? {}) as { id?: string }).id;
};

type Payment = { readonly token: string; readonly key: string; readonly more?: object };

const pay = (
  cloud: Cloud,
  id: string | undefined,
  { token, key, more }: Payment,
): Promise<Response | undefined> => {
  const instrument = { type: "card", credential: { type: "pm", token } };
  return persistently(cloud, {
    method: "POST",
    path: `/checkout_sessions/${id}/complete`,
    by: agentOf(cloud),
    idempotencyKey: key,
    body: { payment_data: { handler_id: "card_tokenized", instrument }, ...more },
  });
};

const buyWith =
  (token: string): Act =>
  async (cloud, begin) => {
    const id = await sessionOf(cloud);
    begin();
    await pay(cloud, id, { token, key: "complete" });
  };

const buy = buyWith("pm_card_visa");

/** The bank wants to know that it is the buyer, and is told. */
const authenticate: Act = async (cloud, begin) => {
  const id = await sessionOf(cloud);
  begin();
  const token = "pm_card_authenticationRequired";
  await pay(cloud, id, { token, key: "complete" });
  await pay(cloud, id, { token, key: "again", more: { authentication_result: proof } });
};

const nothing = (): void => undefined;

/** Begins only now: what went before is a story of its own. */
const after =
  (before: Act, act: Act): Act =>
  async (cloud, begin) => {
    await before(cloud, nothing);
    await act(cloud, begin);
  };

/** For so many minutes: three are long enough for events, fulfillment, webhooks and one look of each sweeper. */
const andWait =
  (act: Act, minutes = 3): Act =>
  async (cloud, begin) => {
    await act(cloud, begin);
    await cloud.world.scheduler.sleep(minutes * minute);
  };

const untilConfirmed =
  (act: Act): Act =>
  async (cloud, begin) => {
    await act(cloud, begin);
    const isOver = () => allOrders(cloud).some(({ status }) => status === "confirmed");
    for (let waited = 0; waited < 300 && !isOver(); waited += 1) await cloud.world.scheduler.sleep(1_000);
  };

/** Somebody lets the authorization go before the store has the order: it goes back instead. */
const refuse: Act = async (cloud, begin) => {
  await cancelInDashboard(cloud);
  cloud.stripeMoved();
  begin();
};

/** The store's receiver is away for a while. */
const deaf =
  (minutes: number): Act =>
  async (cloud) => {
    const [{ url } = { url: "" }] = cloud.shops[0].endpoints;
    count(cloud.world.counts, "receiver away");
    cloud.receivers.goAway(url, cloud.world.scheduler.now() + minutes * minute);
  };

const now: Act = async (_, begin) => begin();

/** What the store does to an order once it is there. */
const ask =
  (path: string, body: object): Act =>
  async (cloud, begin) => {
    const by = cloud.shops[0].owner.text;
    const seen = await persistently(cloud, { method: "GET", path: "/orders", by });
    const [order] = ((seen?.body ?? {}) as { orders?: { id: string }[] }).orders ?? [];
    begin();
    await persistently(cloud, {
      method: "POST",
      path: `/orders/${order?.id}/${path}`,
      by,
      idempotencyKey: path,
      body,
    });
  };

/** What died is repeated a quarter of an hour later. */
const compare: Act = async (cloud, begin) => {
  begin();
  for (let tried = 0; tried < 3; tried += 1) {
    const end = await cloud.lambda.invoke("reconciliation/reconcile-books", { scope: "full" });
    if ("payload" in end) return;
    await cloud.world.scheduler.sleep(15 * minute);
  }
};

/** A refund in the dashboard of which no event tells. */
const refundUnseen: Act = async (cloud) => {
  const [intent] = cloud.stripe.intents();
  if (intent) await refundInDashboard(cloud, intent);
  cloud.stripe.takeEvents();
};

const bought = andWait(buy);

/** From the buyer's request through its answer to the confirmed order. */
export const wholePurchase: Story = { name: "purchase until it is confirmed", act: untilConfirmed(buy) };

export const stories: readonly Story[] = [
  { name: "purchase, fulfillment and delivery", act: bought },
  { name: "purchase that is declined", act: andWait(buyWith("pm_card_chargeDeclined")) },
  { name: "purchase that must be authenticated", act: andWait(authenticate) },
  { name: "fulfillment", act: after(buy, andWait(now)) },
  { name: "fulfillment that is refused", act: after(buy, andWait(refuse)) },
  // The second attempt fails too; the third is five minutes later, and a queue's delay is long enough for that wait.
  { name: "delivery that a queue repeats", act: after(after(deaf(2), andWait(buy, 1)), andWait(now, 6)) },
  // The third fails as well, and the fourth is half an hour later: a sweeper's.
  { name: "delivery that a sweeper repeats", act: after(after(deaf(7), andWait(buy, 11)), andWait(now, 45)) },
  { name: "refund", act: after(bought, andWait(ask("refunds", { reason: "returned", amount: 700 }))) },
  { name: "cancellation", act: after(bought, andWait(ask("cancel", { reason: "store_decision" }))) },
  {
    name: "cancellation before fulfillment",
    act: after(buy, andWait(ask("cancel", { reason: "store_decision" }))),
  },
  { name: "reconciliation", act: after(buy, andWait(compare)) },
  { name: "reconciliation that finds a refund", act: after(after(bought, refundUnseen), andWait(compare)) },
];
