import { createServer, type Server } from "node:http";
import { text } from "node:stream/consumers";
import { Webhook, WebhookVerificationError } from "standardwebhooks";

export type Received = { readonly id: string; readonly type: string; readonly body: unknown };

/**
 * An integration's webhook endpoint, whole: read the raw body, verify the signature over it, answer quickly, work
 * later. An event may come twice or late: keep `webhook-id` to know it again.
 */
export const receiveWebhooks = (
  secret: () => string,
  onEvent: (received: Received) => void,
  port = 0,
): Promise<Server> => {
  const server = createServer(async (request, response) => {
    try {
      const body = await text(request);
      const event = new Webhook(secret()).verify(body, request.headers as Record<string, string>);
      const { type, data } = event as { type: string; data: { challenge?: string } };
      // A test's challenge in the answer proves that the endpoint is yours; nobody reads the other answers.
      response.writeHead(200).end(JSON.stringify({ challenge: data.challenge }));
      onEvent({ id: String(request.headers["webhook-id"]), type, body: event });
    } catch (error) {
      response.writeHead(error instanceof WebhookVerificationError ? 401 : 400).end();
    }
  });
  return new Promise((resolve) => server.listen(port, "127.0.0.1", () => resolve(server)));
};
