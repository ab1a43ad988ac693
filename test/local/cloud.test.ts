import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Cloud } from "#infra/local/cloud.ts";
import { fixtureCloud, probe, row } from "./fixture-cloud.ts";

let cloud: Cloud;

beforeAll(async () => {
  cloud = await fixtureCloud({
    variables: { OVERRIDDEN: "by the cloud", NOT_DECLARED: "never seen" },
    secrets: { SECRET_ARN: "given" },
  });
});
afterAll(() => cloud.stop());

const call = (
  path: string,
  init: { token?: string; body?: unknown; headers?: Record<string, string> } = {},
) =>
  fetch(`${cloud.urls.agentApi}${path}`, {
    method: "POST",
    headers: { ...(init.token ? { authorization: `Bearer ${init.token}` } : {}), ...init.headers },
    body: JSON.stringify(init.body ?? {}),
  });
const ask = (op: string, more: object = {}) => cloud.invoke(probe, { op, ...more });
const fault = async (op: string, more: object = {}) => {
  const invoked = await cloud.tryInvoke(probe, { op, ...more });
  return "fault" in invoked ? invoked.fault : undefined;
};

describe("a REST API", () => {
  it("hands a request through the authorizer to the function as proxy event 1.0", async () => {
    const answer = await call("/notes/n%201?a=1&a=2", { token: "good", body: { op: "none" } });
    expect(answer.status).toBe(201);
    expect(answer.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    expect(answer.headers.get("x-amzn-remapped-www-authenticate")).toBe("mine");
    const event = await answer.json();
    expect(event).toMatchObject({
      resource: "/notes/{id}",
      path: "/notes/n%201",
      httpMethod: "POST",
      pathParameters: { id: "n 1" },
      queryStringParameters: { a: "2" },
      multiValueQueryStringParameters: { a: ["1", "2"] },
      body: '{"op":"none"}',
      requestContext: {
        authorizer: { principalId: "ann", caller: '{"id":1}', count: "2" },
        identity: { sourceIp: "127.0.0.1" },
        resourcePath: "/notes/{id}",
      },
    });
  });

  it("prefers a literal path and asks no authorizer where there is none", async () => {
    const answer = await fetch(`${cloud.urls.agentApi}/notes/latest`);
    expect(await answer.json()).toMatchObject({
      resource: "/notes/latest",
      pathParameters: null,
      body: null,
    });
  });

  it("calls what the integration's role may call or the function itself permits, and nothing else", async () => {
    const statusOf = async (path: string) => (await fetch(`${cloud.urls.agentApi}${path}`)).status;
    expect(await statusOf("/by-role/probe")).toBe(201);
    expect(await statusOf("/by-role/tick")).toBe(500);
    expect(await statusOf("/by-nobody")).toBe(500);
    expect(Object.keys(cloud.ledger.read()).filter((call) => call.includes(`${ticking} apigateway`))).toEqual(
      [],
    );
  });

  it("answers refusals in the template's words and headers", async () => {
    const missing = await call("/notes/n1", { headers: { "Request-Id": "mine" } });
    expect(missing.status).toBe(401);
    expect(missing.headers.get("www-authenticate")).toBe("Bearer");
    expect(missing.headers.get("request-id")).toBe("mine");
    const { id, ...body } = (await missing.json()) as { id: string };
    expect(body).toEqual({ code: "who", message: "Unauthorized" });
    expect(id).toBe(missing.headers.get("x-amzn-requestid"));
    expect((await call("/notes/n1", { token: "bad" })).status).toBe(401);
  });

  it.each([
    ["a denying policy", "denied", 403, { code: "ACCESS_DENIED" }],
    ["a failing authorizer", "broken", 500, { message: "Internal server error" }],
  ])("answers %s by its response type", async (_, token, status, body) => {
    const answer = await call("/notes/n1", { token });
    expect(answer.status).toBe(status);
    expect(await answer.json()).toEqual(body);
  });

  it("answers a path that is not there like a missing token, and a body over 10 MB with 413", async () => {
    const lost = await call("/nowhere");
    expect([lost.status, await lost.json()]).toEqual([403, { code: "MISSING_AUTHENTICATION_TOKEN" }]);
    const large = await call("/notes/n1", { token: "good", body: "x".repeat(10 * 1024 * 1024) });
    expect(large.status).toBe(413);
  });

  it.each(["fail", "malformed"])("answers 502 when the function does: %s", async (op) => {
    expect((await call("/notes/n1", { token: "good", body: { op } })).status).toBe(502);
  });
});

const [stepping, ticking] = ["test/local/fixture/step", "test/local/fixture/tick"] as const;

describe("a function", () => {
  it("has the environment of its template, with URLs that are reachable here", async () => {
    const environment = (await ask("environment")) as Record<string, string>;
    expect(environment).toMatchObject({
      TABLE: "fixture-notes",
      OVERRIDDEN: "by the cloud",
      OWN_API: cloud.urls.agentApi,
      AWS_ENDPOINT_URL: cloud.endpoint,
      AWS_REGION: "us-east-1",
    });
    expect(environment["NOT_DECLARED"]).toBeUndefined();
  });

  it("ends with its error's name, at its timeout, or with its process, and is replaced", async () => {
    expect(await fault("fail")).toMatchObject({ errorType: "Purpose", errorMessage: "on purpose" });
    expect(await fault("crash")).toMatchObject({ errorType: "Runtime.ExitError" });
    expect(await fault("hang")).toMatchObject({ errorType: "Sandbox.Timedout" });
    expect(await ask("secret")).toBe("given");
  });

  it("acts by its own role and environment, though all share a thread", async () => {
    const before = cloud.ledger.read();
    const [environment] = await Promise.all([
      ask("environment"),
      cloud.invoke(stepping, { id: "shared" }),
      cloud.invoke(ticking, {}),
    ]);
    expect(environment).toHaveProperty("AWS_LAMBDA_FUNCTION_NAME", expect.stringContaining("probe"));
    const after = cloud.ledger.read();
    for (const name of [stepping, ticking]) {
      const key = `dynamodb UpdateItem ${name}`;
      expect(after[key]).toBe((before[key] ?? 0) + 1);
    }
  });

  it("sees a clock that tests move", async () => {
    const { now } = (await ask("environment")) as { now: number };
    cloud.advance(3_600_000);
    const later = (await ask("environment")) as { now: number };
    expect(later.now - now).toBeGreaterThanOrEqual(3_600_000);
  });
});

describe("IAM", () => {
  it("refuses what no policy of the function's role allows, and names action, resource and role", async () => {
    const refused = await fault("forbidden");
    expect(refused?.errorType).toBe("AccessDeniedException");
    expect(refused?.errorMessage).toMatch(/probe.*role.*dynamodb:DeleteItem.*table\/fixture-notes/);
  });

  it("tells a table from its index", async () => {
    expect(await ask("queryIndex")).toMatchObject({ Count: 0 });
    expect((await fault("scanTable"))?.errorType).toBe("AccessDeniedException");
  });

  it("knows nobody by another key", async () => {
    const answer = await fetch(cloud.endpoint, {
      method: "POST",
      headers: {
        "x-amz-target": "DynamoDB_20120810.ListTables",
        authorization: "AWS4-HMAC-SHA256 Credential=AKIASTRANGER/20260101/us-east-1/dynamodb/aws4_request",
      },
    });
    expect(await answer.json()).toMatchObject({ __type: "UnrecognizedClientException" });
  });
});

describe("what an insert sets off", () => {
  it("goes from stream to bus, from there to a queue's function and to a machine, once each", async () => {
    await call("/notes/n7", { token: "good", body: { op: "put" } });
    await cloud.idle();
    expect(await row(cloud, "n7", "received")).toMatchObject({ times: 1 });
    expect(await row(cloud, "n7", "stepped")).toMatchObject({ times: 1, told: 'note "n7"' });
  });

  it("is nothing when an item is written again: the filter takes inserts", async () => {
    await ask("put", { id: "n7" });
    await cloud.idle();
    expect(await row(cloud, "n7", "received")).toMatchObject({ times: 1 });
  });
});

describe("a queue", () => {
  it("keeps a message back for its delay and hands on its group", async () => {
    await ask("send", { id: "late", delay: 600, group: "endpoint-1" });
    await cloud.idle();
    expect(await row(cloud, "late", "received")).toBeUndefined();
    cloud.advance(601_000);
    await cloud.idle();
    expect(await row(cloud, "late", "received")).toMatchObject({ times: 1, told: "endpoint-1" });
  });

  it("gives back only what failed, after the visibility timeout, and buries it after its tries", async () => {
    const dead = cloud.queues.find((queue) => queue.name.includes("dead"));
    await ask("send", { id: "poison", fails: true });
    await ask("send", { id: "fine" });
    for (let minute = 0; minute < 4; minute += 1) {
      await cloud.idle();
      cloud.advance(31_000);
    }
    expect(await row(cloud, "fine", "received")).toMatchObject({ times: 1 });
    expect(await row(cloud, "poison", "received")).toMatchObject({ times: 2 });
    expect(dead?.size()).toBe(1);
  });

  it("takes no delay over 15 minutes, and says what it does not do", async () => {
    expect((await fault("send", { id: "x", delay: 901 }))?.errorType).toBe("InvalidParameterValue");
    expect((await fault("unknown"))?.errorType).toBe("NotEmbedded");
  });
});

describe("an express machine", () => {
  it("answers a synchronous start with its output, its retries or its failure", async () => {
    expect(await ask("execute", { id: "m1" })).toEqual({
      status: "SUCCEEDED",
      output: '{"outcome":"done","id":"m1"}',
    });
  });

  it("retries as the definition says and fails with the task's error", async () => {
    expect(await ask("execute", { id: "m3", fails: "always" }).catch(String)).toMatchObject({
      status: "FAILED",
      error: "Flaky",
    });
    expect(await row(cloud, "m3", "stepped")).toMatchObject({ times: 2 });
  });
});

describe("KMS and Secrets Manager", () => {
  it("opens only under the encryption context that sealed", async () => {
    expect(await ask("seal")).toEqual({ opened: "hidden", wrong: "InvalidCiphertextException", same: true });
  });

  it("gives a secret by the variable that names it", async () => {
    expect(await ask("secret")).toBe("given");
  });
});

describe("a schedule", () => {
  it("runs at once when asked to, unless it comes less often than is asked for", async () => {
    const ticks = async () => (await row(cloud, "clock", "tick"))?.["times"];
    const before = Number(await ticks());
    await cloud.sweep(59_999);
    expect(await ticks()).toBe(before);
    await cloud.sweep(60_000);
    await cloud.sweep();
    expect(await ticks()).toBe(before + 2);
  });
});

describe("transactions", () => {
  it("that overlap end in a conflict for all but one, and leave a reason per item", async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, () => cloud.tryInvoke(probe, { op: "transact", id: "t" })),
    );
    const faults = outcomes.flatMap((each) => ("fault" in each ? [each.fault] : []));
    expect(faults.length).toBeGreaterThan(0);
    expect(faults.length).toBeLessThan(8);
    for (const each of faults) {
      expect(each.errorType).toBe("TransactionCanceledException");
      expect(each.errorMessage).toContain("[TransactionConflict, TransactionConflict]");
    }
  });
});

describe("the ledger", () => {
  it("counts calls by service, action and function", async () => {
    await cloud.idle();
    cloud.ledger.reset();
    await ask("get", { id: "a" });
    expect(cloud.ledger.read()).toEqual({
      [`lambda Invoke:${probe} operator`]: 1,
      [`dynamodb GetItem ${probe}`]: 1,
    });
  });
});
