import type { Random } from "./random.ts";

/** Where a process reaches the outside. */
const everywhere = ["die-before", "die-after", "slow-request", "slow-answer", "pause", "clock-jump"] as const;
const network = [...everywhere, "lost-request", "lost-answer"] as const;
const writing = [...network, "late-effect"] as const;

/**
 * All faults there are, by port. `die`: the process is gone, its memory too. `pause`: it stands still, past its own
 * time limit maybe, and goes on later. `lost-request` and `lost-answer`: the caller waits in vain, and it was not
 * done, or it was. `late-effect`: the caller has given up when it is done.
 */
export const faultKinds = {
  get: [...network, "busy"],
  query: [...network, "busy", "stale-index"],
  commit: [...writing, "busy"],
  tally: [...writing, "busy"],
  kms: [...network, "busy"],
  secrets: network,
  "stripe-read": [...network, "429", "500"],
  "stripe-write": [...writing, "409", "429", "500-not-done", "500-but-done", "500-unkept"],
  queue: [...writing, "half-taken"],
  bus: [...writing, "half-taken"],
  start: [...writing, "busy", "twice"],
  dial: [...network, "server-error", "hangs", "refuses", "redirects"],
} as const satisfies Record<string, readonly string[]>;
export type Port = keyof typeof faultKinds;
export type FaultKind = (typeof faultKinds)[Port][number];

/** What goes wrong without anybody's call. */
export const happenings = [
  "stream silent",
  "stream twice",
  "stream late",
  "bus late",
  "bus twice",
  "queue twice",
  "queue late",
  "schedule lost",
  "function timed out: killed",
  "function timed out: goes on",
  "state timed out",
  "machine timed out",
  "request arrives after death",
  "clock skewed",
  "instances replaced",
  "client hears nothing: not sent",
  "client hears nothing: done",
  "client gives up early",
  "Stripe away",
  "Stripe event lost",
  "Stripe event twice",
  "Stripe event late",
  "Stripe event forged",
  "receiver away",
] as const;
export type Happening = (typeof happenings)[number];

export const allFaults: readonly string[] = [
  ...Object.entries(faultKinds).flatMap(([port, kinds]) => kinds.map((kind) => `${port} ${kind}`)),
  ...happenings,
];

/** A call that was made: by whom, at which step of the schedule. */
export type Place = { readonly port: Port; readonly process: string; readonly step: number };

/** Decides what becomes of each call. */
export type Fates = {
  /** `undefined`: it goes well. */
  decide(place: Place): FaultKind | undefined;
  /** Whether this happens now. */
  happens(what: Happening): boolean;
  /** Longest a clock may be off, in milliseconds. */
  readonly skew: number;
  /** From now on all goes well. */
  calm(): void;
  readonly isCalm: boolean;
};

export type FaultCounts = Map<string, number>;

export const count = (counts: FaultCounts, what: string, times = 1): void =>
  void counts.set(what, (counts.get(what) ?? 0) + times);

/** How often something goes wrong in one schedule: from hardly ever to nearly always. */
const intensities = [0, 0.004, 0.012, 0.03, 0.08] as const;

/** Calls that are rare and decide much fail more often, else most schedules would never see it. */
const weights: Readonly<Record<Port, number>> = {
  get: 0.4,
  query: 1,
  commit: 2,
  tally: 1,
  kms: 2,
  secrets: 1,
  "stripe-read": 6,
  "stripe-write": 6,
  queue: 2,
  bus: 3,
  start: 4,
  dial: 3,
};

/**
 * Each schedule has its own mixture: half of the kinds do not occur in it, so that the others are not drowned, and
 * a bug that needs one fault and no other gets its chance.
 */
export const randomFates = (random: Random, counts: FaultCounts): Fates => {
  const intensity = random.pick(intensities);
  const tables = Object.fromEntries(
    Object.entries(faultKinds).map(([port, kinds]) => [
      port,
      mixtureOf(random, kinds, intensity * weights[port as Port]),
    ]),
  ) as Record<Port, (unit: number) => FaultKind | undefined>;
  const rates = new Map(
    happenings.map((what) => [what, random.chance(0.5) ? intensity * 3 * random.unit() : 0] as const),
  );
  let isCalm = false;
  return {
    skew: random.chance(0.3) ? 5 * 60_000 : 0,
    calm: () => {
      isCalm = true;
    },
    get isCalm() {
      return isCalm;
    },
    decide: ({ port }) => (isCalm ? undefined : tables[port](random.unit())),
    happens: (what) => {
      const happened = !isCalm && random.chance(rates.get(what) ?? 0);
      if (happened) count(counts, what);
      return happened;
    },
  };
};

const mixtureOf = (random: Random, kinds: readonly FaultKind[], intensity: number) => {
  const drawn = kinds.map((kind) => ({ kind, weight: random.chance(0.5) ? random.unit() : 0 }));
  const sum = drawn.reduce((total, { weight }) => total + weight, 0) || 1;
  return (unit: number): FaultKind | undefined => {
    let rest = unit;
    for (const { kind, weight } of drawn) {
      rest -= (weight / sum) * intensity;
      if (rest < 0) return kind;
    }
    return undefined;
  };
};

export type Death = { readonly call: number; readonly when: "before" | "after" };

/** Nothing goes wrong but one death at each of the given calls, counted from 1 once `begin` was called. */
export const deadlyFates = (
  deaths: readonly Death[],
): Fates & { begin(): void; readonly places: readonly Place[] } => {
  const places: Place[] = [];
  let counts = false;
  let isCalm = false;
  return {
    skew: 0,
    places,
    begin: () => {
      counts = true;
    },
    calm: () => {
      isCalm = true;
    },
    get isCalm() {
      return isCalm;
    },
    decide: (place) => {
      if (isCalm || !counts) return undefined;
      places.push(place);
      const death = deaths.find(({ call }) => call === places.length);
      return death && `die-${death.when}`;
    },
    happens: () => false,
  };
};
