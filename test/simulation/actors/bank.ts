import { isClosed, isInquiry } from "#infra/local/stripe/dispute-course.ts";
import type { Intent } from "#infra/local/stripe/objects.ts";
import type { Cloud } from "../cloud/cloud.ts";
import { shopOf } from "../cloud/shop.ts";
import type { Actor } from "./actor.ts";
import { forget } from "./owner.ts";

/** What happens at Stripe without us: somebody refunds in the dashboard, a buyer disputes, a bank sends money back. */
export const bank: Actor = {
  name: "bank",
  act: async (cloud) => {
    const { scheduler, random } = cloud.world;
    for (let looked = 0; looked < 4; looked += 1) {
      await scheduler.sleep(random.below(60_000));
      const taken = cloud.stripe.intents().filter(({ charge }) => charge && charge.amountCaptured > 0);
      if (taken.length === 0) await cancelInDashboard(cloud);
      else await random.pick(doings)(cloud, random.pick(taken));
      cloud.stripeMoved();
    }
  },
};

export const refundInDashboard = async ({ stripe, world }: Cloud, intent: Intent): Promise<void> => {
  const stripeAccount = intent.owner.endsWith("own") ? undefined : intent.owner.split(" ")[1];
  const amount = Math.max(1, Math.floor(intent.amount * world.random.unit()));
  const wanted = { paymentIntentId: intent.id, amount, metadata: {} };
  await stripe.refundPaymentIntent(
    { livemode: false, stripeAccount },
    wanted,
    `dashboard-${world.scheduler.steps()}`,
  );
};

const dispute = async (cloud: Cloud, intent: Intent): Promise<void> => {
  const { stripe, world } = cloud;
  const open = stripe.disputes().some((each) => each.intentId === intent.id);
  if (open || hasRefund(stripe, intent.id)) return;
  stripe.bank.openDispute(intent.id, { inquiry: world.random.chance(0.25) });
  if (world.random.chance(0.3)) await forgetBuyer(cloud, intent);
};

/** Who asks their bank asks to be forgotten, too, once the store has heard of the one. */
const forgetBuyer = async (cloud: Cloud, { metadata }: Intent): Promise<void> => {
  const { scheduler, random } = cloud.world;
  const shop = shopOf(cloud, metadata["store"]);
  await scheduler.sleep(random.below(30_000));
  if (shop) await forget(cloud, shop);
};

const hasRefund = ({ refunds }: Cloud["stripe"], id: string): boolean =>
  refunds().some(({ intentId }) => intentId === id);

const decide = async ({ stripe, world }: Cloud): Promise<void> => {
  const open = stripe.disputes().find((each) => !isClosed(each));
  if (!open) return;
  if (isInquiry(open)) stripe.bank.closeDispute(open.id, "warning_closed");
  else stripe.bank.closeDispute(open.id, world.random.pick(["won", "lost", "prevented"] as const));
};

/** Banks reverse themselves: an appeal, or a chargeback after all. */
const askAgain = async ({ stripe }: Cloud): Promise<void> => {
  const closed = stripe.disputes().find((each) => isClosed(each) && !hasRefund(stripe, each.intentId));
  if (closed) stripe.bank.reopenDispute(closed.id);
};

const sendBack = async ({ stripe }: Cloud): Promise<void> => {
  const refund = stripe.refunds().find(({ status }) => status === "succeeded");
  if (refund) stripe.bank.settleRefund(refund.id, "failed", "lost_or_stolen_card");
};

/** Somebody lets an authorization go by hand: the capture will be refused. */
export const cancelInDashboard = async (cloud: Cloud): Promise<void> => {
  const held = cloud.stripe.intents().find(({ status }) => status === "requires_capture");
  if (!held) return;
  cloud.letGoByHand.add(held.id);
  const stripeAccount = held.owner.endsWith("own") ? undefined : held.owner.split(" ")[1];
  await cloud.stripe.cancelPaymentIntent({ livemode: false, stripeAccount }, held.id, `dashboard-${held.id}`);
};

const doings = [refundInDashboard, cancelInDashboard, dispute, decide, askAgain, sendBack] as const;
