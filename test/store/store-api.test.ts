import { describe, expect, it } from "vitest";
import { putProduct } from "#functions/catalog/product.store.ts";
import { ParagraphAnswer, StoreAnswer } from "#functions/store/get-store.ts";
import { DiscountsAnswer } from "#functions/store/put-discounts.ts";
import { wire } from "#functions/store/store.handler.ts";
import { createdStore } from "#functions/store/store.store.ts";
import { aProduct } from "#test/examples.ts";
import { memoryPlatform } from "#test/fakes/memory-platform.ts";
import { aCaller, aStore } from "./a-store.ts";
import { callApi } from "./call-api.ts";

const aPlace = async () => {
  const on = memoryPlatform();
  await on.table.commit([createdStore(aStore())]);
  return { on, handler: wire(on) };
};

const spring = { code: "spring", kind: "percent", percentOff: 10 };

describe("the store over HTTP", () => {
  it("is read and changed", async () => {
    const { handler } = await aPlace();
    const changed = await callApi(handler, "PATCH /store", { body: { name: "Cups" } });
    expect(changed).toMatchObject({ status: 200, body: { name: "Cups", version: 2 } });
    const read = await callApi(handler, "GET /store");
    expect(read).toEqual(changed);
    expect(StoreAnswer.parse(read.body)).toEqual(read.body);
  });

  it("takes discounts and answers them as stored", async () => {
    const { handler } = await aPlace();
    const body = { discounts: [{ ...spring, expiresAt: "2027-01-01T00:00:00+01:00" }] };
    const answer = await callApi(handler, "PUT /discounts", { body });
    expect(answer).toEqual({
      status: 200,
      body: { discounts: [{ ...spring, code: "SPRING", expiresAt: "2026-12-31T23:00:00.000Z" }] },
    });
    expect(DiscountsAnswer.parse(answer.body)).toEqual(answer.body);
  });

  it("says what is missing to sell, each with what to do, until nothing is", async () => {
    const on = memoryPlatform();
    const bare = aStore({
      verifiedDomains: [],
      shippingOptions: [],
      privacyParagraph: undefined,
      stripeAccount: "acct_12345678",
    });
    await on.table.commit([createdStore(bare)]);
    const handler = wire(on);
    const missing = async () => {
      const { body } = await callApi(handler, "GET /store");
      return (body.missing as { code: string; todo: string; required: boolean }[]).map(({ code }) => code);
    };
    expect(await missing()).toEqual(["domain", "products", "stripe_account", "privacy_paragraph"]);
    await on.table.commit([putProduct(bare.id, { ...aProduct(), digital: true })]);
    expect(await missing()).toEqual(["domain", "stripe_account", "privacy_paragraph"]);
    await on.table.commit([putProduct(bare.id, aProduct())]);
    expect(await missing()).toEqual(["domain", "shipping", "stripe_account", "privacy_paragraph"]);
    const { version } = (await callApi(handler, "GET /store/privacy_paragraph")).body;
    const { shippingOptions } = aStore();
    const body = { privacyParagraph: version, shippingOptions, stripeProfile: "profile_1234" };
    await callApi(handler, "PATCH /store", { body });
    expect(await missing()).toEqual(["domain"]);
  });

  it("hands out a privacy paragraph that says what is true of the store, and asks again when that changes", async () => {
    const { handler } = await aPlace();
    const told = async () => (await callApi(handler, "GET /store/privacy_paragraph")).body;
    const first = await told();
    expect(ParagraphAnswer.parse(first)).toMatchObject({ confirmed: true });
    expect(first.paragraph).toContain("730 days");
    expect(first.paragraph).toContain("10 years");
    const retention = { contactDays: 400, ledgerYears: 7 };
    await callApi(handler, "PATCH /store", { body: { retention } });
    const next = await told();
    expect(next).toMatchObject({ confirmed: false });
    expect(next.paragraph).toContain("400 days");
    await callApi(handler, "PATCH /store", { body: { privacyParagraph: next.version } });
    expect(await told()).toMatchObject({ confirmed: true });
  });

  it.each([
    ["PATCH /store", { livemode: true }, "$.livemode"],
    ["PATCH /store", { name: 5 }, "$.name"],
    ["PATCH /store", { policies: { termsOfUse: { url: "x", version: "1" } } }, "$.policies.termsOfUse.url"],
    ["PATCH /store", { taxes: { inclusive: true, rates: [{ rate: "19" }] } }, "$.taxes.rates[0].country"],
    ["PUT /discounts", { discounts: [] }, "$.discounts"],
    ["PUT /discounts", { discounts: [spring, spring] }, "$.discounts[1].code"],
    ["PUT /discounts", { discounts: [{ ...spring, percentOff: "10" }] }, "$.discounts[0].percentOff"],
    ["PUT /discounts", { discounts: [{ ...spring, colour: "red" }] }, "$.discounts[0].colour"],
    ["PUT /discounts", { discounts: [{ ...spring, kind: "bogo" }] }, "$.discounts[0].kind"],
  ] as const)("%s refuses %j by its place and stores nothing", async (route, body, param) => {
    const { on, handler } = await aPlace();
    const before = [...on.table.rows("access"), ...on.table.rows("commerce")];
    expect(await callApi(handler, route, { body })).toMatchObject({ status: 422, body: { param } });
    expect([...on.table.rows("access"), ...on.table.rows("commerce")]).toEqual(before);
  });

  it.each(["PATCH /store", "PUT /discounts"] as const)("%s without a body is refused", async (route) => {
    const { handler } = await aPlace();
    expect((await callApi(handler, route)).status).toBe(422);
  });

  it.each([
    ["stripeAccount", "acct_elsewhere0"],
    ["stripeAccount", null],
    ["stripeProfile", "profile_elsewhere"],
  ])("gets its money at another %s by nobody who may only change its settings", async (setting, value) => {
    const { on, handler } = await aPlace();
    const before = [...on.table.rows("access")];
    const caller = aCaller({ scopes: ["store:read", "store:write"] });
    const refused = await callApi(handler, "PATCH /store", { caller, body: { [setting]: value } });
    expect(refused).toMatchObject({ status: 403, body: { code: "forbidden", param: `$.${setting}` } });
    expect(on.table.rows("access")).toEqual(before);
    expect((await callApi(handler, "PATCH /store", { caller, body: { name: "Cups" } })).status).toBe(200);
  });

  it("is changed by nobody without the scope", async () => {
    const { handler } = await aPlace();
    const caller = aCaller({ role: "agent", scopes: ["products:read"] });
    for (const route of ["GET /store", "PATCH /store", "PUT /discounts"] as const) {
      expect((await callApi(handler, route, { caller, body: {} })).status).toBe(403);
    }
  });
});
