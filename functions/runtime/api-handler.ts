import middy from "@middy/core";
import httpRouter from "@middy/http-router";
import type { APIGatewayProxyResult } from "aws-lambda";
import type { Caller } from "#functions/values/caller.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { proxyResult } from "./api-answer.ts";
import { type ApiEvent, callerOf, factsOf, paramsOf, pathOf, queryOf } from "./api-event.ts";
import { idempotencyOf } from "./idempotency-key.ts";
import type { LambdaContext, LambdaHandler } from "./lambda.ts";
import type { LicenseKey } from "./license-key-text.ts";
import { loggedAs } from "./logged-as.ts";
import { keysInBody, keysOutsideBody, refuseMisplacedKeys } from "./misplaced-key.ts";
import { parseInput } from "./parse-input.ts";
import type { Platform } from "./platform.ts";
import { quotaHeaders, refuseOverQuota } from "./quota.ts";
import { type Recorder, recorded, refuseUnrecorded } from "./recorder.ts";
import { refuseCardInBody, refuseCardOutsideBody } from "./refuse-card-numbers.ts";
import { bytesOf, largestRawBody, type RequestBody, readBody, textOf } from "./request-body.ts";
import type { Answer, Command, Operation, Operations, RequestFacts, Route, Routes } from "./route.ts";
import { ConditionFailed } from "./table.ts";
import { Unavailable } from "./unavailable.ts";
import { unknownRoute } from "./unknown-route.ts";

/** What a protocol says in its own words: its headers and how it tells a no and a fault. */
export type Protocol = {
  /** Before the request is read; may refuse it, for its API version say. */
  before?(facts: RequestFacts, route: Route): void;
  refused(refusal: Refusal, facts: RequestFacts): Answer;
  /** Nothing of the fault is told. */
  fault(facts: RequestFacts): Answer;
  /** Adds headers to every answer. */
  finish?(answer: Answer, facts: RequestFacts): Answer;
};

type On = Pick<Platform, "now" | "log" | "table">;

/** One function for the routes of one façade: the same grants, one warm pool. */
export const apiHandler = <All extends Routes>(
  on: On,
  api: {
    readonly routes: All;
    readonly operations: Operations<All>;
    readonly protocol: Protocol;
    readonly recorder?: Recorder;
  },
): LambdaHandler => {
  const { routes, protocol, recorder } = api;
  if (!recorder) refuseUnrecorded(routes);
  // Each operation was checked against its own route; from here on all are called alike.
  const operations = api.operations as unknown as Record<string, Operation>;
  const handler = middy<ApiEvent, APIGatewayProxyResult>({ timeoutEarlyInMillis: 200 })
    .before(({ event }) => {
      if (!takesRaw(routes, event)) refuseCardOutsideBody(event);
    })
    .onError((request) => {
      request.response = tell(on, protocol, request.event, request.context, request.error);
    })
    .handler(
      httpRouter({
        routes: Object.entries(routes).map(([name, route]) => ({
          method: route.method,
          path: route.path,
          handler: endpoint({ ...on, protocol, recorder }, route, operations[name] ?? nothing),
        })),
        notFoundResponse: ({ path }) => {
          throw unknownRoute(routes, path);
        },
      }),
    );
  return (event, context) => handler(event as ApiEvent, context as Parameters<typeof handler>[1]);
};

/** A false alarm about a signature must not lose what it signs. */
const takesRaw = (routes: Routes, event: ApiEvent): boolean =>
  Object.values(routes).some(
    ({ raw, method, path }) => raw && method === event.httpMethod && path === pathOf(event),
  );

const nothing: Operation = () => Promise.reject(new Error("the route has no operation"));

type Serves = On & { readonly protocol: Protocol; readonly recorder: Recorder | undefined };

const endpoint =
  (on: Serves, route: Route, operation: Operation) =>
  async (event: ApiEvent, context: LambdaContext): Promise<APIGatewayProxyResult> => {
    const facts = factsOf(event, context, on.now());
    refuseOverQuota(facts.quota);
    const caller = allowed(route, callerOf(event));
    if (caller) on.log.info("request allowed", { ...loggedAs(event, facts), scope: route.scope });
    on.protocol.before?.(facts, route);
    await refuseMisplacedKeys(on, misplacedKeys(route, event));
    const command = route.raw ? rawCommand(event, facts) : commandOf(route, caller, event, facts);
    const answer = await recorded(on.recorder, { ...command, route, caller }, () => operation(command));
    return finished(on.protocol, answer, facts);
  };

