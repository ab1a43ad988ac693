import { describe, expect, test } from "vitest";
import type { Export } from "#functions/customer/export.ts";
import { personalData } from "#functions/privacy/personal-data.ts";
import type { Update } from "#functions/runtime/table.ts";
import { checkoutIdOf, type OrderId } from "#functions/values/id.ts";
import { aChannel, storeId } from "#test/examples.ts";
import { type House, named, openHouse } from "./house.ts";

const ada = "ada@canary.example";
const eve = named("eve@canary.example", "Eve");

describe("customers", () => {
  test("are found by an e-mail address in a header, which no query takes", async () => {
    const house = await openHouse();
    const orderId = await house.bought();
    await house.bought(eve);
    const found = await house.call("GET", "/customers", { headers: { "Customer-Email": ada.toUpperCase() } });
    expect(found).toMatchObject({
      statusCode: 200,
      body: {
        customers: [
          { id: await house.customerOf(ada), contact: { buyer: { email: ada } }, orders: [{ id: orderId }] },
        ],
      },
    });
    const unknown = { headers: { "Customer-Email": "nobody@canary.example" } };
    expect((await house.call("GET", "/customers", unknown)).body).toEqual({ customers: [] });
    expect((await house.call("GET", "/customers", { headers: { "Customer-Email": "ada" } })).statusCode).toBe(
      422,
    );
    expect(JSON.stringify(house.on.logged)).not.toContain("canary");
  });

  test("are listed once each, by their newest order, however the pages fall", async () => {
    const house = await openHouse();
    await house.bought();
    await house.bought(eve);
    const newest = await house.bought();
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const { body } = await house.call("GET", "/customers", {
        query: { limit: "1", ...(after && { after }) },
      });
      const page = body as { customers: { id: string }[]; next?: string };
      seen.push(...page.customers.map(({ id }) => id));
      after = page.next;
    } while (after);
    expect(seen).toEqual([await house.customerOf(ada), await house.customerOf("eve@canary.example")]);
    const customer = await house.call("GET", `/customers/${seen[0]}`);
    expect(customer.body).toMatchObject({ restricted: false, orders: [{ id: newest }, {}] });
  });

  test("want scopes of their own, and are nothing to another store", async () => {
    const house = await openHouse();
    await house.bought();
    const id = await house.customerOf(ada);
    const caller = { ...house.admin, scopes: ["orders:read" as const] };
    expect((await house.call("GET", `/customers/${id}`, { caller })).statusCode).toBe(403);
    const reader = { ...house.admin, scopes: ["customers:read" as const] };
    expect((await house.call("DELETE", `/customers/${id}`, { caller: reader })).statusCode).toBe(403);
    const stranger = { ...house.admin, storeId: "store_00000000000000000000000002" as const };
    for (const [method, path] of [
      ["GET", `/customers/${id}`],
      ["POST", `/customers/${id}/export`],
      ["POST", `/customers/${id}/restrict`],
    ] as const)
      expect((await house.call(method, path, { caller: stranger, body: {} })).statusCode).toBe(404);
  });
});

