import type { Cloud } from "../cloud/cloud.ts";
import type { Request, Response } from "../cloud/gateway.ts";

/** Somebody who uses the service for a while. It ends by itself, whatever the service does to it. */
export type Actor = { readonly name: string; readonly act: (cloud: Cloud) => Promise<void> };

/** As a careful client: the same request again under the same key, a few times, longer and longer apart. */
export const persistently = async (
  { send, world }: Cloud,
  request: Request,
  tries = 4,
): Promise<Response | undefined> => {
  let response: Response | undefined;
  for (let tried = 1; tried <= tries; tried += 1) {
    response = await send(request);
    if (response && !later(response)) return response;
    await world.scheduler.sleep(world.random.below(2_000 * tried));
  }
  return response;
};

const later = ({ status }: Response): boolean => status >= 500 || status === 429 || isInFlight(status);

/** 409 stands for two things: a conflict is over at once, a request in flight is worth another try. */
const isInFlight = (status: number): boolean => status === 409;

/** Draws an idempotency key. */
export const newKey = ({ world }: Cloud): string =>
  `key-${Buffer.from(world.random.bytes(6)).toString("hex")}`;
