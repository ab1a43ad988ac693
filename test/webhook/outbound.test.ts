import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { createServer, type RequestListener, type Server } from "node:http";
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Socket,
  type Server as TcpServer,
} from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, expect, test } from "vitest";
import { type DialRequest, outbound, type Resolve } from "#functions/runtime/outbound.ts";
import { effort, seed } from "../effort.ts";
import { seededRandom } from "../simulation/engine/random.ts";

const open: (Server | TcpServer)[] = [];
afterEach(() => {
  for (const server of open.splice(0)) {
    if ("closeAllConnections" in server) server.closeAllConnections();
    server.close();
  }
});

const listen = async (server: Server | TcpServer, host = "127.0.0.1") => {
  open.push(server);
  await new Promise<void>((ready) => server.listen(0, host, ready));
  return `http://${host}:${(server.address() as AddressInfo).port}/hook`;
};
const serve = (listener: RequestListener, host?: string) => listen(createServer(listener), host);

const aRequest = (url: string, more: Partial<DialRequest> = {}): DialRequest => ({
  url,
  method: "POST",
  headers: { "content-type": "application/json", "webhook-id": "evt_1" },
  body: '{"é":1}',
  timeoutMs: 5_000,
  maxResponseBytes: 4_096,
  ...more,
});
const dial = outbound("loopback");

test("sends method, headers and body, and answers status, headers and body", async () => {
  const url = await serve((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      response.setHeader("retry-after", "7").writeHead(201);
      response.end(
        `${request.method} ${request.headers["webhook-id"]} ${request.headers["content-length"]} ${body}`,
      );
    });
  });
  const result = await dial(aRequest(url));
  expect(result).toMatchObject({ answered: true, status: 201, headers: { "retry-after": "7" } });
  expect(result.answered && Buffer.from(result.body).toString()).toBe('POST evt_1 8 {"é":1}');
});

test("does not follow a redirect", async () => {
  let calls = 0;
  const url = await serve((_, response) => {
    calls += 1;
    response.writeHead(307, { location: "/elsewhere" }).end();
  });
  expect(await dial(aRequest(url))).toMatchObject({ answered: true, status: 307 });
  expect(calls).toBe(1);
});

test("keeps 4 kB of an endless answer and lets the rest go", async () => {
  const url = await serve((_, response) => {
    const more = () =>
      void (
        response.destroyed ||
        (response.write("x".repeat(16_384)) ? setImmediate(more) : response.once("drain", more))
      );
    more();
  });
  const result = await dial(aRequest(url));
  expect(result).toMatchObject({ answered: true, status: 200 });
  expect(result.answered && result.body.length).toBe(4_096);
});

test("gives up on an answer that never begins", async () => {
  const url = await serve(() => undefined);
  expect(await dial(aRequest(url, { timeoutMs: 100 }))).toEqual({ answered: false, reason: "timeout" });
});

test("gives up on an answer that drips", async () => {
  const url = await serve((_, response) => {
    response.writeHead(200);
    const drip = setInterval(() => response.write("x"), 20);
    response.on("close", () => clearInterval(drip));
  });
  expect(await dial(aRequest(url, { timeoutMs: 150 }))).toEqual({ answered: false, reason: "timeout" });
});

test("an answer that breaks off is a failure, whatever its status said", async () => {
  const url = await serve((_, response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write("half");
    setImmediate(() => response.socket?.resetAndDestroy());
  });
  expect(await dial(aRequest(url))).toEqual({ answered: false, reason: "connection" });
});

test("nobody listening is a failed connection", async () => {
  const url = await serve(() => undefined);
  open.splice(0).map((server) => server.close());
  expect(await dial(aRequest(url))).toEqual({ answered: false, reason: "connection" });
});

test("what is no HTTP is a failed connection", async () => {
  const url = await listen(createTcpServer((socket) => socket.end("220 smtp ready\r\n")));
  expect(await dial(aRequest(url))).toEqual({ answered: false, reason: "connection" });
});

test.each([
  [
    "another protocol that nobody asked for",
    "101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade",
  ],
  ["hints and no answer", "103 Early Hints"],
])("gives up in time on %s", async (_, told) => {
  const url = await listen(
    createTcpServer((socket) => socket.on("error", () => undefined).write(`HTTP/1.1 ${told}\r\n\r\n`)),
  );
  expect(await dial(aRequest(url, { timeoutMs: 150 }))).toEqual({ answered: false, reason: "timeout" });
});

test("headers without end are refused", async () => {
  const url = await serve((_, response) => {
    response.writeHead(200, { "x-big": "x".repeat(40_000) }).end();
  });
  expect(await dial(aRequest(url))).toEqual({ answered: false, reason: "connection" });
});

test("asks for TLS where the URL does", async () => {
  const url = await serve((_, response) => response.end());
  expect(await dial(aRequest(url.replace("http:", "https:")))).toEqual({ answered: false, reason: "tls" });
});

