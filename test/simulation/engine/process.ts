import { count, type Fates, type FaultCounts, type FaultKind, type Place, type Port } from "./faults.ts";
import type { Random } from "./random.ts";
import type { Scheduler } from "./scheduler.ts";

/** One running instance of a function: it has a clock of its own, and dies with all that it knows. */
export type Process = {
  readonly name: string;
  alive: boolean;
  /** How far its clock is off. */
  skew: number;
  /** It stands still until then. */
  pausedUntil: number;
  /** Whoever waits for it hears of its end. */
  died: () => void;
};

export type Call<Value> = {
  readonly port: Port;
  /** For the trace: what is asked of whom. */
  readonly about: string;
  readonly perform: () => Value | Promise<Value>;
  /** What the caller gets when no answer comes; may throw. */
  readonly unanswered: () => Value;
  /** Kinds of fault that only this port has. */
  readonly special?: Partial<Record<FaultKind, () => Value | Promise<Value>>>;
};

export type World = {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly fates: Fates;
  readonly counts: FaultCounts;
  readonly trace: (line: string) => void;
};

/** How long a client waits for each port before it gives up, its own retries included. */
const patience: Readonly<Record<Port, number>> = {
  get: 8_000,
  query: 8_000,
  commit: 8_000,
  tally: 500,
  kms: 3_000,
  secrets: 6_000,
  "stripe-read": 10_000,
  "stripe-write": 10_000,
  queue: 9_000,
  bus: 6_000,
  start: 9_000,
  dial: 15_000,
};

/**
 * The only way out of a process. The call waits for its turn; then its fate is drawn. What a dead process asked for
 * is never answered, though it may still arrive.
 */
export const reach = <Value>(world: World, process: Process, call: Call<Value>): Promise<Value> =>
  new Promise((resolve, reject) => {
    if (!process.alive) return;
    const settle = (value: Value | Promise<Value>) => {
      if (process.alive) Promise.resolve(value).then(resolve, reject);
      else quietly(value);
    };
    const attempt = new Attempt(world, process, call, settle, reject);
    world.scheduler.soon(`${process.name} ${call.port} ${call.about}`, () => attempt.run());
  });

class Attempt<Value> {
  readonly #world: World;
  readonly #process: Process;
  readonly #call: Call<Value>;
  readonly #answer: (value: Value | Promise<Value>) => void;
  readonly #fail: (error: unknown) => void;

  constructor(
    world: World,
    process: Process,
    call: Call<Value>,
    answer: (value: Value | Promise<Value>) => void,
    fail: (error: unknown) => void,
  ) {
    this.#world = world;
    this.#process = process;
    this.#call = call;
    this.#answer = answer;
    this.#fail = fail;
  }

  run(): void {
    const { scheduler, fates, trace } = this.#world;
    if (!this.#process.alive) this.#afterDeath();
    else if (this.#process.pausedUntil > scheduler.now())
      this.#later(this.#process.pausedUntil, () => this.run());
    else this.#meet(fates.decide(this.#place(scheduler.steps())), trace);
  }

  #place(step: number): Place {
    return { port: this.#call.port, process: this.#process.name, step };
  }

  #meet(fault: FaultKind | undefined, trace: World["trace"]): void {
    if (fault) trace(`  ${fault}`);
    if (fault === undefined) this.#answer(this.#do());
    else this.#suffer(fault);
  }

  #suffer(fault: FaultKind): void {
    count(this.#world.counts, `${this.#call.port} ${fault}`);
    const special = this.#call.special?.[fault];
    const suffer: Partial<Record<FaultKind, () => void>> = {
      "die-before": () => this.#die(),
      "die-after": () => {
        quietly(this.#do());
        this.#die();
      },
      "lost-request": () => this.#later(this.#soon(), () => this.#giveUp()),
      "lost-answer": () => {
        quietly(this.#do());
        this.#later(this.#soon(), () => this.#giveUp());
      },
      "late-effect": () => {
        const givenUp = this.#soon();
        this.#later(givenUp, () => this.#giveUp());
        this.#later(givenUp + this.#upTo(90_000), () => quietly(this.#do()));
      },
      "slow-request": () => this.#later(this.#soon(), () => this.#answer(this.#do())),
      "slow-answer": () => {
        const done = attempted(this.#do());
        this.#later(this.#soon(), () => this.#answer(done()));
      },
      pause: () => {
        this.#process.pausedUntil = this.#world.scheduler.now() + this.#upTo(150_000);
        this.run();
      },
      "clock-jump": () => {
        this.#process.skew = this.#world.random.between(-300_000, 300_000);
        this.#answer(this.#do());
      },
    };
    const act = special ? () => this.#answer(protect(special)) : suffer[fault];
    if (!act) throw new Error(`${this.#call.port} knows no ${fault}`);
    act();
  }

  #do(): Value | Promise<Value> {
    return protect(this.#call.perform);
  }

  /** What was on its way when its sender died arrives, or it does not. */
  #afterDeath(): void {
    if (!this.#world.fates.happens("request arrives after death")) return;
    this.#world.trace("  arrives after its sender's death");
    quietly(this.#do());
  }

  #die(): void {
    this.#process.alive = false;
    this.#process.died();
  }

  #giveUp(): void {
    try {
      this.#answer(this.#call.unanswered());
    } catch (error) {
      if (this.#process.alive) this.#fail(error);
    }
  }

  #later(time: number, run: () => void): void {
    this.#world.scheduler.at(time, `${this.#process.name} ${this.#call.port} ${this.#call.about} …`, run);
  }

  #soon(): number {
    return this.#world.scheduler.now() + this.#upTo(patience[this.#call.port]);
  }

  /** Mostly short, now and then the whole time. */
  #upTo(most: number): number {
    return Math.ceil(most * this.#world.random.unit() ** 2);
  }
}

/** A throw becomes a rejection, as from any real client. */
const protect = <Value>(run: () => Value | Promise<Value>): Value | Promise<Value> => {
  try {
    return run();
  } catch (error) {
    return Promise.reject(error);
  }
};

const quietly = (done: unknown): void => {
  if (done instanceof Promise) done.catch(() => undefined);
};

const attempted = <Value>(done: Value | Promise<Value>): (() => Value | Promise<Value>) => {
  quietly(done);
  return () => done;
};

export const newProcess = (world: World, name: string): Process => {
  const { fates, random, counts } = world;
  const skew = fates.isCalm || fates.skew === 0 ? 0 : random.between(-fates.skew, fates.skew);
  if (skew !== 0) count(counts, "clock skewed");
  return { name, alive: true, skew, pausedUntil: 0, died: () => undefined };
};
