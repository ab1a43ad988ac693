import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fileFor, proveDomain, recordFor } from "#functions/domain/prove-domain.ts";
import { type Dial, outbound } from "#functions/runtime/outbound.ts";
import { parseResolvers, txtReader } from "#functions/runtime/outbound-dns.ts";
import { startResolver, type Told } from "#infra/local/resolver.ts";
import { ours, shop } from "./world.ts";

const asked = { storeId: ours, host: shop, token: "t".repeat(43) };
const { name, value } = recordFor(asked);
const { url, content } = fileFor(asked);

const opened: { close(): void }[] = [];
afterEach(() => {
  for (const each of opened.splice(0)) each.close();
});

describe("by DNS, asking two resolvers on loopback", () => {
  const zones = [new Map<string, Told>(), new Map<string, Told>()] as const;
  let prove: () => Promise<string>;
  beforeEach(async () => {
    const servers = await Promise.all(
      zones.map((zone) => startResolver((asked) => zone.get(asked) ?? { rcode: 3 })),
    );
    opened.push(...servers.map(({ stop }) => ({ close: stop })));
    const readTxt = txtReader(
      servers.map(({ address }) => address),
      100,
    );
    prove = () => proveDomain({ readTxt, dial: unused })(asked, "dns");
  });
  const says = (first: Told, second = first) => {
    zones[0].set(name, first);
    zones[1].set(name, second);
  };
  const there: Told = { records: [[value]] };
  const other: Told = { records: [["token=another"]] };

  it.each<[string, Told]>([
    ["one record", there],
    ["one of several records", { records: [["v=spf1 -all"], [value], ["token=another"]] }],
    ["a record in several strings", { records: [[value.slice(0, 10), value.slice(10)]] }],
  ])("%s proves it", async (_, zone) => {
    says(zone);
    expect(await prove()).toBe("proven");
  });

  it.each<[string, Told]>([
    ["another token", other],
    ["the token in other letters", { records: [[value.toUpperCase()]] }],
    ["more than the token", { records: [[`${value} or so`]] }],
    ["no record of that type", { records: [] }],
    ["no such name", { rcode: 3 }],
  ])("%s is absence", async (_, zone) => {
    says(zone);
    expect(await prove()).toBe("absent");
  });

  it.each<[string, Told, Told]>([
    ["one sees it and the other does not", there, { records: [] }],
    ["one sees it and the other another one", there, other],
    ["one sees it and the other fails, as for bogus DNSSEC", there, { rcode: 2 }],
    ["one sees nothing and the other fails", { rcode: 3 }, { rcode: 2 }],
    ["both fail", { rcode: 2 }, { rcode: 2 }],
    ["both refuse", { rcode: 5 }, { rcode: 5 }],
    ["one is silent", there, "silent"],
  ])("%s: nobody can tell", async (_, first, second) => {
    says(first, second);
    expect(await prove()).toBe("unknown");
    says(second, first);
    expect(await prove()).toBe("unknown");
  });
});

const unused: Dial = () => Promise.reject(new Error("nothing is dialed"));

describe("by a file", () => {
  const serve = async (listener: RequestListener) => {
    const server: Server = createServer(listener);
    opened.push(server);
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    const here = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    // The public name leads to this machine for the test alone; all else is the dialer of production.
    const dial: Dial = (request) =>
      outbound("loopback")({ ...request, url: request.url.replace(`https://${shop}`, here) });
    return proveDomain({ dial, readTxt: async () => [] })(asked, "https");
  };
  const text = { "content-type": "text/plain" };
  const path = new URL(url).pathname;

  it("proves it, as plain text at its path", async () => {
    const proof = serve((request, response) => {
      if (request.url === path) response.writeHead(200, text).end(`${content}\n`);
      else response.writeHead(404, text).end();
    });
    expect(await proof).toBe("proven");
  });

  it.each<[string, RequestListener]>([
    ["that is not there", (_, response) => response.writeHead(404, text).end()],
    ["that repeats its path", ({ url: at }, response) => response.writeHead(200, text).end(at)],
    [
      "of another type",
      (_, response) => response.writeHead(200, { "content-type": "text/html" }).end(content),
    ],
    ["without a type", (_, response) => response.writeHead(200).end(content)],
    ["of more than a kB", (_, response) => response.writeHead(200, text).end(content.padEnd(1_025, "\n"))],
    [
      "that is compressed",
      (_, response) =>
        response.writeHead(200, { ...text, "content-encoding": "gzip" }).end(gzipSync(content)),
    ],
    ["on another path", (_, response) => response.writeHead(301, { location: "/elsewhere" }).end(content)],
    [
      "on another host",
      (_, response) => response.writeHead(302, { location: "https://evil.example/" }).end(content),
    ],
  ])("%s proves nothing", async (_, listener) => {
    expect(await serve(listener)).toBe("absent");
  });

  it.each<[string, RequestListener]>([
    ["fails", (_, response) => response.writeHead(503, text).end(content)],
    ["is busy", (_, response) => response.writeHead(429, text).end(content)],
    ["breaks off", ({ socket }) => socket.destroy()],
  ])("a server that %s tells nothing", async (_, listener) => {
    expect(await serve(listener)).toBe("unknown");
  });

  it("is not asked for inside of our own network", async () => {
    const inside = outbound("public", async () => [{ address: "10.0.0.1", family: 4 }]);
    expect(await proveDomain({ dial: inside, readTxt: async () => [] })(asked, "https")).toBe("absent");
  });
});

it.each(["", "1.1.1.1", "1.1.1.1,1.1.1.1", "1.1.1.1,resolver.example", "1.1.1.1,::1"])(
  "two resolvers are wanted, by address: %j is refused",
  (text) => {
    expect(() => parseResolvers(text)).toThrow("DNS_RESOLVERS");
  },
);

it("resolvers may be named with a port", () => {
  expect(parseResolvers("127.0.0.1:5301,127.0.0.1:5302")).toHaveLength(2);
});
