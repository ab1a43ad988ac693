import type { DialRequest, DialResult } from "#functions/runtime/outbound.ts";
import type { Bridge } from "./bridges.ts";
import { answered } from "./messages.ts";

export type Received = {
  readonly url: string;
  readonly at: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** Who listens to webhooks, and shops behind bridges. One that is away answers 503 until then. */
export type Receivers = {
  readonly received: readonly Received[];
  receive(request: DialRequest, now: number): DialResult | Promise<DialResult>;
  goAway(url: string, until: number): void;
  /** Until when it is away; 0: it never was. */
  awayUntil(url: string): number;
};

export const createReceivers = (bridges: () => readonly Bridge[]): Receivers => {
  const received: Received[] = [];
  const away = new Map<string, number>();
  return {
    received,
    goAway: (url, until) => void away.set(url, until),
    awayUntil: (url) => away.get(url) ?? 0,
    receive: (request, now) => {
      const { url, headers, body = "" } = request;
      const bridge = bridges().find((each) => url.startsWith(`${each.url}?`));
      if ((away.get(bridge?.url ?? url) ?? 0) > now) return answered(503);
      if (bridge) return bridge.receive(request);
      received.push({ url, at: now, headers, body });
      return answered(200);
    },
  };
};
