import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { obey } from "./control.ts";
import { createEngine, type Engine, type EngineOptions } from "./engine.ts";
import { parseForm } from "./form.ts";
import type { WebhookEndpointInput } from "./webhook-post.ts";
import { startWebhooks, type Webhooks } from "./webhooks.ts";

export type EmbeddedStripe = Omit<Engine, "handle"> & {
  readonly url: string;
  /** Where events go; may be said at any time, and again. */
  readonly setWebhooks: Webhooks["setEndpoints"];
  /** Drops, repeats, delays or shuffles events to come. */
  readonly meddle: Webhooks["meddle"];
  /** Waits until no event is on its way; what an endpoint refused waits for its next attempt. */
  readonly idle: Webhooks["idle"];
  stop(): Promise<void>;
};

export type StripeOptions = Omit<EngineOptions, "changed"> & {
  readonly port?: number;
  readonly webhooks?: readonly WebhookEndpointInput[];
};

/** Serves the embedded Stripe on loopback. `POST /__control` does what its methods do (`control.ts`). */
export const startStripe = async ({
  port = 0,
  webhooks: endpoints = [],
  ...options
}: StripeOptions = {}): Promise<EmbeddedStripe> => {
  const engine = createEngine({ ...options, changed: () => changed() });
  const webhooks = startWebhooks({ state: engine.state, now: options.now ?? Date.now });
  const alarm = createAlarm(engine, options.now ?? Date.now);
  const changed = (): void => {
    webhooks.notice();
    alarm.set();
  };
  const server = createServer((request, response) => {
    serve(stripe, engine, request, response).catch((error: unknown) => {
      console.error("embedded Stripe", error);
      send(response, 500, { error: { type: "api_error" } });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const { handle: _, ...rest } = engine;
  const stripe: EmbeddedStripe = {
    ...rest,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    setWebhooks: webhooks.setEndpoints,
    meddle: webhooks.meddle,
    idle: webhooks.idle,
    stop: () => {
      webhooks.stop();
      alarm.clear();
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
  webhooks.setEndpoints(endpoints);
  alarm.set();
  return stripe;
};

/** Wakes the engine when something is due, so that its events come without a request. */
const createAlarm = ({ state, tick }: Engine, now: () => number) => {
  let timer: NodeJS.Timeout | undefined;
  const longest = 2 ** 31 - 1;
  return {
    set: (): void => {
      clearTimeout(timer);
      const due = state.due();
      if (due) timer = setTimeout(tick, Math.min(Math.max(due.at * 1_000 - now(), 0), longest)).unref();
    },
    clear: (): void => clearTimeout(timer),
  };
};

const serve = async (
  stripe: EmbeddedStripe,
  engine: Engine,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const url = new URL(request.url ?? "/", "http://stripe");
  const body = await bodyOf(request);
  if (url.pathname === "/__control") return control(stripe, body, response);
  const method = request.method ?? "GET";
  const result = engine.handle({
    method,
    path: url.pathname,
    form: parseForm(method === "GET" ? url.search.slice(1) : body),
    headers: headersOf(request),
  });
  if (!("silent" in result)) return send(response, result.status, result.body, result.headers);
  if (result.silent === "close") request.socket.destroy();
};

const control = async (stripe: EmbeddedStripe, body: string, response: ServerResponse): Promise<void> => {
  try {
    const answer = await obey(stripe, JSON.parse(body));
    send(response, answer === undefined ? 204 : 200, answer);
  } catch (error) {
    send(response, 400, { error: { message: String(error) } });
  }
};

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};

const headersOf = (request: IncomingMessage): Record<string, string | undefined> =>
  Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]),
  );

const send = (
  response: ServerResponse,
  status: number,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): void => {
  response.writeHead(status, { "content-type": "application/json", "request-id": "req_local", ...headers });
  response.end(body === undefined ? "" : JSON.stringify(body));
};
