import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openShop, type Shop } from "#infra/local/demo/shop.ts";
import { type EmbeddedStripe, startStripe } from "#infra/local/stripe/start-stripe.ts";
import { effort, seed } from "#test/effort.ts";
import { processesWith } from "#test/local/processes.ts";
import { type RemoteLaptop, startRemoteLaptop } from "#test/local/remote-laptop.ts";
import { agentOn } from "./agent.ts";
import { allOrders, expectMoneyToBeRight, expectStockToBeRight } from "./books.ts";
import { type Cart, inTurns, shopFor } from "./carts.ts";
import { openEndpoint } from "./endpoint.ts";
import { expectNoLeak, filesIn } from "./leaks.ts";
import { sharedAssembly } from "./share-assembly.ts";
import { storeOn } from "./store.ts";

/**
 * A shop at its worst hour: carts being bought side by side, and the whole cloud killed in the midst of it, again
 * and again. Stripe, the clients and the integration live on; the cloud finds its tables as they were left.
 */
const directory = mkdtempSync(join(tmpdir(), "kill-"));
const data = join(directory, "data");
/** Longer than the leases of a checkout, an order and a delivery. */
const aWhile = 65_000;
const perRound = 20;
/** At the same time. */
const buying = 8;
/** Every so many rounds nobody buys and the sweepers get on with it: a mountain of work would only time out. */
const quietHour = 3;
const stock = { "mug-blue": 10_000, "tea-assam": 10_000 };
const products = Object.entries(stock).map(([id, onHand]) => ({
  id,
  title: id,
  unitAmount: 1_900,
  stock: { onHand },
}));

const aCart = fc.record({
  productId: fc.constantFrom(...Object.keys(stock)),
  quantity: fc.integer({ min: 1, max: 3 }),
});
/** A kill comes so long after so many answers: between the two requests of a cart, within one, or after the last. */
const aRound = fc.record({
  answers: fc.nat({ max: 2 * perRound }),
  milliseconds: fc.nat({ max: 400 }),
  carts: fc.array(aCart, { minLength: perRound, maxLength: perRound }),
});
const runs = { seed: seed(20_261_126), numRuns: Math.ceil(effort(300) / perRound) };

/** Of what passed the gateways, in whichever process. */
const complaints = new Set<string>();

let stripe: EmbeddedStripe;
let assembly: string;
let laptop: RemoteLaptop;
let shop: Shop;
let endpoint: Awaited<ReturnType<typeof openEndpoint>>;
/** Pending while the cloud is down. */
let power: Promise<void> = Promise.resolve();
/** Each process begins with the real time; what was written before may lie ahead of it. */
let ahead = 0;

beforeAll(async () => {
  stripe = await startStripe({ now: () => Date.now() + ahead });
  assembly = await sharedAssembly();
  await powerOn();
  shop = await openShop({ operator: laptop.operate, storeApi: laptop.storeApi });
  endpoint = await openEndpoint({ ...laptop, shop });
  await store().catalog.putProducts({ products });
});
const store = () => storeOn(laptop.storeApi, shop.adminKey);
afterAll(async () => {
  endpoint?.hangUp();
  await power.catch(() => undefined);
  await laptop?.kill();
  await stripe?.stop();
  const left = filesIn(directory);
  rmSync(directory, { recursive: true, force: true });
  expectNoLeak(left);
  expect([...complaints]).toEqual([]);
});

const powerOn = async (): Promise<void> => {
  const options = { data, assembly, stripeUrl: stripe.url, schedules: false, log: join(directory, "log") };
  laptop = await startRemoteLaptop(options, (complaint) => complaints.add(complaint));
  await laptop.advance(ahead);
};

const pass = async (milliseconds: number): Promise<void> => {
  ahead += milliseconds;
  await laptop.advance(milliseconds);
};

const agent = () => agentOn(laptop.agentApi, shop.agentKey);

type Kill = { readonly answers: number; readonly milliseconds: number };

