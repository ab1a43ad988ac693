import { randomUUID } from "node:crypto";
import { account, arn, type JsonObject, NotEmbedded, region } from "./aws.ts";
import type { CloudClock } from "./clock.ts";
import type { Switches } from "./switches.ts";
import { assertTarget, deliver, type Reach, type Target } from "./target.ts";
import type { Assembly } from "./template.ts";

type Scheduled = {
  readonly name: string;
  readonly kind: "events" | "scheduler";
  readonly target: Target;
} & Timing;
type Timing = { readonly isDue: (minute: Date) => boolean; readonly everyMinutes: number };
type RuleProperties = {
  readonly ScheduleExpression?: string;
  readonly State?: string;
  readonly Targets?: readonly Target[];
};
type ScheduleProperties = {
  readonly ScheduleExpression: string;
  readonly State?: string;
  readonly Target: Target;
};

export type Schedules = {
  /** Runs once, now, every schedule that comes at least once in so many milliseconds, and waits for them. */
  sweep(within?: number): Promise<void>;
  stop(): void;
};

/** Schedules fire at full minutes; `timed: false` leaves them to `sweep`. */
export const startSchedules = (on: {
  assembly: Assembly;
  reach: Reach;
  clock: CloudClock;
  switches: Switches;
  timed: boolean;
}): Schedules => {
  const all = [...scheduledRules(on.assembly), ...schedules(on.assembly)];
  for (const each of all) assertTarget(each.target, each.name);
  const fire = async (scheduled: Scheduled) => {
    if (on.switches.isOff("rule", scheduled.name)) return;
    await deliver(on.reach, scheduled.target, eventOf(scheduled, on.clock.now()));
  };
  const timer = on.timed
    ? everyMinute(on.clock, (at) => all.filter((each) => each.isDue(at)).map(fire))
    : undefined;
  return {
    sweep: async (within = Number.POSITIVE_INFINITY) => {
      const coming = all.filter(({ everyMinutes }) => everyMinutes * 60_000 <= within);
      await Promise.all(coming.map(fire));
    },
    stop: () => clearInterval(timer),
  };
};

const everyMinute = (clock: CloudClock, fire: (minute: Date) => unknown): NodeJS.Timeout => {
  let last = minuteOf(clock.now());
  const timer = setInterval(() => {
    const minute = minuteOf(clock.now());
    if (minute > last) fire(new Date(minute * 60_000));
    last = minute;
  }, 1_000);
  return timer.unref();
};

const minuteOf = (milliseconds: number): number => Math.floor(milliseconds / 60_000);

const scheduledRules = (assembly: Assembly): readonly Scheduled[] =>
  assembly.ofType("AWS::Events::Rule").flatMap((resource) => {
    const { ScheduleExpression, State, Targets = [] } = assembly.properties<RuleProperties>(resource);
    if (!ScheduleExpression || State === "DISABLED") return [];
    const timing = timingBy(ScheduleExpression);
    return Targets.map((target) => ({
      name: assembly.ref(resource),
      kind: "events" as const,
      target,
      ...timing,
    }));
  });

const schedules = (assembly: Assembly): readonly Scheduled[] =>
  assembly.ofType("AWS::Scheduler::Schedule").flatMap((resource) => {
    const { ScheduleExpression, State, Target } = assembly.properties<ScheduleProperties>(resource);
    const timing = timingBy(ScheduleExpression);
    const scheduled = {
      name: assembly.ref(resource),
      kind: "scheduler" as const,
      target: Target,
      ...timing,
    };
    return State === "DISABLED" ? [] : [scheduled];
  });

const minutesOf: Readonly<Record<string, number>> = { minute: 1, hour: 60, day: 1_440 };

/** `rate(5 minutes)` or `cron(0 3 * * ? *)`, which is taken for a daily one. */
export const timingBy = (expression: string): Timing => {
  const rate = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression);
  if (rate) {
    const every = Number(rate[1]) * (minutesOf[rate[2] ?? ""] ?? 1);
    return { everyMinutes: every, isDue: (minute) => minuteOf(minute.getTime()) % every === 0 };
  }
  const fields = /^cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)$/.exec(expression)?.slice(1);
  if (!fields || fields.some((field) => !/^[\d*?,/]+$/.test(field)))
    throw new NotEmbedded(`schedule ${expression}`);
  return { everyMinutes: 1_440, isDue: (at) => fitsFields(fields, at) };
};

const fitsFields = (fields: readonly string[], at: Date): boolean =>
  [
    at.getUTCMinutes(),
    at.getUTCHours(),
    at.getUTCDate(),
    at.getUTCMonth() + 1,
    at.getUTCDay() + 1,
    at.getUTCFullYear(),
  ].every((value, index) => fieldFits(fields[index] ?? "*", value));

const fieldFits = (field: string, value: number): boolean =>
  field.split(",").some((part) => {
    const [start = "*", step] = part.split("/");
    if (step !== undefined) return (value - (Number(start) || 0)) % Number(step) === 0;
    return start === "*" || start === "?" || Number(start) === value;
  });

const eventOf = (scheduled: Scheduled, now: number): JsonObject => ({
  version: "0",
  id: randomUUID(),
  "detail-type": "Scheduled Event",
  source: `aws.${scheduled.kind}`,
  account,
  time: new Date(now).toISOString().replace(/\.\d+Z/, "Z"),
  region,
  resources: [arn(scheduled.kind, `rule/${scheduled.name}`)],
  detail: {},
});