describe("an export", () => {
  const exported = async (house: Awaited<ReturnType<typeof openHouse>>, email: string, key = "key") => {
    const path = `/customers/${await house.customerOf(email)}/export`;
    return house.call("POST", path, { body: {}, key });
  };

  test("has every field that is held, with its label and why, on the page too, and nobody else's", async () => {
    const house = await openHouse();
    const orderId = await house.bought({ notes: "Ring <twice>" });
    const left = await house.begun();
    await house.bought(eve);
    const { body } = await exported(house, ada);
    const whole = body as Export;
    expect(whole.checkouts.map(({ order, checkoutId }) => order?.id ?? checkoutId)).toEqual([left, orderId]);
    const { fields } = whole.checkouts[1] ?? { fields: [] };
    expect(Object.fromEntries(fields.map(({ field, value }) => [field, value]))).toMatchObject({
      "buyer.email": ada,
      "buyer.firstName": "Ada",
      "delivery.address.lineOne": "Kanarienweg 1",
      notes: "Ring <twice>",
      destination: { country: "DE", state: "BE" },
      "payment reference": [expect.stringMatching(/^pi_/)],
    });
    for (const books of ["destination", "payment reference"])
      expect(fields.find(({ field }) => field === books)?.kept).toContain("also once you are erased");
    expect(fields.every(({ label, purpose, kept }) => label && purpose && kept)).toBe(true);
    expect(whole.page).toMatch(
      /As of \d{4}-\d\d-\d\d \d\d:\d\d UTC\..*Begun \d{4}-\d\d-\d\d \d\d:\d\d UTC\. Total \d+\.\d\d EUR, /s,
    );
    expect(whole.page).toContain("<td>Street and number</td><td>Kanarienweg 1</td>");
    expect(whole.page).toContain("Ring &#60;twice&#62;");
    expect(JSON.stringify(body)).not.toContain("Eve");
  });

  test("of whom all is held has every field of the inventory", async () => {
    const house = await openHouse();
    const contact = {
      buyer: {
        ...{ email: ada, phone: "+49 30 1" },
        ...{ firstName: "Ada", lastName: "King", fullName: "Ada King" },
      },
      delivery: {
        ...{ name: "Ada", phone: "+49 30 2", email: "door@canary.example" },
        address: {
          ...{ name: "Ada King", company: "Engines", lineOne: "Weg 1", lineTwo: "2nd floor", city: "Berlin" },
          ...{ state: "BE", country: "DE" as const, postalCode: "10115" },
        },
      },
    };
    const orderId = await house.bought({ contact, notes: "Ring twice" });
    const checkoutId = checkoutIdOf(orderId);
    const cipher = await house.envelope.open({ storeId, checkoutId });
    const sealed = Uint8Array.from(await cipher.seal("attribution", { touchpoint: "last" }));
    const tracking = { carrier: "DHL", number: "00340434161094042557", url: "https://dhl.example/1" };
    const shipped = { type: "shipped", at: 1, lines: [{ productId: "mug-blue", quantity: 1 }], tracking };
    const set: Readonly<Record<string, NonNullable<Update["set"]>>> = {
      order: { fulfillments: [{ number: 1, events: [shipped] }] },
      checkout: {
        channel: { ...aChannel({ locale: "de-DE", timezone: "Europe/Berlin" }) },
        ...{ sealedAttribution: sealed, sealedIntent: sealed },
      },
      payment: { sealedToken: sealed, sealedAuthentication: sealed },
    };
    for (const { pk, sk } of house.on.table.rows("commerce")) {
      const change = set[sk.split("#")[0] ?? ""];
      if (change)
        await house.on.table.commit([{ table: "commerce", key: { pk, sk }, change: { set: change } }]);
    }
    const [only] = ((await exported(house, ada)).body as Export).checkouts;
    expect(only?.fields.map(({ field }) => field)).toEqual(personalData.map(({ field }) => field));
    const parcel = only?.fields.find(({ field }) => field === "parcel reference");
    expect(parcel?.value).toEqual([tracking.number, tracking.url]);
  });

  test("repeated is the same, and is kept nowhere", async () => {
    const house = await openHouse();
    await house.bought();
    const [first, again] = [await exported(house, ada), await exported(house, ada)];
    expect(again.text).toBe(first.text);
    expect(again.headers["idempotent-replayed"]).toBe("true");
    for (const name of ["commerce", "audit"] as const)
      expect(JSON.stringify(house.on.table.rows(name))).not.toContain("canary");
  });
});

