import { expect, test } from "vitest";
import { wire } from "#functions/access/authorize.handler.ts";
import { environmentOf } from "#functions/runtime/environment.ts";
import { Caller } from "#functions/values/caller.ts";
import { aContext } from "#test/fakes/memory-platform.ts";
import { accessHouse } from "./house.ts";

const methodArn =
  "arn:aws:execute-api:eu-central-1:000000000000:abcdef/api/POST/checkout_sessions/chk_1/complete";

const deployed = async () => {
  const house = accessHouse();
  const { key, principalId } = await house.issue({ storeId: house.testStore, role: "agent", principal: "a" });
  const environment = environmentOf({ STAGE: "local", PEPPER_SECRET_ARN: "arn:pepper" });
  const state = { secret: house.peppers.text, down: false };
  const handler = wire({
    ...house.on,
    environment,
    readSecret: async () => {
      if (state.down) throw new Error("Secrets Manager said: token abc");
      return state.secret;
    },
  });
  const ask = (multiValueHeaders: Record<string, string[]> | null, more: object = {}) =>
    handler({ type: "REQUEST", methodArn, multiValueHeaders, ...more }, aContext()) as Promise<{
      principalId: string;
      policyDocument: object;
      context: Record<string, unknown>;
    }>;
  return { house, key, principalId, state, ask };
};

test("allows every method of this stage and no other, and tells the function who is calling as text", async () => {
  const { key, principalId, ask } = await deployed();
  const answer = await ask({ Authorization: [`Bearer ${key}`] });
  expect(answer.principalId).toBe(principalId);
  expect(answer.policyDocument).toEqual({
    Version: "2012-10-17",
    Statement: [
      {
        Action: "execute-api:Invoke",
        Effect: "Allow",
        Resource: "arn:aws:execute-api:eu-central-1:000000000000:abcdef/api/*/*",
      },
    ],
  });
  expect(Caller.parse(JSON.parse(String(answer.context["caller"])))).toMatchObject({
    principalId,
    role: "agent",
  });
  expect(JSON.stringify(answer)).not.toContain(key);
});

test("the header's name may be written in any case, but it may be there only once", async () => {
  const { key, ask } = await deployed();
  const bearer = `Bearer ${key}`;
  await expect(ask({ aUTHORIZATION: [bearer] })).resolves.toBeDefined();
  await expect(ask({ authorization: [bearer], Authorization: [bearer] })).rejects.toThrow(/^Unauthorized$/);
  await expect(ask({ authorization: [bearer, bearer] })).rejects.toThrow(/^Unauthorized$/);
});

test.each<[string, (key: string) => object]>([
  ["the query", (key) => ({ queryStringParameters: { key } })],
  ["a repeated query", (key) => ({ multiValueQueryStringParameters: { a: ["1", `Bearer ${key}`] } })],
  ["a query's name", (key) => ({ queryStringParameters: { [key]: "1" } })],
  ["the path", (key) => ({ path: `/orders/${encodeURIComponent(`x=${key}`)}` })],
  ["a cookie", (key) => ({ multiValueHeaders: { Cookie: [`a=1; key=${key}`] } })],
  ["another header", (key) => ({ headers: { "X-Api-Key": key } })],
])(
  "a key in %s is denied with or without one in its place, and word is left for who can judge it",
  async (_, where) => {
    const { house, key, ask } = await deployed();
    const place = where(key);
    for (const headers of [null, { Authorization: [`Bearer ${key}`] }]) {
      const answer = await ask(headers, {
        ...place,
        ...("multiValueHeaders" in place && {
          multiValueHeaders: { ...(place.multiValueHeaders as object), ...headers },
        }),
      });
      expect(answer).toEqual({
        principalId: "nobody",
        policyDocument: expect.objectContaining({ Statement: [expect.objectContaining({ Effect: "Deny" })] }),
      });
    }
    expect(house.on.table.rows("commerce")).toEqual([
      expect.objectContaining({
        sk: "exposed-key",
        keyId: key.slice(8, 20),
        due: expect.stringMatching(/^exposed-key#/),
      }),
    ]);
    expect(JSON.stringify(house.on.table.rows("commerce"))).not.toContain(key.slice(20, 63));
    expect(house.on.logged).toEqual([]);
  },
);

test("what only looks like a key, in a wrong place, is nobody's business", async () => {
  const { house, key, ask } = await deployed();
  const mistyped = `${key.slice(0, -1)}${key.endsWith("0") ? "1" : "0"}`;
  const answer = await ask(
    { Authorization: [`Bearer ${key}`] },
    { queryStringParameters: { key: mistyped } },
  );
  expect(answer.context["caller"]).toBeDefined();
  expect(house.on.table.rows("commerce")).toEqual([]);
});

test("each decision is logged by the key's public id, and nothing else of the key is", async () => {
  const { house, key, principalId, ask } = await deployed();
  await ask({ Authorization: [`Bearer ${key}`] });
  const [{ publicId: keyId } = { publicId: "" }] = await house.list(house.testStore);
  await house.revoke({ keyId });
  for (const header of [`Bearer ${key}`, "Bearer nonsense"])
    await expect(ask({ Authorization: [header] })).rejects.toThrow(/^Unauthorized$/);
  expect(house.on.logged).toMatchObject([
    { message: "let in", fields: { keyId, principalId, storeId: house.testStore, role: "agent" } },
    { message: "turned away", fields: { code: "unauthorized", keyId } },
    { message: "turned away", fields: { code: "unauthorized" } },
  ]);
  const told = JSON.stringify(house.on.logged);
  for (const secret of [key, key.slice(-49, -6), "nonsense"]) expect(told).not.toContain(secret);
});

test("a fault is logged once, and its text does not leave", async () => {
  const { house, key, state, ask } = await deployed();
  state.down = true;
  await expect(ask({ Authorization: [`Bearer ${key}`] })).rejects.toThrow(/^the authorizer failed$/);
  expect(house.on.logged).toHaveLength(1);
});

test("counts its own faults for the alarm, and nobody's wrong key", async () => {
  const { key, house, state, ask } = await deployed();
  await expect(ask({ authorization: ["Bearer wrong"] })).rejects.toThrow(/^Unauthorized$/);
  expect(house.on.counted).toEqual([]);
  state.down = true;
  await expect(ask({ authorization: [`Bearer ${key}`] })).rejects.toThrow();
  expect(house.on.counted).toEqual(["AuthorizerFault"]);
});
