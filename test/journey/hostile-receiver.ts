import { createServer, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { SecureContextOptions } from "node:tls";
import { expired, good, other, selfSigned } from "#test/webhook/certificates.ts";

type Behave = (response: ServerResponse, elsewhere: string) => void;

/** What a receiver may do to whoever tells it something. The later ones take as long as they are given. */
export const hostile: readonly (readonly [string, Behave, object])[] = [
  [
    "answers without end",
    (response) => {
      const more = () => response.write("x".repeat(65_536));
      response.writeHead(200).on("drain", more);
      more();
    },
    { status: "delivered", httpStatus: 200, answer: "x".repeat(256) },
  ],
  [
    "breaks off after its 200",
    (response) => {
      response.writeHead(200, { "content-length": "100" }).write("half");
      setImmediate(() => response.socket?.resetAndDestroy());
    },
    { status: "waiting", reason: "connection" },
  ],
  [
    "leads to where metadata is",
    (response, elsewhere) => response.writeHead(307, { location: `${elsewhere}/latest/meta-data/` }).end(),
    { status: "waiting", httpStatus: 307 },
  ],
  [
    "never says how long its headers are",
    (response) => response.writeHead(200, { "x-big": "x".repeat(40_000) }).end(),
    { status: "waiting", reason: "connection" },
  ],
  [
    "speaks another protocol then",
    (response) =>
      response.socket?.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n"),
    { status: "waiting", reason: "timeout" },
  ],
  [
    "drips",
    (response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write("x"), 500);
      response.on("close", () => clearInterval(drip));
    },
    { status: "waiting", reason: "timeout" },
  ],
  ["says nothing", () => undefined, { status: "waiting", reason: "timeout" }],
];

/** Answers its test as it should, and then behaves. */
export const receiveBadly = async (behave: Behave, elsewhere: string) => {
  let isProven = false;
  const server = createServer(async (request, response) => {
    const { type, data } = JSON.parse(await text(request)) as { type: string; data: { challenge?: string } };
    if (type !== "endpoint.tested" || isProven) return behave(response, elsewhere);
    isProven = true;
    return response.end(JSON.stringify({ challenge: data.challenge }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};

/** What a receiver may show of itself. */
export const untrusted: readonly (readonly [string, SecureContextOptions])[] = [
  ["a certificate whose time is over", expired],
  ["another name's certificate", other],
  ["a certificate that it signed itself", selfSigned],
  ["TLS 1.1", { ...good, minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" }],
];

/** Answers its test as it should, under a good certificate, and then shows this. */
export const receiveUntrusted = async (shows: SecureContextOptions) => {
  const heard: string[] = [];
  const server = createSecureServer(good, async (request, response) => {
    const { type, data } = JSON.parse(await text(request)) as { type: string; data: { challenge?: string } };
    if (type === "endpoint.tested") server.setSecureContext(shows);
    else heard.push(type);
    response.end(JSON.stringify({ challenge: data.challenge }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}/webhooks`,
    heard,
    showGood: () => server.setSecureContext(good),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};
