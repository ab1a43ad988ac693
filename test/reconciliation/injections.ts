import type { Kind } from "#functions/reconciliation/divergence.ts";
import { minutes } from "#functions/values/clock.ts";
import { anEndpoint, storeId } from "#test/examples.ts";
import { moneyInjections } from "./money-injections.ts";
import { between, drop, edit, type Inject, named, oneOf, orderOf } from "./tamper.ts";

/** Each kind of divergence, made in one of its ways. */
export const injections = {
  ...moneyInjections,
  missing_event: async (world, bought, random) => {
    const order = await orderOf(world, bought);
    const version = between(random, 1, order.version);
    await drop(world, "outbox", {
      pk: `${storeId}#${order.id}`,
      sk: `event#${String(version).padStart(8, "0")}`,
    });
    return named({ eventId: `evt_${order.id.replace("_", "-")}_${version}` }, false);
  },
  missing_delivery: async (world, bought, random) => {
    const order = await orderOf(world, bought);
    const eventId = `evt_${order.id.replace("_", "-")}_${between(random, 1, order.version)}`;
    await drop(world, "webhooks", { pk: `${anEndpoint().id}#${eventId}`, sk: "delivery" });
    world.on.clock.advance(minutes(16));
    return named({ eventId, endpointId: anEndpoint().id }, true);
  },
  stuck_execution: async (world, _, random) => {
    const heals = random() < 0.7;
    const checkoutId = await world.create();
    if (heals) {
      // Stripe's answer is lost and nobody sweeps; or the order is placed and nobody fulfills it.
      const lost = random() < 0.5;
      if (lost) world.stripe.fail({ match: "POST /v1/payment_intents", kind: "close", when: "after" });
      await world.complete(checkoutId).catch(() => undefined);
    } else world.bus.fail("throw");
    world.on.clock.advance(minutes(between(random, 16, 50)));
    if (!heals) await world.complete(checkoutId);
    if (!heals) world.on.clock.advance(minutes(between(random, 16, 50)));
    return named(heals ? {} : { due: "event" }, heals);
  },
  orphan_reservation: async (world, _, random) => {
    const pieces = oneOf(random, [-1, 1]) * between(random, 1, 5);
    const held = Math.max(0, -pieces);
    for (let count = 0; count < held; count += 1) await world.complete(await world.create());
    await edit(
      world,
      "commerce",
      { pk: `${storeId}#stock#mug-blue`, sk: "stock" },
      ({ reserved, version }) => ({
        reserved: Number(reserved) + pieces,
        version: Number(version) + 1,
      }),
    );
    return named({ productId: "mug-blue", pieces }, false);
  },
} as const satisfies Record<Kind, Inject>;
