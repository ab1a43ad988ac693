import type { WebhookEndpointInput } from "./webhook-post.ts";

/** What a laptop asks of its Stripe, in this process or another. */
export const remoteControl = (url: string) => {
  const command = async (body: object): Promise<unknown> => {
    const response = await fetch(`${url}/__control`, { method: "POST", body: JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok) throw new Error(`the embedded Stripe refuses ${JSON.stringify(body)}: ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  };
  return {
    setWebhooks: (endpoints: readonly WebhookEndpointInput[]) => command({ do: "set-webhooks", endpoints }),
    /** How often it has sent an event by the time when none is on its way. */
    idle: async (): Promise<number> => ((await command({ do: "idle" })) as { sent: number }).sent,
  };
};