/** The carts, beside sweepers at the leftovers of the round before; then `kill -9`, and power again. */
const roundOf = async (carts: readonly Cart[], kill: Kill): Promise<void> => {
  const struck = Promise.withResolvers<void>();
  let answers = 0;
  const answered = () => {
    answers += 1;
    if (answers === kill.answers) struck.resolve();
  };
  await pass(aWhile);
  const sweeping = laptop.sweep().catch(() => undefined);
  const line = { agent, up: () => power, answered };
  const shopping = inTurns(carts, buying, (cart) => shopFor(cart, line));
  await Promise.race([kill.answers === 0 ? undefined : struck.promise, shopping]);
  await wait(kill.milliseconds);
  power = laptop.kill().then(powerOn);
  await Promise.all([power, sweeping, shopping]);
};

const orderOf = ({ sessionId = "" }: Cart): string => sessionId.replace("chk_", "ord_");
const story = ["order.placed", "payment.captured", "order.confirmed"];
const isTold = (cart: Cart) => story.every((type) => endpoint.typesOf(orderOf(cart)).includes(type));

/** What is left is done by the sweepers; nobody asks for it any more. */
const recover = async (carts: readonly Cart[]): Promise<void> => {
  for (let round = 0; round < 20 && !carts.every(isTold); round += 1) {
    await pass(aWhile);
    await laptop.sweep();
    await laptop.idle();
  }
};

const heardOf = ({ answer }: Cart): string => String(answer?.body.code ?? answer?.body.status);
/** Its order, or that it is still being worked on. */
const isAnswered = (cart: Cart) =>
  ["completed", "complete_in_progress", "idempotency_in_flight"].includes(heardOf(cart));

/** Who was answered has the order that was named; who heard nothing but 5xx has it whole, or has not begun. */
const expectAnswerToBeTrue = (cart: Cart, status: string): void => {
  if (isAnswered(cart)) expect(status).toBe("completed");
  else {
    expect(cart.answer?.status).toBeGreaterThanOrEqual(500);
    expect(["completed", "ready_for_payment"]).toContain(status);
  }
  if (heardOf(cart) === "completed") expect(cart.answer?.body.order?.id).toBe(orderOf(cart));
};

const boughtOf = async (carts: readonly Cart[]): Promise<Cart[]> => {
  const bought: Cart[] = [];
  for (const cart of carts) {
    if (cart.sessionId === undefined) continue;
    const { status } = (await agent().read(cart.sessionId)).body;
    expectAnswerToBeTrue(cart, status);
    if (status === "completed") bought.push(cart);
  }
  return bought;
};

/** Real processes on a machine that others use as well: bounded, but never by its speed. */
const patience = { timeout: 1_800_000 };

test(
  "carts that a kill -9 met are bought once, paid once and told of, and nothing is left over",
  patience,
  async () => {
    const began = Date.now();
    const carts: Cart[] = [];
    for (const [round, { carts: wanted, ...kill }] of fc.sample(aRound, runs).entries()) {
      const few = wanted.slice(0, effort(300) - carts.length);
      const batch = few.map((cart, index): Cart => ({ ...cart, name: `${round}-${index}` }));
      carts.push(...batch);
      await roundOf(batch, { ...kill, answers: kill.answers % (2 * batch.length + 1) });
      if (round % quietHour === quietHour - 1) await recover(carts.filter(isAnswered));
    }
    await recover(carts.filter(isAnswered));
    const bought = await boughtOf(carts);
    await recover(bought);
    const orders = await allOrders(store());
    const charges = stripe.state.all("intent").filter(({ status }) => status === "succeeded");
    console.log(
      `kill -9, seed ${runs.seed}: ${runs.numRuns} kills, ${carts.length} carts, ` +
        `${carts.filter(isAnswered).length} answered, ${orders.length} orders, ${charges.length} charges, ` +
        `${endpoint.heard.length} webhooks, ${Math.round((Date.now() - began) / 1_000)} s`,
    );
    expect(new Set(orders.map(({ id }) => id))).toEqual(new Set(bought.map(orderOf)));
    for (const order of orders)
      expect(order).toMatchObject({ status: "confirmed", payment: { state: "captured" } });
    expectMoneyToBeRight(stripe.state, orders);
    await expectStockToBeRight(store(), orders, stock);
    expect(bought.filter((cart) => !isTold(cart))).toEqual([]);
    await laptop.kill();
    await expect.poll(() => processesWith(data), { timeout: 5_000 }).toEqual([]);
  },
);
