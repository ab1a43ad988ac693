import { afterEach, beforeEach, expect, test } from "vitest";
import type { Actor } from "#functions/audit/audit.ts";
import { type PutStripeSecrets, putStripeSecrets } from "#functions/payment/put-stripe-secrets.ts";
import { proveStripeKeyClient, stripeWith, verifyWith } from "#functions/payment/stripe.client.ts";
import type { Stripe } from "#functions/payment/stripe.ts";
import { StripeMisconfigured } from "#functions/payment/stripe-response.ts";
import { environmentOf } from "#functions/runtime/environment.ts";
import { cached } from "#functions/runtime/secrets.client.ts";
import { hours, minutes } from "#functions/values/clock.ts";
import { digestOf } from "#infra/local/stripe/signature.ts";
import { startStripe } from "#infra/local/stripe/start-stripe.ts";
import { effort, seed } from "#test/effort.ts";
import { memoryPlatform } from "#test/fakes/memory-platform.ts";
import { type Random, seededRandom } from "#test/simulation/engine/random.ts";
import { aKey, testMode, wanted } from "./stripe-subject.ts";

const arns = { keys: "arn:stripe", signing: "arn:stripe-events" };

/** Secrets that count how often they are read, and Stripe, which knows the keys in `accepted` and no other. */
const house = async (liveAllowed = true) => {
  const on = memoryPlatform();
  const accepted = ["sk_test_0"];
  const embedded = await startStripe({ secretKeys: accepted, now: on.now });
  const texts = new Map([
    [arns.keys, '{"test":"sk_test_0","live":"sk_live_0"}'],
    [arns.signing, '{"own":["whsec_own_of_the_first_day"],"connect":[]}'],
  ]);
  const counts = { read: 0 };
  const read = async (arn: string) => {
    counts.read += 1;
    return texts.get(arn) ?? "";
  };
  const written = new Map<string, string>();
  const write = async (arn: string, text: string, token: string) => {
    if ((written.get(token) ?? text) !== text) return false;
    written.set(token, text);
    texts.set(arn, text);
    return true;
  };
  const environment = environmentOf({ STRIPE_SECRET_ARN: arns.keys, STRIPE_API_BASE: embedded.url });
  const prove = proveStripeKeyClient({ ...on, environment });
  const secrets = { read, write };
  const ops = putStripeSecrets({ ...on, secrets, stripeSecretArns: arns, prove, liveAllowed });
  let requests = 0;
  return {
    on,
    accepted,
    embedded,
    texts,
    counts,
    put: (given: PutStripeSecrets["secrets"]) => {
      requests += 1;
      const actor: Actor = { role: "operator", requestId: `request-${requests}` };
      return ops({ secrets: given, reason: "rolled" }, actor);
    },
    instance: () => stripeWith(environment, cached(on.now, read)),
    verifier: () => {
      const kept = cached(on.now, read);
      return verifyWith(on.now, () => kept(arns.signing));
    },
  };
};
type House = Awaited<ReturnType<typeof house>>;

let on: House;
beforeEach(async () => {
  on = await house();
});
afterEach(() => on.embedded.stop());

const pay = async (stripe: Stripe): Promise<boolean> => {
  const answer = await stripe.createPaymentIntent(testMode, wanted(), aKey()).catch(() => undefined);
  return answer?.outcome === "authorized";
};

/** The operator rolls the key at Stripe, with its overlap or without one, and puts the new one here; all go on paying. */
const rollKey = async (random: Random, nth: number, crowd: () => Promise<boolean>[]): Promise<boolean[]> => {
  const key = `${random.pick(["sk", "rk"])}_test_${nth}`;
  const [old = ""] = on.accepted.splice(0, 1, key);
  on.accepted.push(old);
  const beside = await Promise.all([on.put({ key }), ...crowd()]);
  if (random.chance(0.5)) on.on.clock.advance(random.below(minutes(10)));
  const between = await Promise.all(crowd());
  on.accepted.splice(1, 1);
  const after = await Promise.all(crowd());
  on.on.clock.advance(random.below(minutes(10)));
  return [...beside.slice(1), ...between, ...after, ...(await Promise.all(crowd()))] as boolean[];
};

test("the key is rolled under load: nothing that is asked of Stripe fails or is done twice, and the old key is used no more", async () => {
  const random = seededRandom(seed(71));
  const instances = Array.from({ length: 4 }, on.instance);
  const crowd = () => Array.from({ length: 3 }, () => pay(random.pick(instances)));
  await Promise.all(instances.map(pay));
  const rounds = effort(1_000, 50);
  const paid: boolean[] = [];
  for (let nth = 1; nth <= rounds; nth += 1) paid.push(...(await rollKey(random, nth, crowd)));
  expect(paid.filter((isPaid) => !isPaid)).toEqual([]);
  expect(paid).toHaveLength(rounds * 12);
  expect(on.embedded.state.all("intent")).toHaveLength(rounds * 12 + instances.length);
  expect(on.accepted).toHaveLength(1);
}, 300_000);

