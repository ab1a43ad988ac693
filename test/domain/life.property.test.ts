import { expect, it } from "vitest";
import { type Claim, claimOf, isAnothers, outdoes } from "#functions/domain/claim.ts";
import {
  type Challenge,
  challenged,
  type Domain,
  ended,
  openChallenge,
  type Proof,
  rechecked,
  times,
  verified,
} from "#functions/domain/domain.ts";
import { hours, type Instant, minutes } from "#functions/values/clock.ts";
import type { StoreId } from "#functions/values/id.ts";
import { effort, seed } from "#test/effort.ts";
import { type Random, seededRandom } from "#test/simulation/engine/random.ts";

const stores = ["store_a", "store_b"] as unknown as readonly StoreId[];
const hosts = ["one.example", "two.example"] as const;
type Host = (typeof hosts)[number];

/** The rules as the operations put them together, and what really happened, which knows no rule. */
class History {
  now: Instant = 0;
  #tokens = 0;
  readonly #domains = new Map<string, Domain>();
  readonly #claims = new Map<Host, Claim>();
  readonly #published = new Set<string>();
  /** By store and host: when its token was last seen there by a look that counted. */
  readonly #seen = new Map<string, Instant>();
  readonly #used = new Set<string>();
  readonly #lastProof = new Map<Host, Instant>();
  readonly problems: string[] = [];

  challenge(store: StoreId, host: Host, random: Random): void {
    const token = `t${++this.#tokens}`;
    const wanted = { storeId: store, livemode: true, host, scope: "host", method: "dns" } as const;
    this.#put(challenged(this.#at(store, host), wanted, token, this.now));
    if (random.chance(0.8)) this.#published.add(`${host} ${token}`);
  }

  verify(store: StoreId, host: Host, isDark: boolean): void {
    const before = this.#at(store, host);
    const challenge = before && openChallenge(before, this.now);
    if (!challenge || this.#look(host, challenge.token, isDark) !== "proven") return;
    if (!this.#makesWay(store, host, challenge)) return;
    if (this.#used.has(challenge.token)) this.problems.push("a token proved twice");
    this.#used.add(challenge.token);
    const after = verified(before, challenge, this.now);
    this.#claims.set(host, claimOf(this.#claims.get(host), after));
    this.#put(after);
    this.#seen.set(`${store} ${host}`, this.now);
    this.#lastProof.set(host, this.now);
  }

  /** Whether nobody else speaks for the host any more. */
  #makesWay(store: StoreId, host: Host, challenge: Challenge): boolean {
    const claim = this.#claims.get(host);
    if (!isAnothers(claim, store)) return true;
    if (!outdoes(challenge, claim)) return false;
    const theirs = this.#at(claim.storeId, host);
    if (theirs) this.#end(theirs, "transferred");
    if (challenge.createdAt <= (this.#lastProof.get(host) ?? 0))
      this.problems.push("a challenge from before the last proof took a domain");
    return true;
  }

  /** Time passes, and the sweeper looks at whatever is due. */
  pass(time: number, isDark: boolean): void {
    const until = this.now + time;
    for (let next = this.#nextDue(); next && next.nextCheckAt <= until; next = this.#nextDue()) {
      this.now = Math.max(this.now, next.nextCheckAt);
      this.#recheck(next.domain, isDark);
    }
    this.now = until;
  }

  #nextDue() {
    let next: { domain: Domain; nextCheckAt: Instant } | undefined;
    for (const domain of this.#domains.values()) {
      const { nextCheckAt } = domain;
      if (nextCheckAt !== undefined && nextCheckAt < (next?.nextCheckAt ?? Number.POSITIVE_INFINITY))
        next = { domain, nextCheckAt };
    }
    return next;
  }

  #recheck(before: Domain, isDark: boolean): void {
    const { token = "", host, storeId } = before;
    const proof = this.#look(host as Host, token, isDark);
    const after = rechecked(before, proof, this.now);
    if (proof === "proven") this.#seen.set(`${storeId} ${host}`, this.now);
    if (after.status === "verified") this.#put(after);
    else this.#end(before, "suspended");
  }

  remove(store: StoreId, host: Host): void {
    const before = this.#at(store, host);
    if (before && before.status !== "removed") this.#end(before, "removed");
  }

  unpublish(host: Host): void {
    for (const each of this.#published) if (each.startsWith(host)) this.#published.delete(each);
  }

  /** Whether the store may begin a session, and what speaks against it. */
  create(store: StoreId): void {
    for (const host of hosts) if (this.#at(store, host)?.status === "verified") this.#judge(store, host);
  }

  #judge(store: StoreId, host: Host): void {
    const seen = this.#seen.get(`${store} ${host}`) ?? Number.NEGATIVE_INFINITY;
    if (this.now - seen > longestUnseen)
      this.problems.push("a session for a domain that was not proven, has ended, or was not seen for days");
    if (stores.some((each) => each !== store && this.#at(each, host)?.status === "verified"))
      this.problems.push("two stores speak for a domain");
  }

  #look(host: Host, token: string, isDark: boolean): Proof {
    if (isDark) return "unknown";
    return this.#published.has(`${host} ${token}`) ? "proven" : "absent";
  }

  #end(before: Domain, how: "suspended" | "transferred" | "removed"): void {
    const after = ended(before, how, this.now);
    const claim = this.#claims.get(before.host as Host);
    if (before.status === "verified" && claim?.storeId === before.storeId)
      this.#claims.set(before.host as Host, claimOf(claim, after));
    this.#seen.delete(`${before.storeId} ${before.host}`);
    this.#put(after);
  }

  #at(store: StoreId, host: Host): Domain | undefined {
    return this.#domains.get(`${store} ${host}`);
  }

  #put(domain: Domain): void {
    this.#domains.set(`${domain.storeId} ${domain.host}`, domain);
  }
}

/** The last look before a domain is believed no more is a day before the one that ends it, at the most. */
const longestUnseen = times.unseen + times.missing;

const steps = 16;

const run = (random: Random): History => {
  const history = new History();
  for (let step = 0; step < steps; step += 1) {
    const [store, host] = [random.pick(stores), random.pick(hosts)];
    const isDark = random.chance(0.1);
    switch (random.below(8)) {
      case 0:
        history.challenge(store, host, random);
        break;
      case 1:
      case 2:
        history.verify(store, host, isDark);
        break;
      case 3:
        history.remove(store, host);
        break;
      case 4:
        history.unpublish(host);
        break;
      case 5:
        history.now += minutes(random.below(60));
        break;
      default:
        history.pass(hours(random.pick([1, 12, 24, 100, 200])), isDark);
    }
    history.create(store);
  }
  return history;
};

it("no history of verifying, expiring, suspending, transferring and removing lets a store sell on a domain that is not its own", () => {
  const first = seed(8);
  for (let number = 0; number < effort(1_000_000); number += 1) {
    const { problems } = run(seededRandom(first + number));
    expect(problems, `SEED=${first + number}`).toEqual([]);
  }
});
