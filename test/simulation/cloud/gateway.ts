import { apiEvent } from "../../fakes/api-event.ts";
import type { World } from "../engine/process.ts";
import { servedBy } from "./deployment.ts";
import type { Invoked } from "./state-machine.ts";
import { within } from "./within.ts";

export type Request = {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: string;
  /** License key. */
  readonly by?: string;
  readonly idempotencyKey?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** No authorizer stands before it. */
  readonly isPublic?: boolean;
};

export type Response = {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
  readonly replayed: boolean;
};

/** `undefined`: the client never hears what became of it. */
export type Send = (request: Request) => Promise<Response | undefined>;

/** What was asked and answered, in virtual time, for the checks of histories. */
export type Exchange = Request & {
  readonly number: number;
  readonly askedAt: number;
  /** Steps order what happens within one millisecond. */
  readonly asked: number;
  heardAt?: number;
  heard?: number;
  response?: Response;
};

/** API Gateway's own limit on an integration. */
const limit = 29_000;

/** Client, network and API Gateway: the authorizer first, then the function of the path. */
export const createGateway = (
  world: World,
  invoke: (name: string, event: unknown) => Promise<Invoked>,
  history: Exchange[],
): Send => {
  const { scheduler, fates, random } = world;
  const serve = async (request: Exchange): Promise<Response> => {
    const authorized = request.isPublic ? nobody : await invoke("access/authorize", authorizerEvent(request));
    if ("fault" in authorized) return plain(authorized.fault === "Unauthorized" ? 401 : 500);
    const event = eventOf(request, (authorized.payload as Authorized).context);
    return answerOf(await within(scheduler, limit, invoke(servedBy(request.path), event)));
  };
  const carried = async (request: Exchange): Promise<Response | undefined> => {
    if (fates.happens("client hears nothing: not sent")) {
      await scheduler.sleep(random.below(30_000));
      return undefined;
    }
    const answered = serve(request);
    if (fates.happens("client gives up early")) return within(scheduler, random.below(10_000), answered);
    const response = await answered;
    return fates.happens("client hears nothing: done") ? undefined : response;
  };
  return async (request) => {
    const exchange: Exchange = {
      ...request,
      number: history.length,
      askedAt: scheduler.now(),
      asked: scheduler.steps(),
    };
    history.push(exchange);
    world.trace(`  client asks ${request.method} ${request.path} ${request.idempotencyKey ?? ""}`);
    const response = await carried(exchange);
    exchange.heardAt = scheduler.now();
    exchange.heard = scheduler.steps();
    if (response) exchange.response = response;
    world.trace(`  client hears ${response?.status ?? "nothing"} of ${request.method} ${request.path}`);
    return response;
  };
};

type Authorized = { context?: { caller: string } };

const nobody: Invoked = { payload: {} };

const authorizerEvent = ({ by }: Request) => ({
  methodArn: "arn:aws:execute-api:eu-central-1:000000000000:api/stage/GET/x",
  headers: by === undefined ? {} : { Authorization: `Bearer ${by}` },
});

/** `undefined`: the integration took too long. */
const answerOf = (invoked: Invoked | undefined): Response => {
  if (invoked === undefined) return plain(504);
  return "fault" in invoked ? plain(502) : responseOf(invoked.payload);
};

const plain = (status: number): Response => ({ status, body: undefined, headers: {}, replayed: false });

const eventOf = (request: Exchange, caller: Authorized["context"]) => ({
  ...apiEvent({
    method: request.method,
    path: request.path,
    ...(request.body !== undefined && { body: request.body }),
    headers: {
      "API-Version": "2026-04-17",
      ...(request.idempotencyKey !== undefined && { "Idempotency-Key": request.idempotencyKey }),
      ...request.headers,
    },
  }),
  requestContext: { requestId: `request-${request.number}`, authorizer: caller ?? {} },
});

const responseOf = (payload: unknown): Response => {
  const { statusCode, body, headers } = payload as {
    statusCode: number;
    body: string;
    headers: Record<string, string>;
  };
  return {
    status: statusCode,
    body: body === "" ? undefined : JSON.parse(body),
    headers,
    replayed: headers["idempotent-replayed"] === "true",
  };
};
