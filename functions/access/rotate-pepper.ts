import { z } from "zod";
import { recordedAct } from "#functions/audit/audit.store.ts";
import { Reason } from "#functions/audit/audit.ts";
import { sha256 } from "#functions/runtime/canonical-json.ts";
import { secretKept } from "#functions/runtime/secrets.client.ts";
import type { Table } from "#functions/runtime/table.ts";
import { type Clock, days, type Instant, minutes } from "#functions/values/clock.ts";
import type { RandomBytes } from "#functions/values/id.ts";
import { type PepperSecret, parsePepperSecret } from "./pepper.ts";
import type { By } from "./record-act.ts";

export const RotatePepper = z.strictObject({
  reason: Reason,
  /** From the answer to the call before. */
  cursor: z.strictObject({ version: z.string() }).optional(),
});
export type RotatePepper = z.infer<typeof RotatePepper>;

/** The pepper's secret as it is now, past every cache. */
export type PepperVault = {
  read(): Promise<string>;
  /** Once per token: answers false where somebody has written something else under it. */
  write(text: string, token: string): Promise<boolean>;
};

export type RotatesPeppers = {
  vault: PepperVault;
  table: Pick<Table, "commit">;
  now: Clock;
  random: RandomBytes;
};

export type Rotated =
  | { readonly done: true; readonly version: string; readonly retired: readonly string[] }
  /** Ask again with the cursor, after the wait. */
  | { readonly done: false; readonly waitSeconds: number; readonly cursor: { readonly version: string } };

const times = {
  /** Until every instance has read what was written, and a slow clock of one, too. */
  settle: secretKept + minutes(1),
  /** A key that was not used since is suspended by then, so nothing that works is still under a former version. */
  former: days(91),
} as const;

/**
 * A new pepper beside the old one; current once every instance knows it; and each key comes under it when it is next
 * used. All of it is in the secret, so a call that dies is simply made again. What was current long ago goes at the
 * next rotation. The secret is no row, so the record of each step goes before it: it says what was tried.
 */
export const rotatePepper =
  (on: RotatesPeppers) =>
  async ({ reason, cursor }: RotatePepper, by: By): Promise<Rotated> => {
    const before = parsePepperSecret(await on.vault.read());
    const now = on.now();
    if (cursor && before.current === cursor.version)
      return { done: true, version: before.current, retired: before.retired };
    const { next } = before;
    if (next && now < next.addedAt + times.settle) return again(next, now);
    return next
      ? step(on, { reason, by, version: next.version }, switched(before, next.version, now), now)
      : step(on, { reason, by, version: newest(before) }, added(before, on, now), now);
  };

type Act = { readonly reason: string; readonly by: By; readonly version: string };

const step = async (
  on: RotatesPeppers,
  { reason, by, version }: Act,
  after: PepperSecret,
  now: Instant,
): Promise<Rotated> => {
  const made = after.next ? "added" : "current";
  await on.table.commit([
    recordedAct({ ...by, action: "pepper.rotated", at: now, reason, about: { version, step: made } }),
  ]);
  // Somebody was faster: what they wrote is what the next call goes on with.
  await on.vault.write(JSON.stringify(after), sha256(`pepper ${version} ${made}`));
  return again(after.next ?? { version, addedAt: now - times.settle }, now);
};

const again = ({ version, addedAt }: { version: string; addedAt: Instant }, now: Instant): Rotated => ({
  done: false,
  waitSeconds: Math.max(0, Math.ceil((addedAt + times.settle - now) / 1_000)),
  cursor: { version },
});

const added = (before: PepperSecret, { random }: RotatesPeppers, now: Instant): PepperSecret => {
  const gone = Object.entries(before.replacedAt).flatMap(([version, at]) =>
    at + times.former <= now ? [version] : [],
  );
  const kept = Object.entries(before.versions).filter(([version]) => !gone.includes(version));
  const version = newest(before);
  return {
    ...before,
    versions: { ...Object.fromEntries(kept), [version]: Buffer.from(random(48)).toString("base64url") },
    next: { version, addedAt: now },
    replacedAt: Object.fromEntries(
      Object.entries(before.replacedAt).filter(([former]) => !gone.includes(former)),
    ),
    retired: [...before.retired, ...gone],
  };
};

/** Of a version that is not there yet: its name. */
const newest = ({ versions, retired }: PepperSecret): string =>
  String(Math.max(...[...Object.keys(versions), ...retired].map(Number)) + 1);

const switched = ({ next: _, ...before }: PepperSecret, version: string, now: Instant): PepperSecret => ({
  ...before,
  current: version,
  replacedAt: { ...before.replacedAt, [before.current]: now },
});
