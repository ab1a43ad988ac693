import { z } from "zod";
import { accountOf, isAmong, renderEvent } from "./events.ts";
import type { StripeEvent } from "./objects.ts";
import { signatureOf } from "./signature.ts";

/** Where events go (docs.stripe.com/webhooks), of both modes alike. */
export const WebhookEndpoint = z.object({
  url: z.url(),
  /** `whsec_…` */
  secret: z.string(),
  /** Events of connected accounts go to endpoints with this, ours to those without. */
  connect: z.boolean().default(false),
  /** The types that it subscribes to: `*` for all, `charge.dispute.*` for a group. */
  events: z.array(z.string()).default(["*"]),
});
export type WebhookEndpoint = z.infer<typeof WebhookEndpoint>;
export type WebhookEndpointInput = z.input<typeof WebhookEndpoint>;

export const isFor = (event: StripeEvent, { connect, events }: WebhookEndpoint): boolean =>
  connect === (accountOf(event) !== undefined) && isAmong(events, event.type);

const answerSeconds = 10;

/** One attempt, signed for its own second. `false`: no 2xx came in time. */
export const postEvent = async (
  event: StripeEvent,
  { url, secret }: WebhookEndpoint,
  on: { readonly now: () => number; readonly signal: AbortSignal },
): Promise<boolean> => {
  const body = JSON.stringify(renderEvent(event), undefined, 2);
  const atSeconds = Math.floor(on.now() / 1_000);
  try {
    const response = await fetch(url, {
      method: "POST",
      body,
      headers: {
        "content-type": "application/json; charset=utf-8",
        "stripe-signature": signatureOf(body, { secrets: [secret], atSeconds, livemode: event.livemode }),
        "user-agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
      },
      redirect: "manual",
      signal: AbortSignal.any([on.signal, AbortSignal.timeout(answerSeconds * 1_000)]),
    });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
};
