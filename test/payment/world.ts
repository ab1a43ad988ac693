import { checkoutStore, createdCheckout } from "#functions/checkout/checkout.store.ts";
import type { Checkout } from "#functions/checkout/checkout.ts";
import type { Step } from "#functions/checkout/completion.ts";
import { authorizePayment } from "#functions/payment/authorize-payment.ts";
import { capturePayment } from "#functions/payment/capture-payment.ts";
import {
  movedPayment,
  paymentStore,
  type StartPayment,
  startPayment,
} from "#functions/payment/payment.store.ts";
import { returnPayment } from "#functions/payment/return-payment.ts";
import type { Stripe } from "#functions/payment/stripe.ts";
import type { Envelope } from "#functions/privacy/envelope.ts";
import type { Table } from "#functions/runtime/table.ts";
import { orderIdOf } from "#functions/values/id.ts";
import { aCheckout, someTerms } from "#test/examples.ts";
import { fakeEnvelope } from "#test/fakes/envelope.ts";
import { memoryPlatform } from "#test/fakes/memory-platform.ts";
import { fakeStripe } from "#test/fakes/stripe.ts";

export const amount = 2_390;

/** A checkout that is being completed, its payment row, and everything that the operations need. */
export const aWorld = async (
  given: { token?: string; authentication?: unknown; start?: Partial<StartPayment> } = {},
) => {
  const platform = memoryPlatform();
  const { table, clock, now } = platform;
  const stripe = fakeStripe(now);
  const envelope = fakeEnvelope(table);
  const checkout: Checkout = aCheckout({
    status: "completing",
    epoch: 1,
    attempt: 1,
    completingSince: now(),
  });
  const { storeId, id: checkoutId } = checkout;
  const { write, cipher } = await envelope.create({ storeId, checkoutId }, someTerms());
  const seal = (value: unknown) => cipher.seal("payment_token", value);
  const start: StartPayment = {
    storeId,
    checkoutId,
    attempt: 1,
    livemode: false,
    amount,
    currency: "eur",
    tokenKind: "pm",
    sealedToken: await seal(given.token ?? "pm_card_visa"),
    sealedAuthentication: given.authentication ? await seal(given.authentication) : undefined,
    canAuthenticate: false,
    epoch: 1,
    requestedAt: now(),
    ...given.start,
  };
  await table.commit([write, createdCheckout(checkout), startPayment(start)]);
  const step = { storeId, checkoutId, attempt: 1, epoch: 1 };
  const orderStep = { ...step, orderId: orderIdOf(checkoutId) };
  return { platform, table, clock, now, stripe, envelope, cipher, checkout, step, orderStep, start };
};
export type World = Awaited<ReturnType<typeof aWorld>>;

type Ports = { table: Table; stripe: Stripe; envelope: Envelope };

/** Authorizes, and notes it as the transaction that places the order does. */
export const authorizeAndPlace = async (world: World, step: Step = world.step) => {
  const outcome = await operations(world).authorize(step);
  if ("authorization" in outcome && outcome.authorization) {
    const by = { epoch: step.epoch, now: world.now() };
    await world.table.commit([movedPayment(await paymentOf(world), "authorized", by, outcome.authorization)]);
  }
  return outcome;
};

/** The operations as a run would make them, over the world's ports or over ports that die. */
export const operations = (world: World, ports: Ports = world, remaining = () => 12_000) => {
  const on = {
    deployment: world.platform.environment.get("DEPLOYMENT"),
    now: world.now,
    count: world.platform.count,
    remaining,
    table: ports.table,
    stripe: ports.stripe,
    envelope: ports.envelope,
    payments: paymentStore(ports.table),
    checkouts: checkoutStore(ports.table),
    countDecline: async () => undefined,
  };
  return {
    authorize: authorizePayment(on),
    capture: capturePayment(on),
    giveBack: returnPayment(on),
  };
};

export const paymentOf = async (world: World) => {
  const { storeId, checkoutId, attempt } = world.step;
  const payment = await paymentStore(world.table).get(storeId, checkoutId, attempt);
  if (!payment) throw new Error("no payment row");
  return payment;
};

export class Died extends Error {
  override readonly name = "Died";
}

/** The process dies before or after its n-th call of anything outside; dead, it does nothing more. */
export const mortal = (world: Ports, dieAt: number, when: "before" | "after"): Ports => {
  const life = { calls: 0, dead: false };
  const live = async (call: () => unknown): Promise<unknown> => {
    life.calls += life.dead ? 0 : 1;
    const last = life.calls === dieAt;
    if (life.dead || (last && when === "before")) return die(life);
    const result = await call();
    return last ? die(life) : result;
  };
  const guarded = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get: (target, name) => {
        const call = Reflect.get(target, name);
        return typeof call === "function"
          ? (...given: unknown[]) => live(() => call.apply(target, given))
          : call;
      },
    });
  return { table: guarded(world.table), stripe: guarded(world.stripe), envelope: guarded(world.envelope) };
};

const die = (life: { dead: boolean }): never => {
  life.dead = true;
  throw new Died();
};

/** Runs `act` once for every point at which a process may die in it, and once to its end. */
export const atEveryBoundary = async (
  prepare: () => Promise<World>,
  act: (world: World, ports: Ports) => Promise<unknown>,
  then: (world: World, point: string) => Promise<void>,
): Promise<number> => {
  let boundaries = 0;
  for (const when of ["before", "after"] as const)
    for (let point = 1, died = true; died; point += 1) {
      const world = await prepare();
      died = await dies(() => act(world, mortal(world, point, when)));
      boundaries += died ? 1 : 0;
      await then(world, `${when} call ${point}`);
    }
  return boundaries;
};

export const dies = async (act: () => Promise<unknown>): Promise<boolean> => {
  try {
    await act();
    return false;
  } catch (error) {
    if (error instanceof Died) return true;
    throw error;
  }
};