test("uses no connection twice", async () => {
  const ports = new Set<number | undefined>();
  const url = await serve((request, response) => {
    ports.add(request.socket.remotePort);
    response.end();
  });
  for (let call = 0; call < 3; call += 1) await dial(aRequest(url));
  expect(ports.size).toBe(3);
});

const resolving =
  (...addresses: string[]): Resolve =>
  async () =>
    addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
const publicUrl = "https://hooks.example.com/";

test.each([
  ["10.0.0.1"],
  ["8.8.8.8", "169.254.169.254"],
  ["2600::1", "::ffff:10.0.0.1"],
  ["64:ff9b::a00:1"],
  ["127.0.0.1"],
])("refuses a name behind which stands %s %s", async (...addresses) => {
  for (const policy of ["public", "loopback"] as const) {
    const result = await outbound(policy, resolving(...addresses))(aRequest(publicUrl));
    expect(result).toEqual({ answered: false, reason: "forbidden" });
  }
});

test("refuses a local name that points away from this machine", async () => {
  const result = await outbound("loopback", resolving("10.0.0.1"))(aRequest("http://localhost:1/"));
  expect(result).toEqual({ answered: false, reason: "forbidden" });
});

test("resolves once and connects to what it checked, however the answer changes", async () => {
  // An address that `localhost` does not have: whoever asks again, us or the system, gets elsewhere.
  const url = await serve((request, response) => response.end(request.headers.host), "127.0.0.2");
  let calls = 0;
  const flipping: Resolve = async () => {
    calls += 1;
    return [{ address: calls === 1 ? "127.0.0.2" : "169.254.169.254", family: 4 }];
  };
  const result = await outbound("loopback", flipping)(aRequest(url.replace("127.0.0.2", "localhost")));
  expect(result.answered && Buffer.from(result.body).toString()).toMatch(/^localhost:\d+$/);
  expect(calls).toBe(1);
});

test("a resolver that flips its answers leads to no forbidden address in 10,000 tries", async () => {
  const url = await serve((_, response) => response.end("here"), "127.0.0.2");
  const random = seededRandom(seed(41));
  const told = [
    "127.0.0.2",
    "169.254.169.254",
    "10.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "fd00:ec2::254",
  ];
  const connected: unknown[] = [];
  const note = (message: unknown) =>
    (message as { socket: Socket }).socket.once("connect", function (this: Socket) {
      connected.push(this.remoteAddress);
    });
  subscribe("net.client.socket", note);
  let allowed = 0;
  for (let tried = 0; tried < effort(10_000); tried += 1) {
    const answers = Array.from({ length: random.between(1, 2) }, () => random.pick(told));
    let asked = 0;
    // Each query, of whoever asks, gets the next answers.
    const flipping: Resolve = async () => {
      asked += 1;
      return (asked === 1 ? answers : told.slice(1)).map((address) => ({
        address,
        family: address.includes(":") ? 6 : 4,
      }));
    };
    const isAllowed = answers.every((address) => address === "127.0.0.2");
    allowed += isAllowed ? 1 : 0;
    const result = await outbound("loopback", flipping)(aRequest(url.replace("127.0.0.2", "localhost")));
    expect(result.answered ? "answered" : result.reason).toBe(isAllowed ? "answered" : "forbidden");
    expect(asked).toBe(1);
  }
  unsubscribe("net.client.socket", note);
  expect(new Set(connected)).toEqual(new Set(["127.0.0.2"]));
  expect(connected).toHaveLength(allowed);
});

test("inflates nothing: a bomb stays as small as it was sent", async () => {
  const bomb = gzipSync(Buffer.alloc(10_000_000));
  const url = await serve((request, response) => {
    expect(request.headers["accept-encoding"]).toBe("identity");
    response.writeHead(200, { "content-encoding": "gzip" }).end(bomb);
  });
  const result = await dial(aRequest(url, { maxResponseBytes: 64_000 }));
  expect(result.answered && result.body.length).toBe(bomb.length);
});

test("never resolves what the URL alone forbids", async () => {
  const watching: Resolve = () => Promise.reject(new Error("asked"));
  const result = await outbound("public", watching)(aRequest("https://10.0.0.1/"));
  expect(result).toEqual({ answered: false, reason: "forbidden" });
});

test("a name that nobody knows, or a lookup without end, is a failure", async () => {
  const unknown: Resolve = () => Promise.reject(Object.assign(new Error("no"), { code: "ENOTFOUND" }));
  expect(await outbound("public", unknown)(aRequest(publicUrl))).toEqual({
    answered: false,
    reason: "unknown_host",
  });
  const silent: Resolve = () => new Promise(() => undefined);
  const result = await outbound("public", silent)(aRequest(publicUrl, { timeoutMs: 50 }));
  expect(result).toEqual({ answered: false, reason: "timeout" });
});