/** Beside the body the authorizer has looked already, where there is one; a body it never sees. */
const misplacedKeys = (route: Route, event: ApiEvent): LicenseKey[] => {
  if (route.raw) return [];
  return [
    ...(route.scope === "public" ? keysOutsideBody(event) : []),
    ...(route.method === "GET" ? [] : keysInBody(textOf(event))),
  ];
};

/** Refuses what the key may not do. */
const allowed = (route: Route, caller: Caller | undefined): Caller | undefined => {
  if (route.scope === "public") return undefined;
  if (caller === undefined)
    throw new Refusal("unauthorized", "Send a license key: Authorization: Bearer lk_….");
  if (caller.scopes.includes(route.scope)) return caller;
  throw new Refusal("forbidden", `This license key lacks the scope ${route.scope}.`);
};

const commandOf = (
  route: Route,
  caller: Caller | undefined,
  event: ApiEvent,
  facts: RequestFacts,
): Command => {
  const body = readBody(event, facts.headers["content-type"], route.fromCsv);
  refuseCardInBody(body.value);
  const idempotency = route.method === "POST" && caller ? keyed(event, caller, facts, body) : undefined;
  return {
    caller: caller as Caller,
    params: paramsFor(route, event),
    query: route.query && parseInput(route.query, queryOf(event)),
    body: route.body && parseInput(route.body, body.value),
    request: { ...facts, idempotency },
  };
};

const rawCommand = (event: ApiEvent, facts: RequestFacts): Command => ({
  caller: undefined as never,
  params: undefined,
  query: undefined,
  body: undefined,
  request: { ...facts, raw: bytesOf(event, largestRawBody) },
});

const keyed = (event: ApiEvent, caller: Caller, facts: RequestFacts, body: RequestBody) =>
  idempotencyOf(
    `${caller.principalId} ${event.httpMethod} ${pathOf(event)}`,
    facts.headers["idempotency-key"],
    body,
  );

/** An id of another kind names nothing: it is told like one that does not exist. */
const paramsFor = (route: Route, event: ApiEvent): unknown => {
  const parsed = route.params?.safeParse(paramsOf(event));
  if (parsed === undefined || parsed.success) return parsed?.data;
  throw new Refusal("not_found", "There is nothing at this path.");
};

const tell = (
  on: On,
  protocol: Protocol,
  event: ApiEvent,
  context: LambdaContext,
  error: unknown,
): APIGatewayProxyResult => {
  const facts = factsOf(event, context, on.now());
  const refusal = refusalIn(error);
  const asked = loggedAs(event, facts);
  if (refusal === undefined) {
    on.log.error("request failed", error, asked);
    return finished(protocol, protocol.fault(facts), facts);
  }
  if (error instanceof Unavailable) on.log.error("a service is unavailable", error.cause ?? error, asked);
  else on.log.info("request refused", { ...asked, code: refusal.code });
  const answer = protocol.refused(refusal, facts);
  const { retryAfterSeconds } = refusal;
  const later: Answer["headers"] =
    retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) };
  return finished(protocol, { ...answer, headers: { ...later, ...answer.headers } }, facts);
};

const refusalIn = (error: unknown): Refusal | undefined => {
  if (error instanceof Refusal) return error;
  if (error instanceof ConditionFailed) {
    return new Refusal(
      "conflict",
      "It was changed by another request meanwhile. Read it again, then repeat.",
    );
  }
  if (error instanceof Unavailable) {
    const text = "Not able to work on this right now. Send the same request again.";
    return new Refusal("temporarily_unavailable", text, { retryAfterSeconds: 1 });
  }
  return undefined;
};

const finished = (protocol: Protocol, answer: Answer, facts: RequestFacts): APIGatewayProxyResult => {
  const told = protocol.finish?.(answer, facts) ?? answer;
  return proxyResult({ ...told, headers: { ...quotaHeaders(facts.quota), ...told.headers } });
};
