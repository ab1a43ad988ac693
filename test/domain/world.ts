import { wire as wireAcp } from "#functions/acp/acp.handler.ts";
import { putProduct } from "#functions/catalog/product.store.ts";
import { setStock } from "#functions/catalog/stock.store.ts";
import { wire as wireDomain } from "#functions/domain/domain.handler.ts";
import { domainStore } from "#functions/domain/domain.store.ts";
import { wire as wireRecheck } from "#functions/domain/recheck-domains.handler.ts";
import type { DialResult } from "#functions/runtime/outbound.ts";
import type { TxtAnswer } from "#functions/runtime/outbound-dns.ts";
import type { Table } from "#functions/runtime/table.ts";
import { createdStore, storeStore } from "#functions/store/store.store.ts";
import type { StoreId } from "#functions/values/id.ts";
import { aProduct, aStore } from "#test/examples.ts";
import { aCaller, callApi } from "#test/fakes/api-event.ts";
import { fakeEnvelope } from "#test/fakes/envelope.ts";
import { aContext, memoryPlatform } from "#test/fakes/memory-platform.ts";
import { fakeStripe } from "#test/fakes/stripe.ts";

export const [ours, theirs] = [
  "store_00000000000000000000000001",
  "store_00000000000000000000000009",
] as const;
export const shop = "shop.example.com";

type View = {
  status: string;
  code: string;
  detail: string;
  challenge?: { record?: { name: string; value: string }; file?: { url: string; content: string } };
};

/** Two live stores without a domain, the functions that give them one, and what the world's DNS and servers say. */
export const domainWorld = async (livemode = true, stage: Readonly<Record<string, string>> = {}) => {
  const platform = memoryPlatform({ environment: { OUTBOUND_POLICY: "public", ...stage } });
  const { table } = platform;
  /** What both resolvers say, but where one is told otherwise. */
  const records = new Map<string, string[]>();
  const secondSays = new Map<string, TxtAnswer>();
  const files = new Map<string, DialResult>();
  const asked: string[] = [];
  const readTxt = async (name: string) => {
    asked.push(name);
    const first = { records: records.get(name) ?? [] };
    return [first, secondSays.get(name) ?? first];
  };
  const dial = async ({ url }: { url: string }): Promise<DialResult> =>
    files.get(url) ?? { answered: false, reason: "unknown_host" };
  for (const id of [ours, theirs])
    await table.commit([
      createdStore(aStore({ id, livemode, verifiedDomains: [] })),
      putProduct(id, aProduct()),
      setStock(id, aProduct().id, { onHand: 99 }),
    ]);
  let seen: Table = table;
  const through: Table = {
    get: (...given) => seen.get(...given),
    query: (...given) => seen.query(...given),
    commit: (writes) => seen.commit(writes),
    tally: (update) => seen.tally(update),
  };
  const on = { ...platform, table: through, readTxt, dial };
  const handler = wireDomain(on);
  const sweep = wireRecheck(on);
  const acp = wireAcp({
    ...on,
    environment: memoryPlatform({
      environment: { AGENT_API_URL: "https://agents.example", CHECKOUT_WORKFLOW_ARN: "checkout" },
    }).environment,
    stripe: fakeStripe(platform.now),
    envelope: fakeEnvelope(through, platform.random),
    workflows: {},
  } as never);
  let keys = 0;
  const call = async (method: string, path: string, body?: object, storeId: StoreId = ours) => {
    keys += 1;
    platform.clock.advance(1);
    const headers = { "Idempotency-Key": `key-${keys}` };
    const caller = aCaller({ storeId, livemode });
    const answer = await callApi(handler, { method, path, headers, caller, ...(body && { body }) });
    return { status: answer.statusCode, headers: answer.headers, body: answer.body as View };
  };
  const challenge = (body: object = {}, storeId: StoreId = ours) =>
    call("POST", "/domains", { domain: shop, ...body }, storeId);
  /** As its owner would: whatever is there already stays. */
  const publish = ({ body: { challenge: given } }: Awaited<ReturnType<typeof call>>) => {
    const { record, file } = given ?? {};
    if (record) records.set(record.name, ["v=spf1 -all", ...(records.get(record.name) ?? []), record.value]);
    if (file) files.set(file.url, textFile(file.content));
  };
  const verify = (storeId: StoreId = ours, domain: string = shop) =>
    call("POST", `/domains/${domain}/verify`, undefined, storeId);
  return {
    platform,
    records,
    secondSays,
    files,
    asked,
    call,
    challenge,
    publish,
    verify,
    sweep: () => sweep({}, aContext()),
    proven: async (storeId: StoreId = ours, body: object = {}) => {
      publish(await challenge(body, storeId));
      const { domain = shop } = body as { domain?: string };
      return verify(storeId, domain);
    },
    domain: (storeId: StoreId = ours, host = shop) => domainStore(table).get(storeId, host),
    store: (storeId: StoreId = ours) => storeStore(table).get(storeId),
    /** What an agent is answered that begins a session. */
    begin: async (storeId: StoreId = ours) => {
      keys += 1;
      const answer = await callApi(acp, {
        method: "POST",
        path: "/checkout_sessions",
        headers: { "API-Version": "2026-04-17", "Idempotency-Key": `key-${keys}` },
        caller: aCaller({ storeId, livemode, role: "agent" }),
        body: { line_items: [{ id: "mug-blue", quantity: 1 }] },
      });
      return { status: answer.statusCode, body: answer.body as { code?: string; message?: string } };
    },
    checkouts: () => table.rows("commerce").filter(({ sk }) => sk === "checkout"),
    events: () => table.rows("outbox").map(({ type, storeId, data }) => ({ type, storeId, data })),
    acts: () => table.rows("audit").map(({ action, storeId, decidedBy }) => ({ action, storeId, decidedBy })),
    /** From here on the functions see this table. */
    seeThrough: (other: Partial<Table>) => {
      seen = { ...table, ...other };
    },
  };
};
export type DomainWorld = Awaited<ReturnType<typeof domainWorld>>;

export const textFile = (text: string, more: object = {}): DialResult => ({
  answered: true,
  status: 200,
  headers: { "content-type": "text/plain; charset=utf-8" },
  body: new TextEncoder().encode(text),
  ...more,
});
