import { createHmac } from "node:crypto";
import type { VerifyStripeEvent } from "#functions/payment/stripe-event.ts";
import type { EventBody } from "#infra/local/stripe/events.ts";
import { signatureOf } from "#infra/local/stripe/signature.ts";
import type { FakeStripe } from "../../fakes/stripe.ts";
import type { World } from "../engine/process.ts";
import type { Send } from "./gateway.ts";

const secrets = { own: "whsec_own", connect: "whsec_connect" } as const;

/** As the SDK does it, but at once: the SDK's own check is held by the contract suites. */
export const verifying =
  (now: () => number): VerifyStripeEvent =>
  async (body, header = "") => {
    const time = Number(/t=(\d+)/.exec(header)?.[1]);
    const text = Buffer.from(body).toString();
    const by = (Object.keys(secrets) as (keyof typeof secrets)[]).filter((who) =>
      header.includes(createHmac("sha256", secrets[who]).update(`${time}.${text}`).digest("hex")),
    );
    const isFresh = Math.abs(now() / 1_000 - time) <= 300;
    return by.length > 0 && isFresh ? { by, event: JSON.parse(text) } : undefined;
  };

/** Stripe tries for three days, ever more seldom (docs.stripe.com/webhooks#retries). */
const retries = [60_000, 600_000, 3_600_000, 6 * 3_600_000, 12 * 3_600_000] as const;

/** POSTs what happens at Stripe, when somebody says that something may have: late, twice, in any order, or never. */
export const startStripeEvents = (
  world: World,
  { stripe, send, mayLose }: { stripe: FakeStripe; send: Send; mayLose: boolean },
): (() => void) => {
  const { scheduler, random, fates } = world;
  const post = async (event: EventBody, tried = 0): Promise<void> => {
    const body = JSON.stringify(event);
    const secret = event.account ? secrets.connect : secrets.own;
    const signature = signatureOf(body, {
      secrets: [secret],
      atSeconds: Math.floor(scheduler.now() / 1_000),
    });
    const response = await send({
      method: "POST",
      path: "/stripe/events",
      isPublic: true,
      headers: { "Stripe-Signature": fates.happens("Stripe event forged") ? "t=1,v1=00" : signature },
      body,
    });
    const pause = retries[tried];
    if (response?.status !== 200 && pause !== undefined)
      scheduler.after(pause, `Stripe sends ${event.type} again`, () => void post(event, tried + 1));
  };
  const deliver = (event: EventBody) => {
    const delay = random.below(fates.happens("Stripe event late") ? 3_600_000 : 3_000);
    scheduler.after(delay, `Stripe sends ${event.type}`, () => void post(event));
  };
  const isLost = () => mayLose && fates.happens("Stripe event lost");
  const announce = (event: EventBody) => {
    if (isLost()) return;
    deliver(event);
    if (fates.happens("Stripe event twice")) deliver(event);
  };
  let waitsFor = Number.POSITIVE_INFINITY;
  const look = () => {
    stripe.takeEvents().forEach(announce);
    const { at } = stripe.state.due() ?? {};
    if (at === undefined || at * 1_000 >= waitsFor) return;
    waitsFor = at * 1_000;
    scheduler.at(waitsFor, "time passes at Stripe", () => {
      waitsFor = Number.POSITIVE_INFINITY;
      look();
    });
  };
  return look;
};