describe("a correction", () => {
  test("reaches order, session and index, and is told as a fact of each order", async () => {
    const house = await openHouse();
    const orderId = await house.bought();
    const path = `/customers/${await house.customerOf(ada)}/rectify`;
    const body = {
      buyer: { email: "ada.king@canary.example", lastName: "King" },
      delivery: { address: { city: "Potsdam" } },
    };
    const answer = await house.call("POST", path, { body });
    const id = await house.customerOf("ada.king@canary.example");
    expect(answer).toMatchObject({ statusCode: 200, body: { id, orders: [{ id: orderId, version: 4 }] } });
    const contact = {
      buyer: { firstName: "Ada", lastName: "King" },
      delivery: { address: { city: "Potsdam", lineOne: "Kanarienweg 1" } },
    };
    expect(await house.order(orderId)).toMatchObject({ contact });
    const checkoutId = orderId.replace("ord_", "chk_") as `chk_${string}`;
    expect((await house.shop.read({ caller: house.agent, checkoutId })).opened).toMatchObject({ contact });
    expect(house.on.table.rows("outbox").map(({ type }) => type)).toContain("customer.updated");
    expect((await house.call("GET", `/customers/${id}`)).statusCode).toBe(200);
    expect((await house.call("POST", path, { body })).statusCode).toBe(404);
  });

  test("is on record with each order that it changed, and no other", async () => {
    const house = await openHouse();
    const [first, second, third] = [await house.bought(), await house.bought(), await house.bought()];
    const path = `/customers/${await house.customerOf(ada)}/rectify`;
    await house.call("POST", path, { body: { buyer: { lastName: "King" }, orderIds: [first, third] } });
    await house.call("POST", path, { body: { buyer: { lastName: "Byron" } } });
    expect(subjectsOf(house, "customer.rectified")).toEqual([
      [third, first],
      [third, second, first],
    ]);
    expect(JSON.stringify(house.on.table.rows("audit"))).not.toMatch(/King|Byron|cust_/);
  });

  test("of somebody else's order, or of half an address where there is none, changes nothing", async () => {
    const house = await openHouse();
    await house.bought();
    const other = await house.bought(eve);
    const path = `/customers/${await house.customerOf(ada)}/rectify`;
    const wrong = { buyer: { lastName: "King" }, orderIds: [other] };
    expect(await house.call("POST", path, { body: wrong })).toMatchObject({
      statusCode: 422,
      body: { code: "invalid" },
    });
    expect(house.on.table.rows("outbox").map(({ type }) => type)).not.toContain("customer.updated");
  });
});

describe("a restriction", () => {
  test("masks for everybody, holds off changes and erasure, outlasts the key's end, and is lifted", async () => {
    const house = await openHouse();
    const orderId: OrderId = await house.bought();
    const path = `/customers/${await house.customerOf(ada)}`;
    const key = () =>
      house.on.table.rows("people").find(({ pk }) => pk === `${storeId}#${orderId.replace("ord_", "chk_")}`);
    const before = key();
    expect(await house.call("POST", `${path}/restrict`, { body: { reason: "asked for" } })).toMatchObject({
      body: { restricted: true, orders: 1 },
    });
    expect(await house.order(orderId)).toMatchObject({ contact: { buyer: { email: "a***@***" } } });
    expect((await house.call("GET", path)).body).toMatchObject({
      restricted: true,
      contact: { buyer: { firstName: "A***" } },
    });
    expect((await house.call("DELETE", path)).statusCode).toBe(409);
    expect(
      (await house.call("POST", `${path}/rectify`, { body: { buyer: { lastName: "King" } } })).statusCode,
    ).toBe(409);
    expect(key()?.["expiresAtSeconds"]).toBeUndefined();
    expect((await house.call("POST", `${path}/restrict`, { body: {} })).statusCode).toBe(409);
    await house.call("POST", `${path}/unrestrict`, { body: {} });
    expect(key()).toEqual(before);
    expect(await house.order(orderId)).toMatchObject({ contact: { buyer: { email: ada } } });
    const actions = house.on.table.rows("audit").map(({ action }) => action);
    expect(actions).toEqual(expect.arrayContaining(["customer.restricted", "customer.unrestricted"]));
  });

  test("of more orders than one transaction takes has a record in each: every order is named, each once", async () => {
    const house = await openHouse();
    const bought: OrderId[] = [];
    for (let count = 0; count < 99; count += 1) bought.push(await house.bought());
    const path = `/customers/${await house.customerOf(ada)}`;
    const lifted = async () => (await house.call("POST", `${path}/unrestrict`, { body: {} })).body;
    expect((await house.call("POST", `${path}/restrict`, { body: {} })).body).toMatchObject({ orders: 99 });
    expect(await lifted()).toMatchObject({ orders: 99 });
    for (const action of ["customer.restricted", "customer.unrestricted"]) {
      const named = subjectsOf(house, action);
      expect(named.map(({ length }) => length).sort()).toEqual([1, 98]);
      expect(named.flat().sort()).toEqual([...bought].sort());
    }
  });
});

const subjectsOf = ({ on }: House, action: string) =>
  on.table.rows("audit").flatMap((row) => (row["action"] === action ? [row["subjects"] as string[]] : []));
