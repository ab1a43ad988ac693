import { createHash, createHmac, hkdfSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { bridgeConnector } from "#functions/fulfillment/bridge-connector.ts";
import { connectionStore } from "#functions/fulfillment/connection.store.ts";
import { Receiver, type Receivers, receivers, standingOf } from "#functions/fulfillment/receiver.ts";
import { days } from "#functions/values/clock.ts";
import { published, receiversFile, receiversText } from "#infra/local/demo/publish-receivers.ts";
import { storeId } from "#test/examples.ts";
import { fakeEnvelope, fakeStoreSeal } from "#test/fakes/envelope.ts";
import { aConnectedStore } from "./connected-store.ts";

const hole = {
  below: 3,
  means: "Whoever knows an order's number could read who bought.",
  noticedOn: "2026-11-01",
  refusedFrom: "2026-12-01",
};
const known: Receivers = { node: { newest: 4, holes: [hole] } };
const before = Date.parse(hole.refusedFrom) - 1;

test.each<[string, number, ReturnType<typeof standingOf>]>([
  ["node/4", before, { status: "current" }],
  ["node/5", before, { status: "current" }],
  ["acme/1", before, { status: "current" }],
  ["node/3", before, { status: "warned", notice: "There is a newer receiver: node/4." }],
  [
    "node/2",
    before,
    { status: "warned", notice: `${hole.means} Replace it by node/4.`, refusedFrom: "2026-12-01" },
  ],
  [
    "node/2",
    before + 1,
    { status: "refused", notice: `${hole.means} Replace it by node/4.`, refusedFrom: "2026-12-01" },
  ],
])("%s at %d is %j", (receiver, now, standing) => {
  expect(standingOf(receiver, now, known)).toEqual(standing);
});

test("one that does not say which it is is warned, and never refused", () => {
  for (const said of [undefined, "", "node", "node/0", "Node/2", "node/2\nphp/2", "a".repeat(99)])
    expect(standingOf(Receiver.parse(said), Number.MAX_SAFE_INTEGER, known).status).toBe("warned");
});

test("what is published is the newest, and says so on each answer; a hole is told of 30 days before", () => {
  expect(Object.keys(receivers).sort()).toEqual(Object.keys(published).sort());
  for (const [name, file] of Object.entries(published)) {
    const text = readFileSync(new URL(`../../infra/local/demo/${file}`, import.meta.url), "utf8");
    const says = text.match(new RegExp(`(?<=["'])${name}/\\d+(?=["'])`, "g"));
    expect(says).toEqual([`${name}/${receivers[name]?.newest}`]);
  }
  for (const { noticedOn, refusedFrom } of Object.values(receivers).flatMap(({ holes }) => holes))
    expect(Date.parse(refusedFrom) - Date.parse(noticedOn)).toBeGreaterThanOrEqual(days(30));
});

test("a shop gets the files as they are, and can tell by its secret that they come from here", async () => {
  expect(readFileSync(receiversFile, "utf8"), "npm run schemas").toBe(receiversText());
  const { call, secret } = await aConnectedStore();
  const read = async () => (await call("GET", undefined, "/receivers")).body.receivers;
  const files = await read();
  expect(files).toHaveLength(2);
  for (const { file, version, sha256, signature, text } of files) {
    expect(text).toBe(readFileSync(new URL(`../../infra/local/demo/${file}`, import.meta.url), "utf8"));
    expect(createHash("sha256").update(text).digest("hex")).toBe(sha256);
    const bytes = Buffer.from(secret.slice("brsec_".length), "hex");
    const key = Buffer.from(hkdfSync("sha256", bytes, "", "agentic-checkout bridge v1 receiver", 32));
    expect(signature).toBe(`v1=${createHmac("sha256", key).update(`${version}\n${sha256}`).digest("hex")}`);
  }
  await call("DELETE");
  expect((await read()).every((each: object) => !("signature" in each))).toBe(true);
});

test("which receiver a shop has is kept from its signed answer, and shown", async () => {
  const { fulfill, call, shop, on, row } = await aConnectedStore();
  expect((await call("GET")).body).not.toHaveProperty("receiver");
  const { way: whole } = shop;
  // Somebody on the way says it is another.
  shop.way = (said) => whole({ ...said, headers: { ...said.headers, "bridge-version": "node/9" } });
  await fulfill();
  expect(row()?.["receiver"]).toBeUndefined();
  shop.way = whole;
  on.clock.advance(days(1) / 2);
  await fulfill();
  expect((await call("GET")).body.receiver).toEqual({ version: "node/2", status: "current" });
});

test("no buyer goes to a receiver that is refused; once it was replaced its orders go on", async () => {
  const { fulfill, order, on, receive, requests, updates, status } = await aConnectedStore();
  const known = { node: { newest: 3, holes: [{ ...hole, refusedFrom: "2026-11-01" }] } };
  const connections = connectionStore(on.table);
  const connector = (receivers: Receivers) =>
    bridgeConnector({
      ...on,
      dial: receive,
      envelope: fakeEnvelope(on.table),
      seal: fakeStoreSeal(),
      receivers,
    });
  const submit = async (receivers: Receivers) => {
    const connection = await connections.get(storeId);
    if (!connection) throw new Error("no connection");
    return connector(receivers).submit(await order(), { connection, shows: async () => true });
  };
  const refused = { submission: "unknown", reason: "store_receiver_refused" };
  // Nobody knows yet what answers there.
  expect(await submit(known)).toEqual(refused);
  expect(await submit(known)).toEqual(refused);
  expect(
    requests.map(({ url, body }) => [new URL(url).searchParams.get("action"), body?.includes("ada@")]),
  ).toEqual([
    ["submit_order", true],
    ["greet", false],
  ]);
  expect(await submit({ node: { newest: 2, holes: [] } })).toEqual({ submission: "accepted" });
  await fulfill();
  expect(await status()).toBe("confirmed");
  const connection = await connections.get(storeId);
  expect(connection && (await connector(known).tell(await order(), connection))).toBe(true);
  expect(updates).toHaveLength(1);
});

/** WordPress reads who made a plugin, and where its settings go, from the comment at its top. */
const pluginHeader = /\/\*\*.*?\*\/\n/s;

test.each([
  [published.node, /a^/],
  [published.php, pluginHeader],
])("%s can be copied as it is: 60 lines that lean on nothing else", (file, header) => {
  const text = readFileSync(new URL(`../../infra/local/demo/${file}`, import.meta.url), "utf8");
  expect(text.replace(header, "").trim().split("\n").length).toBeLessThanOrEqual(60);
  const sources = [...text.matchAll(/ from "([^"]+)"|require|include/g)].map(([, source]) => source);
  expect(sources.filter((source) => !source?.startsWith("node:"))).toEqual([]);
});
