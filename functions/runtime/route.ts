import type { z } from "zod";
import type { Caller } from "#functions/values/caller.ts";
import type { Scope } from "#functions/values/scope.ts";
import type { Quota } from "./quota.ts";

/**
 * A feature's HTTP routes are data: CDK makes methods of them, `apiHandler` checks scope and input by them,
 * tests walk them (authorization, card numbers, fuzzing), OpenAPI is generated from them (`infra/openapi/`).
 */
export type Route = {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly path: `/${string}`;
  /** `public` routes have no authorizer: say why where the route stands. */
  readonly scope: Scope | "public";
  readonly summary: string;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** The body may come as CSV, too: what it says as JSON, from which on it is like any other. */
  readonly fromCsv?: (text: string) => unknown;
  /**
   * The operation gets the very bytes (`request.raw`), since a signature over them is what lets the caller in. Nothing
   * is read or judged before: no JSON, no card numbers.
   */
  readonly raw?: true;
  /** How it gets on record (`audit/`). Absent: it neither shows a person nor rules over who may. */
  readonly recorded?: Recorded;
  /** Why not, where it looks as if it should be. */
  readonly unrecorded?: string;
  /** What each success status answers. */
  readonly answers: Readonly<Record<number, z.ZodType>>;
  /** The answer may come as JSON Lines, too: what each line is. */
  readonly lines?: z.ZodType;
  /** The media type of the answers, where it is not JSON. */
  readonly type?: `text/${string}`;
};

/**
 * What a route does that must be on record, by the name of the act. `answer`: what it shows, before it is shown, which
 * `apiHandler` sees to. `act`: what it does, which the operation writes into the transaction of the act.
 */
export type Recorded = {
  readonly as: string;
  readonly with: "answer" | "act";
  /** Without this scope the caller sees nothing personal there, and nothing is recorded. */
  readonly ifScope?: Scope;
};

/** Routes by the name of their operation (OpenAPI's operationId). */
export type Routes = Readonly<Record<string, Route>>;

/** What an operation behind HTTP gets: who asks, what was asked, and how to recognise the same request again. */
export type Command<R extends Route = Route> = {
  /** Nobody is known on a public route. */
  readonly caller: R["scope"] extends "public" ? undefined : Caller;
  readonly params: Parsed<R["params"]>;
  readonly query: Parsed<R["query"]>;
  readonly body: Parsed<R["body"]>;
  readonly request: RequestFacts;
};

export type RequestFacts = {
  readonly requestId: string;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Every POST has one; see `idempotency.ts`. */
  readonly idempotency: IdempotencyRequest | undefined;
  /** What is left to the caller's principal, as the authorizer counted. */
  readonly quota?: Quota | undefined;
  /** The body as it was sent, on a `raw` route only. */
  readonly raw?: Uint8Array;
  /** The moment by which an answer must be given. */
  readonly deadline: number;
};

export type IdempotencyRequest = {
  /** Principal, method and concrete path: the same key elsewhere is another request. */
  readonly scope: string;
  /** SHA-256 of the caller's own word, which may be anything and is kept for years: in an order's refunds. */
  readonly key: string;
  /**
   * HMAC-SHA-256 of the canonical JSON (RFC 8785) of the body: equal bodies by meaning. Under the caller's own word, which
   * is kept nowhere: a body is short and could be guessed by a plain digest, and whoever repeats the request has the word.
   */
  readonly canonical: string;
  /** The same of the bytes. */
  readonly raw: string;
};

export type Answer = {
  readonly status: number;
  readonly body?: unknown;
  /** Instead of a body, where it is written out already. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

export type Operation<R extends Route = Route> = (command: Command<R>) => Promise<Answer>;
export type Operations<All extends Routes> = { readonly [Name in keyof All]: Operation<All[Name]> };

type Parsed<Schema> = Schema extends z.ZodType<infer Output> ? Output : undefined;
