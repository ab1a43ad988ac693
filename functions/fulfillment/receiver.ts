import { z } from "zod";
import type { Instant } from "#functions/values/clock.ts";

/** Which receiver a shop has, as it says itself: `php/2`, or one of its own, `acme/7`. The first ones did not say. */
export const Receiver = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,29}\/[1-9]\d{0,5}$|^unknown$/)
  .catch("unknown");
export type Receiver = z.infer<typeof Receiver>;

/** What somebody could do with the versions below; its date gives shops 30 days to replace them. */
export type Hole = {
  readonly below: number;
  readonly means: string;
  readonly noticedOn: string;
  readonly refusedFrom: string;
};
export type Receivers = Readonly<
  Record<string, { readonly newest: number; readonly holes: readonly Hole[] }>
>;

/** Those that we publish. Raise `newest` with the receiver's own version. */
export const receivers: Receivers = {
  node: { newest: 2, holes: [] },
  php: { newest: 2, holes: [] },
};

/** `refused`: no order is sent there. What a shop wrote itself is its own to judge. */
export const Standing = z.object({
  status: z.enum(["current", "warned", "refused"]),
  notice: z.string().optional(),
  refusedFrom: z.iso.date().optional(),
});
export type Standing = z.infer<typeof Standing>;

export const standingOf = (receiver: Receiver, now: Instant, known = receivers): Standing => {
  if (receiver === "unknown")
    return {
      status: "warned",
      notice: "The receiver does not say which it is. Replace it by the current one.",
    };
  const [name = "", version] = receiver.split("/");
  const { newest = 0, holes = [] } = known[name] ?? {};
  const hole = holes
    .filter(({ below }) => Number(version) < below)
    .sort((one, other) => one.refusedFrom.localeCompare(other.refusedFrom))[0];
  if (hole) {
    const { means, refusedFrom } = hole;
    const status = Date.parse(refusedFrom) <= now ? "refused" : "warned";
    return { status, notice: `${means} Replace it by ${name}/${newest}.`, refusedFrom };
  }
  if (Number(version) >= newest) return { status: "current" };
  return { status: "warned", notice: `There is a newer receiver: ${name}/${newest}.` };
};
