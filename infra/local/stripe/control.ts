import { z } from "zod";
import { DeliveryRule } from "./delivery-rules.ts";
import { Fault } from "./faults.ts";
import type { EmbeddedStripe } from "./start-stripe.ts";
import { WebhookEndpoint } from "./webhook-post.ts";

const paymentIntent = z.string();
const dispute = z.string();

/** What `POST /__control` takes: a fault to come, what a bank does, where events go, a question. */
const Command = z.discriminatedUnion("do", [
  Fault.extend({ do: z.literal("fail") }),
  z.object({
    do: z.literal("open-dispute"),
    paymentIntent,
    reason: z.string().optional(),
    inquiry: z.boolean().optional(),
    amount: z.int().optional(),
  }),
  z.object({
    do: z.literal("close-dispute"),
    dispute,
    status: z.enum(["won", "lost", "prevented", "warning_closed"]),
  }),
  z.object({ do: z.literal("escalate-dispute"), dispute }),
  z.object({ do: z.literal("reopen-dispute"), dispute }),
  z.object({
    do: z.literal("settle-refund"),
    refund: z.string(),
    status: z.enum(["succeeded", "failed"]),
    failureReason: z.string().optional(),
  }),
  z.object({ do: z.literal("set-webhooks"), endpoints: z.array(WebhookEndpoint) }),
  DeliveryRule.extend({ do: z.literal("meddle") }),
  z.object({ do: z.literal("ledger"), paymentIntent }),
  z.object({ do: z.literal("tick") }),
  z.object({ do: z.literal("idle") }),
]);

/** Without `do` it is a fault. */
export const obey = async (stripe: EmbeddedStripe, body: unknown): Promise<unknown> => {
  const given = typeof body === "object" && body !== null && !("do" in body) ? { do: "fail", ...body } : body;
  return act(stripe, Command.parse(given));
};

const act = async (stripe: EmbeddedStripe, command: z.infer<typeof Command>): Promise<unknown> => {
  switch (command.do) {
    case "fail":
      return stripe.fail(command);
    case "open-dispute":
      return { dispute: stripe.bank.openDispute(command.paymentIntent, command) };
    case "close-dispute":
      return stripe.bank.closeDispute(command.dispute, command.status);
    case "escalate-dispute":
      return stripe.bank.escalateDispute(command.dispute);
    case "reopen-dispute":
      return stripe.bank.reopenDispute(command.dispute);
    case "settle-refund":
      return stripe.bank.settleRefund(command.refund, command.status, command.failureReason);
    case "set-webhooks":
      return stripe.setWebhooks(command.endpoints);
    case "meddle":
      return stripe.meddle(command);
    case "ledger":
      return stripe.ledger(command.paymentIntent);
    case "tick":
      return stripe.tick();
    case "idle":
      return { sent: await stripe.idle() };
  }
};
