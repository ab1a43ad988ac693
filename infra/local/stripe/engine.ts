import { createHash } from "node:crypto";
import { type Bank, bankOf } from "./bank.ts";
import type { Call } from "./call.ts";
import { type EventBody, takeEvents } from "./events.ts";
import { Failure } from "./failure.ts";
import { createFaults, type Fault, type Faults } from "./faults.ts";
import type { Form } from "./form.ts";
import { type Ledger, ledgerOf } from "./ledger.ts";
import type { StoredAnswer } from "./objects.ts";
import { passTime } from "./passing-time.ts";
import { operationOf } from "./route.ts";
import { createState, type State } from "./state.ts";

export type EngineRequest = {
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  /** Of the body or the query. */
  readonly form: Form;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
};
export type EngineAnswer = { status: number; body: unknown; headers: Record<string, string> };
/** `silent`: the caller never hears. */
export type EngineResult = EngineAnswer | { silent: "timeout" | "close" };

export type Engine = {
  handle(request: EngineRequest): EngineResult;
  readonly state: State;
  readonly bank: Bank;
  fail: Faults["add"];
  /** Lets happen what was to happen by now; every request does that first. */
  tick(): void;
  /** Events that were not taken yet, oldest first: whoever takes them delivers them (`signatureOf`), or not. */
  takeEvents(): EventBody[];
  /** The money that moved for a PaymentIntent. */
  ledger(paymentIntentId: string): Ledger | undefined;
};

export type EngineOptions = {
  /** Milliseconds. */
  now?: () => number;
  dataFile?: string | undefined;
  /** Accepted keys; without them any that looks like a secret key. */
  secretKeys?: readonly string[] | undefined;
  /** Is told whenever something may have changed. */
  changed?: () => void;
};

/** Stripe's API v1 as far as this system uses it. Synchronous: whatever is done is done as a whole. */
export const createEngine = ({
  now = Date.now,
  dataFile,
  secretKeys,
  changed,
}: EngineOptions = {}): Engine => {
  const state = createState(dataFile);
  const faults = createFaults();
  const run = { state, now, secretKeys };
  const act = <T>(does: (seconds: number) => T): T => {
    const seconds = Math.floor(now() / 1_000);
    passTime(state, seconds);
    try {
      return does(seconds);
    } finally {
      state.flush();
      changed?.();
    }
  };
  return {
    state,
    bank: bankOf(state, act),
    fail: faults.add,
    handle: (request) =>
      act(() => {
        const fault = faults.take(`${request.method} ${request.path}`);
        return fault ? failing(run, request, fault) : answer(run, request);
      }),
    tick: () => act(() => undefined),
    takeEvents: () => act(() => takeEvents(state)),
    ledger: (id) => act(() => ledgerOf(state, id)),
  };
};

type Run = {
  state: State;
  now: () => number;
  secretKeys: readonly string[] | undefined;
  issuerAsks?: boolean;
};

const failing = (run: Run, request: EngineRequest, fault: Fault): EngineResult => {
  if (fault.kind === "authenticate") return answer({ ...run, issuerAsks: true }, request);
  if (fault.when === "after") answer(run, request);
  if (fault.kind === "timeout" || fault.kind === "close") return { silent: fault.kind };
  const failed = faultAnswer(fault);
  if (fault.kind === "500") keep(run, request, failed);
  return failed;
};

const faultAnswer = ({ kind, code }: Fault): EngineAnswer => {
  if (kind === "refuse") return failureAnswer(400, { type: "invalid_request_error", code });
  if (kind === "409")
    return failureAnswer(409, { type: "idempotency_error", code: "idempotency_key_in_use" });
  if (kind === "429") return failureAnswer(429, { type: "invalid_request_error", code: "rate_limit" });
  return failureAnswer(500, { type: "api_error", message: "An error occurred with our connection." });
};

const failureAnswer = (status: number, error: Readonly<Record<string, unknown>>): EngineAnswer => ({
  status,
  body: { error },
  headers: {},
});

const answer = (run: Run, request: EngineRequest): EngineAnswer => {
  try {
    return replay(run, request) ?? execute(run, request);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const failed = failureAnswer(error.status, error.error);
    if (!error.validation) keep(run, request, failed);
    return failed;
  }
};

const execute = (run: Run, request: EngineRequest): EngineAnswer => {
  const operation = operationOf(request.method, request.path);
  const done: EngineAnswer = { status: 200, body: operation(callOf(run, request)), headers: {} };
  keep(run, request, done);
  return done;
};

const callOf = ({ state, now, issuerAsks = false }: Run, { form, headers }: EngineRequest): Call => ({
  form,
  request: { idempotencyKey: headers["idempotency-key"] },
  state,
  now: Math.floor(now() / 1_000),
  livemode: isLive(headers),
  owner: ownerOf(headers),
  version: headers["stripe-version"],
  issuerAsks,
});

/** Stripe forgets an idempotency key after a day. */
const keyLife = 24 * 60 * 60 * 1_000;

/** The same key brings the same answer, declines and faults included; with other parameters it is an error. */
const replay = (run: Run, request: EngineRequest): EngineAnswer | undefined => {
  authenticate(run, request);
  const id = keyOf(request);
  const stored = id ? run.state.get("answer", id) : undefined;
  if (!stored || stored.at + keyLife <= run.now()) return undefined;
  if (stored.fingerprint !== fingerprint(request))
    throw new Failure(
      400,
      {
        type: "idempotency_error",
        message: "Keys for idempotent requests can only be used with the same parameters.",
      },
      true,
    );
  return { status: stored.status, body: stored.body, headers: { "idempotent-replayed": "true" } };
};

const keep = ({ state, now }: Run, request: EngineRequest, { status, body }: EngineAnswer): void => {
  const id = keyOf(request);
  if (!id) return;
  const stored: StoredAnswer = { id, fingerprint: fingerprint(request), status, body, at: now() };
  state.put("answer", stored);
};

const keyOf = ({ method, headers }: EngineRequest): string | undefined => {
  const key = headers["idempotency-key"];
  return method === "POST" && key ? `${ownerOf(headers)} ${key}` : undefined;
};

const fingerprint = ({ method, path, form }: EngineRequest): string =>
  createHash("sha256")
    .update(JSON.stringify([method, path, sorted(form)]))
    .digest("hex");

const sorted = (form: Form): unknown =>
  Object.entries(form)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => [name, typeof value === "string" ? value : sorted(value)]);

const secretOf = ({ authorization = "" }: EngineRequest["headers"]): string =>
  authorization.startsWith("Basic ")
    ? (Buffer.from(authorization.slice(6), "base64").toString().split(":")[0] ?? "")
    : authorization.replace(/^Bearer /, "");

const isLive = (headers: EngineRequest["headers"]): boolean => secretOf(headers).startsWith("sk_live_");

const ownerOf = (headers: EngineRequest["headers"]): string =>
  `${isLive(headers) ? "live" : "test"} ${headers["stripe-account"] ?? "own"}`;

const authenticate = ({ secretKeys }: Run, { headers }: EngineRequest): void => {
  const secret = secretOf(headers);
  const known = secretKeys ? secretKeys.includes(secret) : /^sk_(test|live)_\w+$/.test(secret);
  if (!known)
    throw new Failure(401, { type: "invalid_request_error", message: "Invalid API Key provided." }, true);
};
