import { lookup } from "node:dns/promises";
import {
  Agent as HttpAgent,
  type IncomingMessage,
  type RequestOptions,
  request as requestHttp,
} from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import type { LookupFunction } from "node:net";
import { type OutboundPolicy, parseOutboundUrl, type Target } from "./outbound-url.ts";
import { isLoopback, isPublicAddress } from "./public-address.ts";

export type DialRequest = {
  readonly url: string;
  readonly method: "GET" | "POST" | "PUT" | "PATCH";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Of the whole exchange, name lookup to last byte. */
  readonly timeoutMs: number;
  /** What lies beyond is not read: the status stands. */
  readonly maxResponseBytes: number;
};

export type DialResult =
  | {
      readonly answered: true;
      readonly status: number;
      readonly headers: Readonly<Record<string, string | undefined>>;
      readonly body: Uint8Array;
    }
  | { readonly answered: false; readonly reason: DialFailure };

/** `forbidden`: the URL or an address behind its name is none that a stranger may make us call. */
export type DialFailure = "forbidden" | "unknown_host" | "timeout" | "tls" | "connection";

export type Dial = (request: DialRequest) => Promise<DialResult>;
export type Resolve = (hostname: string) => Promise<readonly Address[]>;
export type Address = { readonly address: string; readonly family: number };

/**
 * The only way to hosts that others name. The name is resolved once, every address is checked, and the
 * connection goes to a checked address while TLS and Host keep the name: an answer that changes between check
 * and connect (DNS rebinding) finds nobody asking. No redirect is followed, no connection is used twice.
 */
export const outbound =
  (policy: OutboundPolicy, resolve: Resolve = resolveByDns): Dial =>
  async (request) => {
    const target = parseOutboundUrl(request.url, policy);
    return target ? await reach(target, request, resolve) : failure("forbidden");
  };

const reach = async (target: Target, request: DialRequest, resolve: Resolve): Promise<DialResult> => {
  const signal = AbortSignal.timeout(request.timeoutMs);
  try {
    const addresses = await beforeAbort(resolve(bare(target.url.hostname)), signal);
    const reason = refusalOf(target, addresses);
    if (reason) return failure(reason);
    // The signal ends the request, too, but one that Node has given up by itself tells nobody: an answer with 101, say.
    return await beforeAbort(exchange(target.url, request, addresses, signal), signal);
  } catch (error) {
    return failure(signal.aborted ? "timeout" : reasonOf(error));
  }
};

const refusalOf = ({ where }: Target, addresses: readonly Address[]): DialFailure | undefined => {
  if (addresses.length === 0) return "unknown_host";
  return addresses.every(({ address }) => mayReach[where](address)) ? undefined : "forbidden";
};

const resolveByDns: Resolve = (hostname) => lookup(hostname, { all: true, verbatim: true });

const bare = (hostname: string): string => hostname.replace(/^\[|\]$/g, "");

/** A public name that points at this machine is an attack even on a laptop. */
const mayReach = { internet: isPublicAddress, this_machine: isLoopback } as const;

const exchange = (
  url: URL,
  request: DialRequest,
  addresses: readonly Address[],
  signal: AbortSignal,
): Promise<DialResult> =>
  new Promise((answer, fail) => {
    const send = url.protocol === "https:" ? requestHttps : requestHttp;
    const sent = send(url, optionsOf(url, request, addresses, signal), (response) => {
      readUpTo(response, request.maxResponseBytes).then((body) => {
        const { statusCode = 0, headers } = response;
        answer({ answered: true, status: statusCode, headers: single(headers), body });
        sent.destroy();
      }, fail);
    });
    sent.on("error", fail);
    sent.on("socket", (socket) => {
      socket.once("connect", () => {
        if (!addresses.some(({ address }) => address === socket.remoteAddress)) {
          sent.destroy(new Error("connected elsewhere"));
        }
      });
    });
    sent.end(request.body);
  });

const optionsOf = (
  url: URL,
  { method, headers, body }: DialRequest,
  addresses: readonly Address[],
  signal: AbortSignal,
): RequestOptions => ({
  method,
  headers: {
    ...headers,
    "accept-encoding": "identity",
    ...(body === undefined ? {} : { "content-length": Buffer.byteLength(body) }),
  },
  // An agent of its own: the global one keeps connections and may follow the environment's proxy.
  agent:
    url.protocol === "https:"
      ? new HttpsAgent({ keepAlive: false, minVersion: "TLSv1.2", rejectUnauthorized: true })
      : new HttpAgent({ keepAlive: false }),
  lookup: pinned(addresses),
  maxHeaderSize: 16_384,
  signal,
});

const pinned =
  (addresses: readonly Address[]): LookupFunction =>
  (_hostname, options, answer) => {
    if (options.all) answer(null, [...addresses]);
    else answer(null, addresses[0]?.address ?? "", addresses[0]?.family);
  };

/** Reads no more than it keeps; a body that breaks off before that is a failure. */
const readUpTo = async (response: IncomingMessage, limit: number): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= limit) break;
  }
  return new Uint8Array(Buffer.concat(chunks).subarray(0, limit));
};

const single = (headers: IncomingMessage["headers"]): Record<string, string | undefined> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat().join(", ")]));

const beforeAbort = <Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> =>
  new Promise((done, fail) => {
    signal.addEventListener("abort", () => fail(signal.reason), { once: true });
    work.then(done, fail);
  });

const failure = (reason: DialFailure): DialResult => ({ answered: false, reason });

const reasonOf = (error: unknown): DialFailure => {
  const code = String((error as { code?: unknown }).code ?? "");
  if (/^(ENOTFOUND|EAI_|ENODATA)/.test(code)) return "unknown_host";
  return /CERT|SSL|TLS|EPROTO|SELF_SIGNED|ALTNAME|UNABLE_TO/.test(code) ? "tls" : "connection";
};
