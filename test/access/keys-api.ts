import type { z } from "zod";
import { wire } from "#functions/access/access.handler.ts";
import { wire as authorizer } from "#functions/access/authorize.handler.ts";
import { issueLicenseKey } from "#functions/access/issue-license-key.ts";
import type { NewKeyView } from "#functions/access/key-view.ts";
import { licenseKeyStore } from "#functions/access/license-key.store.ts";
import { parsePeppers } from "#functions/access/pepper.ts";
import { principalStore } from "#functions/access/principal.store.ts";
import { byOperator } from "#functions/access/record-act.ts";
import { sweepKeys } from "#functions/access/sweep-keys.ts";
import type { StoreSeal } from "#functions/privacy/envelope.ts";
import { Caller } from "#functions/values/caller.ts";
import { newId } from "#functions/values/id.ts";
import type { Scope } from "#functions/values/scope.ts";
import { callApi } from "#test/fakes/api-event.ts";
import { fakeStoreSeal } from "#test/fakes/envelope.ts";
import { aContext, memoryPlatform } from "#test/fakes/memory-platform.ts";

export type Shown = z.infer<typeof NewKeyView>;
export type Answered<Body = Shown> = { status: number; body: Body; replayed: boolean; text: string };

type Asked = { body?: unknown; from?: string; idempotencyKey?: string };

/** Store API, authorizer and sweeper over one table in memory, called with keys as over HTTP. */
export const keysApi = async (seal: StoreSeal = fakeStoreSeal()) => {
  const on = memoryPlatform({ environment: { PEPPER_SECRET_ARN: "arn:pepper" } });
  const secret = { text: "a-pepper-of-at-least-32-characters-1" };
  const readSecret = async () => secret.text;
  const handler = wire({ ...on, readSecret, seal });
  const judge = authorizer({ ...on, readSecret });
  const storeId = newId("store", on.random);
  const keys = licenseKeyStore(on.table);
  const readPeppers = async () => parsePeppers(secret.text);
  let asked = 0;
  const issue = (more: {
    role: "admin" | "auditor" | "fulfillment";
    scopes?: Scope[];
    cidrs?: string[];
    expiresAt?: number;
  }) => {
    asked += 1;
    const principals = principalStore(on.table);
    const stores = { get: async () => ({ livemode: false, status: "active" }) };
    return issueLicenseKey({ ...on, stores, principals, readPeppers, seal: fakeStoreSeal() })(
      { storeId, principal: `admin ${asked}`, ...more },
      byOperator({ role: "operator", requestId: `issue-${asked}` }),
    );
  };
  /** What the authorizer makes of a key; nobody: it is refused. */
  const callerOf = async (key: string, from = "192.0.2.1"): Promise<Caller | undefined> => {
    const event = {
      methodArn: "arn:aws:execute-api:r:0:a/api/GET/x",
      path: "/x",
      multiValueHeaders: { Authorization: [`Bearer ${key}`] },
      requestContext: { identity: { sourceIp: from } },
    };
    const judged = (await judge(event, aContext()).catch(() => undefined)) as
      | { context?: { caller: string } }
      | undefined;
    return judged?.context && Caller.parse(JSON.parse(judged.context.caller));
  };
  const call = async <Body = Shown>(
    key: string,
    method: "GET" | "POST" | "PATCH",
    path: string,
    { body, from, idempotencyKey }: Asked = {},
  ): Promise<Answered<Body>> => {
    const caller = await callerOf(key, from);
    if (!caller) return { status: 401, body: undefined as never, replayed: false, text: "" };
    asked += 1;
    const [bare = "", search = ""] = path.split("?");
    const answer = await callApi(
      (event, context) =>
        handler(
          {
            ...(event as object),
            requestContext: { requestId: `r${asked}`, authorizer: { caller: JSON.stringify(caller) } },
          },
          context,
        ),
      {
        method,
        path: bare,
        query: Object.fromEntries(new URLSearchParams(search)),
        body: body ?? (method === "GET" ? undefined : {}),
        headers: { "Idempotency-Key": idempotencyKey ?? `key-${asked}` },
      },
    );
    const replayed = answer.headers["idempotent-replayed"] === "true";
    return { status: answer.statusCode, body: answer.body, replayed, text: answer.text };
  };
  const owner = await issue({ role: "admin" });
  return {
    on,
    storeId,
    secret,
    owner,
    judge,
    issue,
    call,
    callerOf,
    works: async (key: string | undefined, from?: string) =>
      key !== undefined && (await callerOf(key, from)) !== undefined,
    /** A new key by the owner's leave. */
    make: async (body: object) =>
      (await call(owner.key, "POST", "/license_keys", { body })).body as Shown & { key: string },
    sweep: sweepKeys({ ...on, keys, readPeppers }),
    keys,
    keysOn: licenseKeyStore,
    events: () => on.table.rows("outbox").map(({ type, data }) => ({ type, data })),
    acts: () => on.table.rows("audit").map(({ action }) => action),
  };
};
export type KeysApi = Awaited<ReturnType<typeof keysApi>>;
