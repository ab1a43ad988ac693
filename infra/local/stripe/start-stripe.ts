import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createEngine, type Engine, type EngineOptions } from "./engine.ts";
import { Fault, type FaultInput } from "./faults.ts";
import { parseForm } from "./form.ts";
import type { State } from "./state.ts";

export type EmbeddedStripe = {
  readonly url: string;
  /** What it knows, for tests. */
  readonly state: State;
  fail(fault: FaultInput): void;
  readonly bank: Engine["bank"];
  readonly ledger: Engine["ledger"];
  readonly takeEvents: Engine["takeEvents"];
  stop(): Promise<void>;
};

/** Serves the embedded Stripe on loopback. `POST /__control` plans faults as `fail` does. */
export const startStripe = async (
  options: EngineOptions & { port?: number } = {},
): Promise<EmbeddedStripe> => {
  const engine = createEngine(options);
  const server = createServer((request, response) => {
    serve(engine, request, response).catch((error: unknown) => {
      console.error("embedded Stripe", error);
      send(response, 500, { error: { type: "api_error" } });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    state: engine.state,
    fail: engine.fail,
    bank: engine.bank,
    ledger: engine.ledger,
    takeEvents: engine.takeEvents,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

const serve = async (engine: Engine, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const url = new URL(request.url ?? "/", "http://stripe");
  const body = await bodyOf(request);
  if (url.pathname === "/__control") {
    engine.fail(Fault.parse(JSON.parse(body)));
    send(response, 204);
    return;
  }
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
