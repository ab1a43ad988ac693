import { type Actor, persistently } from "./actors/actor.ts";
import type { Cloud } from "./cloud/cloud.ts";
import { deadlyFates } from "./engine/faults.ts";
import { type Outcome, runSchedule } from "./schedule.ts";

/** Something that happens from its beginning to its end, in one order, with nobody else about. */
export type Story = {
  readonly name: string;
  /** `begin`: from here on each call is a place to die at. */
  readonly act: (cloud: Cloud, begin: () => void) => Promise<void>;
};

export type Death = { readonly call: number; readonly when: "before" | "after" };

/** Runs a story in which processes die at these calls, counted over all processes, and looks at every promise. */
export const withDeaths = async (
  { name, act }: Story,
  deaths: readonly Death[],
): Promise<{ outcome: Outcome; calls: number }> => {
  const fates = deadlyFates(deaths);
  const actor: Actor = { name, act: (cloud) => act(cloud, fates.begin) };
  const outcome = await runSchedule({
    seed: quiet,
    inOrder: true,
    fates: () => fates,
    actors: () => [actor],
  });
  return { outcome, calls: fates.calls() };
};

/** A seed whose stream speaks and whose books are not compared: that is a story of its own. */
const quiet = 3;

/** Every single death there is: at each call, before it and after it. */
export const everyDeath = (calls: number): Death[] =>
  Array.from({ length: calls }, (_, index) => index + 1).flatMap((call) => [
    { call, when: "before" as const },
    { call, when: "after" as const },
  ]);

/** Every two of them, in order. */
export const everyPair = (calls: number): Death[][] => {
  const all = everyDeath(calls);
  return all.flatMap((first) => all.filter(({ call }) => call > first.call).map((second) => [first, second]));
};

const minute = 60_000;

type Act = Story["act"];

/** A session that is ready to be paid; undefined when it could not be had. */
const sessionOf = async (cloud: Cloud, by: string): Promise<string | undefined> => {
  const created = await persistently(cloud, {
    method: "POST",
    path: "/checkout_sessions",
    by,
    idempotencyKey: "create",
    body: {
      line_items: [{ id: "mug", quantity: 1 }],
      buyer: { email: "ada@canary.example" },
      fulfillment_details: { name: "Ada", address },
    },
  });
  return ((created?.body ?? {}) as { id?: string }).id;
};

const buyWith =
  (token: string): Act =>
  async (cloud, begin) => {
    const by = cloud.shops[0].agents[0]?.key.text ?? "";
    const id = await sessionOf(cloud, by);
    begin();
    const instrument = { type: "card", credential: { type: "pm", token } };
    await persistently(cloud, {
      method: "POST",
      path: `/checkout_sessions/${id}/complete`,
      by,
      idempotencyKey: "complete",
      body: { payment_data: { handler_id: "card_tokenized", instrument } },
    });
  };

/** Long enough for the event, the fulfillment, the webhooks and one look of each sweeper. */
const andAll =
  (act: Act): Act =>
  async (cloud, begin) => {
    await act(cloud, begin);
    await cloud.world.scheduler.sleep(3 * minute);
  };

const address = {
  name: "Ada",
  line_one: "Kanarienweg 1",
  city: "Berlin",
  state: "BE",
  country: "DE",
  postal_code: "10115",
};

/** What the store does to an order once it is there; buying it was looked at before. */
const afterwards =
  (path: string, body: object): Act =>
  async (cloud, begin) => {
    await andAll(buyWith("pm_card_visa"))(cloud, () => undefined);
    const by = cloud.shops[0].owner.text;
    const seen = await persistently(cloud, { method: "GET", path: "/orders", by });
    const [order] = ((seen?.body ?? {}) as { orders?: { id: string }[] }).orders ?? [];
    begin();
    const request = {
      method: "POST",
      path: `/orders/${order?.id}/${path}`,
      by,
      idempotencyKey: path,
      body,
    } as const;
    await persistently(cloud, request);
  };

const reconcile: Act = async (cloud, begin) => {
  await buyWith("pm_card_visa")(cloud, () => undefined);
  begin();
  await cloud.lambda.invoke("reconciliation/reconcile-books", { scope: "full" });
};

/** From the buyer's request to the answer. */
export const purchase: Story = { name: "purchase", act: buyWith("pm_card_visa") };

export const stories: readonly Story[] = [
  { name: "purchase, fulfillment and delivery", act: andAll(buyWith("pm_card_visa")) },
  { name: "purchase that is declined", act: andAll(buyWith("pm_card_chargeDeclined")) },
  { name: "refund", act: andAll(afterwards("refunds", { reason: "returned", amount: 700 })) },
  { name: "cancellation", act: andAll(afterwards("cancel", { reason: "store_decision" })) },
  { name: "reconciliation", act: andAll(reconcile) },
];