test("calls that are refused at once read the secret again once, and a wrong key not for ever", async () => {
  const stripe = on.instance();
  await pay(stripe);
  on.accepted.splice(0, 1, "sk_test_1");
  on.texts.set(arns.keys, '{"test":"sk_test_1"}');
  on.counts.read = 0;
  expect(await Promise.all([1, 2, 3, 4].map(() => pay(stripe)))).toEqual([true, true, true, true]);
  expect(on.counts.read).toBe(1);
  on.accepted.splice(0, 1, "sk_test_2");
  on.counts.read = 0;
  await expect(stripe.createPaymentIntent(testMode, wanted(), aKey())).rejects.toThrow(StripeMisconfigured);
  expect(on.counts.read).toBe(1);
});

test("a key that Stripe does not let in replaces none, and the other mode's stays", async () => {
  await expect(on.put({ key: "sk_test_unknown" })).rejects.toMatchObject({ code: "invalid" });
  expect(on.texts.get(arns.keys)).toBe('{"test":"sk_test_0","live":"sk_live_0"}');
  on.accepted.push("rk_test_new");
  await on.put({ key: "rk_test_new" });
  await on.put({ key: "rk_test_new" });
  expect(JSON.parse(on.texts.get(arns.keys) ?? "")).toMatchObject({ test: "rk_test_new", live: "sk_live_0" });
  await expect(on.put({})).rejects.toMatchObject({ code: "missing" });
});

test("a stage for tests takes no key that moves money", async () => {
  const tests = await house(false);
  await expect(tests.put({ key: "sk_live_1" })).rejects.toMatchObject({ code: "invalid" });
  await tests.embedded.stop();
});

test("what was put is on record by its kind, and is nowhere else but in the secret", async () => {
  await on.put({ key: "sk_test_0", own: "whsec_own_of_the_second_day" });
  expect(on.on.table.rows("audit")).toMatchObject([
    { action: "stripe_secrets.put", reason: "rolled", about: { secrets: "key own", mode: "test" } },
  ]);
  expect(JSON.stringify([on.on.table.rows("audit"), on.on.logged])).not.toMatch(/sk_test|whsec/);
});

const body = new TextEncoder().encode('{"id":"evt_1"}');

/** As Stripe signs: by each secret that is good there. */
const signedBy = (secrets: readonly string[]): string => {
  const at = Math.floor(on.on.now() / 1_000);
  return [`t=${at}`, ...secrets.map((secret) => `v1=${digestOf(body, at, secret)}`)].join(",");
};

type Fleet = { random: Random; instances: ReturnType<House["verifier"]>[] };

/** Rolled at Stripe, which signs by both for its overlap, and put here while that lasts. Answers what was refused. */
const rollSigning = async ({ random, instances }: Fleet, current: string, next: string): Promise<number> => {
  const rolledAt = on.on.now();
  const overlap = random.between(hours(1), hours(24));
  let refused = 0;
  const hear = async (signature: string) => {
    refused += Number((await random.pick(instances)(body, signature)) === undefined);
  };
  const underWay = signedBy([current]);
  on.on.clock.advance(random.below(minutes(4)));
  await hear(signedBy([next, current]));
  await Promise.all([on.put({ own: next }), hear(signedBy([next, current])), hear(underWay)]);
  // Somebody who has read the secret only now.
  refused += Number((await on.verifier()(body, underWay)) === undefined);
  for (let step = 0; step < 4; step += 1) {
    on.on.clock.advance(random.below(minutes(8)));
    await hear(signedBy([next, current]));
  }
  on.on.clock.set(rolledAt + overlap);
  await Promise.all(instances.map(() => hear(signedBy([next]))));
  return refused;
};

test("signing secrets are rolled under load: no event is refused, and what only the old one signs is after a day", async () => {
  const fleet = { random: seededRandom(seed(72)), instances: Array.from({ length: 4 }, on.verifier) };
  let current = "whsec_own_of_the_first_day";
  for (let nth = 1; nth <= effort(1_000); nth += 1) {
    const next = `whsec_own_of_another_day_${nth}`;
    const rolledAt = on.on.now();
    expect(await rollSigning(fleet, current, next)).toBe(0);
    on.on.clock.set(rolledAt + hours(24) + minutes(5));
    const stale = await Promise.all(fleet.instances.map((verify) => verify(body, signedBy([current]))));
    expect(stale).toEqual(fleet.instances.map(() => undefined));
    current = next;
  }
}, 300_000);
