import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openShop, type Shop } from "#infra/local/demo/shop.ts";
import { type EmbeddedStripe, startStripe } from "#infra/local/stripe/start-stripe.ts";
import { whole } from "#test/effort.ts";
import { type RemoteLaptop, startRemoteLaptop } from "#test/local/remote-laptop.ts";
import { type Answered, agentOn, type Session } from "./agent.ts";
import { canaryBuyer } from "./canary.ts";
import { openEndpoint } from "./endpoint.ts";
import { expectNoLeak, filesIn } from "./leaks.ts";
import { sharedAssembly } from "./share-assembly.ts";
import { storeOn } from "./store.ts";

/**
 * The whole cloud in a process of its own, which a power cut ends at a write; Stripe and the integration live on.
 * The next process finds the tables as they were left, and nothing else.
 */
const directory = mkdtempSync(join(tmpdir(), "power-cut-"));
/** Longer than the leases of a checkout, an order and a delivery. */
const aWhile = 65_000;

/** Of what passed the gateways, in whichever process. */
const complaints = new Set<string>();

let stripe: EmbeddedStripe;
let assembly: string;
let laptop: RemoteLaptop;
let shop: Shop;
let endpoint: Awaited<ReturnType<typeof openEndpoint>>;
/** Each process begins with the real time; what was written before may lie ahead of it. */
let ahead = 0;

beforeAll(async () => {
  stripe = await startStripe({ now: () => Date.now() + ahead });
  assembly = await sharedAssembly();
  await powerOn();
  shop = await openShop({ operator: laptop.operate, storeApi: laptop.storeApi });
  endpoint = await openEndpoint({ ...laptop, shop });
  await restock();
});
afterAll(async () => {
  endpoint?.hangUp();
  await laptop?.kill();
  await stripe?.stop();
  const left = filesIn(directory);
  rmSync(directory, { recursive: true, force: true });
  expectNoLeak(left);
  expect([...complaints]).toEqual([]);
});

const powerOn = async (): Promise<void> => {
  const data = join(directory, "data");
  const log = join(directory, "log");
  // Without Stripe's events: their writes would come among those that are counted, now earlier and now later.
  const options = { data, assembly, stripeUrl: stripe.url, stripeEvents: false, schedules: false, log };
  laptop = await startRemoteLaptop(options, (complaint) => complaints.add(complaint));
  await laptop.advance(ahead);
};

const pass = async (milliseconds: number): Promise<void> => {
  ahead += milliseconds;
  await laptop.advance(milliseconds);
};

const stock = 100;
const product = { id: "mug-blue", title: "Blue mug", unitAmount: 1_900 };
const store = () => storeOn(laptop.storeApi, shop.adminKey);
const restock = () => store().catalog.putProducts({ products: [{ ...product, stock: { onHand: stock } }] });
const stockLeft = async () => Number((await store().catalog.getProduct(product.id)).stock.available);

const begin = async (): Promise<Session> =>
  (await agentOn(laptop.agentApi, shop.agentKey).create([{ id: "mug-blue" }], canaryBuyer)).body;

/** The buyer's one request, however often it is sent. */
const complete = ({ id }: Session): Promise<Answered> =>
  agentOn(laptop.agentApi, shop.agentKey).complete(id, "pm_card_visa", {}, { idempotency: `buy-${id}` });

const eventsOf = (session: Session) => endpoint.typesOf(session.id.replace("chk_", "ord_"));
const story = ["order.placed", "payment.captured", "order.confirmed"];
const isTold = (session: Session) => story.every((type) => eventsOf(session).includes(type));

/** Sends the request and lets everything happen that follows, or as much of it as the power cut lets happen. */
const buy = async (session: Session): Promise<{ answer: Answered | undefined; died: boolean }> => {
  let ended = false;
  void laptop.ended.then(() => {
    ended = true;
  });
  const answer = await complete(session).catch(() => undefined);
  for (let round = 0; round < 60 && !ended && !isTold(session); round += 1)
    await laptop
      .idle()
      .then(() => pass(1_000))
      .catch(() => laptop.ended);
  await laptop.idle().catch(() => laptop.ended);
  return { answer, died: ended };
};

/** What the next process does: the client asks again, time passes, the schedules look at what is due. */
const recover = async (session: Session): Promise<Answered> => {
  const { status, body } = await complete(session);
  expect(["completed", "complete_in_progress", "idempotency_in_flight"]).toContain(body.code ?? body.status);
  expect([200, 409]).toContain(status);
  for (let round = 0; round < 8 && !(round > 1 && isTold(session)); round += 1) {
    await pass(aWhile);
    await laptop.sweep(aWhile);
    await laptop.idle();
  }
  return complete(session);
};

const intentsOf = (session: Session) =>
  stripe.state
    .all("intent")
    .filter(({ metadata }) => Object.values(metadata).some((value) => value === session.id));

type Cut = { readonly nth: number; readonly when: "before" | "after"; readonly function?: string };

const cutAndRecover = async (cut: Cut): Promise<boolean> => {
  const left = await stockLeft();
  const session = await begin();
  await laptop.idle();
  await laptop.arm({ effect: "die", ...cut });
  const { answer, died } = await buy(session);
  if (died) await powerOn();
  const again = await recover(session);
  expect(again).toMatchObject({ status: 200, body: { status: "completed" } });
  if (answer?.body.status === "completed") expect(again.body).toEqual(answer.body);
  expect(await store().orders.getOrder(again.body.order?.id ?? "")).toMatchObject({
    status: "confirmed",
    payment: { state: "captured" },
  });
  expect(intentsOf(session)).toMatchObject([
    { status: "succeeded", amount: 2_390, charge: { amountCaptured: 2_390, amountRefunded: 0 } },
  ]);
  expect(new Set(eventsOf(session))).toEqual(new Set(story));
  expect(await stockLeft()).toBe(left - 1);
  return died;
};

const both = (cut: Omit<Cut, "when">): Cut[] => [
  { ...cut, when: "before" },
  { ...cut, when: "after" },
];
/** The two transactions, whatever is written before them; then, counted, publishing, fulfillment and webhooks, side by side. */
const deciding = ["catalog/reserve-stock", "order/place-order"].map((name) => ({ function: name, nth: 1 }));
const counted: readonly Cut[] = whole
  ? Array.from({ length: 24 }, (_, index) => both({ nth: index + 1 })).flat()
  : [9, 17].map((nth) => ({ nth, when: "after" as const }));
const nameOf = (cut: Cut) => cut.function ?? "all";
const cuts = [...deciding.flatMap(both), ...counted].map((cut) => ({ ...cut, by: nameOf(cut) }));

describe("a power cut while an agent buys", () => {
  test.each(cuts)(
    "$when write $nth of $by: one charge, one order, and the webhook arrives",
    async ({ by: _, ...cut }) => {
      // A purchase makes more writes than are cut here: where nothing died, nothing was tried.
      expect(await cutAndRecover(cut)).toBe(true);
    },
  );
});
