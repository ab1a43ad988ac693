import { type Instant, seconds } from "#functions/values/clock.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { times } from "./outbox.ts";

/** An event's place among all of its store: when it was published, and what tells it from others of that moment. */
export type Place = { readonly at: Instant; readonly subject: string; readonly version: number };

/** How far somebody has read: all before a moment, that moment included, or up to one event. */
export type Cursor = Place | { readonly at: Instant };

/**
 * How long what is published has before it is read: an index lags, and clocks differ. An event that is under way for
 * longer is seen in the index `due`, and nobody reads past it (`horizonOf`).
 */
export const settling = seconds(10);

/** Where an event that is still due can come to stand at the earliest, however slow its publisher or wrong their clock. */
const earliestPlace = (dueAt: Instant): Instant => dueAt - times.grace;

/** Its place if it is published now. */
export const placeAt = (dueAt: Instant, now: Instant): Instant => Math.max(now, earliestPlace(dueAt));

/** Up to where all that is published is there to be read. */
export const horizonOf = (now: Instant, firstDue: Instant | undefined): Instant =>
  Math.min(now - settling, firstDue === undefined ? now : earliestPlace(firstDue) - 1);

/** In a cursor's words, which nobody has to read. */
export const writeCursor = (cursor: Cursor): string =>
  Buffer.from(
    "subject" in cursor ? `${cursor.at} ${cursor.subject} ${cursor.version}` : `${cursor.at}`,
  ).toString("base64url");

export const readCursor = (text: string): Cursor => {
  const [, at, subject, version] =
    /^(\d{1,15})(?: (\S{1,200}) (\d{1,8}))?$/.exec(Buffer.from(text, "base64url").toString()) ?? [];
  if (at === undefined) throw new Refusal("invalid", "There is no such cursor.", { param: "$.after" });
  return subject === undefined ? { at: Number(at) } : { at: Number(at), subject, version: Number(version) };
};
