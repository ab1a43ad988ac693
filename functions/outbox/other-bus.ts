import type { Instant } from "#functions/values/clock.ts";

/** Puts one event on a bus of another account, by its ARN; answers the error's code where the bus did not take it. */
export type PutOnBus = (busArn: string, event: BusEvent) => Promise<string | undefined>;
export type BusEvent = { readonly type: string; readonly detail: string; readonly occurredAt: Instant };

const busArn = /^(arn:aws[a-z-]*:events:[a-z0-9-]+):(\d{12}):event-bus\/[\w./-]{1,256}$/;

/**
 * Whether it is a bus of somebody else in our region: on one of our own whatever we put would pass for a fact of ours.
 * `home` is the ARN of our account's buses as far as the account, `arn:aws:events:us-east-1:111122223333`.
 */
export const isOtherBus = (arn: string, home: string): boolean => {
  const [, region, account] = busArn.exec(arn) ?? [];
  return region !== undefined && home.startsWith(`${region}:`) && home !== `${region}:${account}`;
};
