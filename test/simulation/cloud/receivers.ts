import type { DialRequest, DialResult } from "#functions/runtime/outbound.ts";
import { answered } from "./messages.ts";

export type Received = {
  readonly url: string;
  readonly at: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** Who listens to webhooks. One that is away answers 503 until then. */
export type Receivers = {
  readonly received: readonly Received[];
  receive(request: DialRequest, now: number): DialResult;
  goAway(url: string, until: number): void;
};

export const createReceivers = (): Receivers => {
  const received: Received[] = [];
  const away = new Map<string, number>();
  return {
    received,
    goAway: (url, until) => void away.set(url, until),
    receive: ({ url, headers, body = "" }, now) => {
      if ((away.get(url) ?? 0) > now) return answered(503);
      received.push({ url, at: now, headers, body });
      return answered(200);
    },
  };
};
