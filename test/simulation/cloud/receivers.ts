import type { BusEvent } from "#functions/outbox/other-bus.ts";
import type { DialRequest, DialResult } from "#functions/runtime/outbound.ts";
import type { Process } from "../engine/process.ts";
import type { Scheduler } from "../engine/scheduler.ts";
import { answered } from "./messages.ts";
import { serving } from "./serving.ts";

export type Received = {
  readonly url: string;
  readonly at: number;
  /** When the run began that told it. */
  readonly since: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** Who listens to webhooks, to buses of other accounts, shops behind bridges, and agents' feeds. One that is away answers 503 until then. */
export type Receivers = {
  readonly received: readonly Received[];
  receive(request: DialRequest, now: number): DialResult | Promise<DialResult>;
  /** Somebody begins to speak to it. What that answers is called once it is over. */
  spoken(url: string, by: Process): () => void;
  /** By receiver: how many spoke to it at once at most, without those that had died or stood still. */
  readonly peaks: ReadonlyMap<string, number>;
  /** On a bus by its ARN; answers the error's code. */
  put(busArn: string, event: BusEvent, now: number): string | undefined;
  goAway(url: string, until: number): void;
  /** Until when it is away; 0: it never was. */
  awayUntil(url: string): number;
};

/** Somebody who does more than listen: all under its URL is asked of it. */
type Site = { readonly url: string; receive(request: DialRequest): Promise<DialResult> };

type Needs = {
  readonly sites: () => readonly Site[];
  readonly sleep: Scheduler["sleep"];
};

export const createReceivers = ({ sites, sleep }: Needs): Receivers => {
  const received: Received[] = [];
  const away = new Map<string, number>();
  const open = new Map<string, readonly { readonly by: Process }[]>();
  const peaks = new Map<string, number>();
  return {
    received,
    peaks,
    spoken: (url, by) => {
      const own = { by };
      const all = [...(open.get(url) ?? []).filter(isInTime), own];
      open.set(url, all);
      peaks.set(url, Math.max(peaks.get(url) ?? 0, all.filter(isInTime).length));
      return () =>
        void open.set(
          url,
          (open.get(url) ?? []).filter((each) => each !== own),
        );
    },
    put: (busArn, { detail }, now) => {
      if ((away.get(busArn) ?? 0) > now) return "InternalFailure";
      received.push({ url: busArn, at: now, since: begun(now), headers: {}, body: detail });
      return undefined;
    },
    goAway: (url, until) => void away.set(url, until),
    awayUntil: (url) => away.get(url) ?? 0,
    receive: (request, now) => {
      const { url, headers, body = "" } = request;
      const site = sites().find((each) =>
        [`${each.url}?`, `${each.url}/`].some((root) => url.startsWith(root)),
      );
      if ((away.get(site?.url ?? url) ?? 0) > now) return { ...answered(503), headers: asksFor(url) };
      if (site) return site.receive(request);
      received.push({ url, at: now, since: begun(now), headers, body });
      return isSlow(url) ? sleep(thinks).then(() => answered(200)) : answered(200);
    },
  };
};

const begun = (now: number): number => serving.getStore()?.since ?? now;

/** Who listens there has nothing to do with any store, and does not mind what comes. */
export const strangersUrl = "https://stranger.example.com/hook";

/** So long that others are sent to it meanwhile. */
const thinks = 8_000;

/** By its own name, so that no other chance is moved by it: one in six. */
export const isSlow = (url: string): boolean => url.charCodeAt(url.length - 1) % 8 === 0;

/** Some want to be left alone for longer than an endpoint is: by their names, too. */
const asksFor = (url: string): Record<string, string> =>
  url.charCodeAt(url.length - 3) % 4 === 0 ? { "retry-after": "7200" } : {};

const isInTime = ({ by }: { readonly by: Process }): boolean => by.alive && by.pausedUntil === 0;
