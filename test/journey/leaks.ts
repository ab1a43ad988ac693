import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { addresses, canaries } from "./canary.ts";
import { rowsOf } from "./tables.ts";
import type { World } from "./world.ts";

/** A place where something may lie in clear: a file, a row, what passed through the cloud, what somebody was told. */
export type Sink = { readonly name: string; readonly text: string };

/**
 * What of a person or of a secret can be read in the sinks, each finding with its place: empty is as it should be.
 * `people` are words that stand for a person, in any case, in base64 or hex.
 */
export const leaksIn = (sinks: Iterable<Sink>, people: readonly string[] = canaries): string[] =>
  [...sinks].flatMap(({ name, text }) => [
    ...people.filter((word) => spelledIn(text, word)).map((word) => `${name} holds the person ${word}`),
    ...addresses
      .filter((each) => hashedIn(text, each))
      .map(() => `${name} holds the hash of an e-mail address`),
    ...Object.entries(forms)
      .filter(([kind]) => !mayHold(name, kind))
      .flatMap(([kind, form]) => (form.test(text) ? [`${name} holds a ${kind}`] : [])),
  ]);

/** By their form. The code has a net of its own (`runtime/sensitive.ts`); what finds its holes must not be the same. */
const forms = {
  "license key": /lk_(?:live|test)_[0-9A-Za-z]{30}/,
  "webhook secret": /whsec_[\w+/=-]{12}/,
  "webhook key": /whsk_[\w+/=-]{12}/,
  "bridge secret": /brsec_[0-9a-f]{12}/,
  "WooCommerce key": /c[ks]_[0-9a-f]{40}/,
  "Stripe key": /(?:sk|rk)_(?:live|test)_\w{6}/,
  "payment token": /spt_[0-9A-Za-z]{12}/,
  JWT: /eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]+/,
  "card number": /(?<!\d)4242(?:[ -]?4242){3}(?!\d)/,
} as const;

/** Secrets belong to Secrets Manager, and to Stripe those that it gave. */
const mayHold = (name: string, kind: string): boolean =>
  basename(name) === "secrets.json" ||
  (basename(name) === "stripe.json" && ["webhook secret", "payment token"].includes(kind));

/** As text in any case, as hex, or within base64 at each offset: its middle, which does not hang on the neighbors. */
export const spelledIn = (text: string, plain: string): boolean => {
  const lower = text.toLowerCase();
  return (
    lower.includes(plain.toLowerCase()) ||
    lower.includes(Buffer.from(plain).toString("hex")) ||
    [0, 1, 2].some((offset) => {
      const middle = Buffer.from("x".repeat(offset) + plain)
        .toString("base64")
        .slice(4, -4);
      return middle.length >= 8 && text.includes(middle);
    })
  );
};

const hashedIn = (text: string, address: string): boolean =>
  [address, address.toLowerCase()].some((each) =>
    (["hex", "base64", "base64url"] as const).some((encoding) =>
      text.includes(createHash("sha256").update(each).digest(encoding).replace(/=+$/, "")),
    ),
  );

/** Every file below a directory: tables, queues, keys, secrets and log of a cloud that keeps them there. */
export const filesIn = (directory: string): Sink[] =>
  readdirSync(directory, { recursive: true, encoding: "utf8" })
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => ({ name: path, text: readFileSync(path, "latin1") }));

/** Rows as they are read, and what a running world remembers: events, messages, executions, its log, what others were told. */
export const memoryOf = async (
  world: Pick<World, "laptop" | "assembly" | "intents" | "overheard">,
): Promise<Sink[]> => {
  const { journal, log } = world.laptop.cloud;
  return [
    ...(await rowsOf(world)).map(({ table, ...row }) => ({
      name: `a row of ${table}`,
      text: JSON.stringify(row),
    })),
    ...journal.map(({ kind, content }) => ({ name: `passing ${kind}`, text: JSON.stringify(content) })),
    ...log.lines.map(({ source, text }) => ({ name: `a log line of ${source}`, text })),
    ...world.intents().map((intent) => ({ name: "a PaymentIntent", text: JSON.stringify(intent) })),
    ...world.overheard.map((heard) => ({ name: "a webhook", text: JSON.stringify(heard) })),
  ];
};

/** Fails with every finding: what a story ends with, whatever it was about. */
export const expectNoLeak = (sinks: readonly Sink[]): void => {
  const leaks = [...new Set(leaksIn(sinks))];
  if (leaks.length > 0) throw new Error(`In clear: ${leaks.slice(0, 20).join("; ")}`);
};
