import type { Test } from "./erasures.ts";
import type { Page, Section } from "./page.ts";
import { type Provider, standing } from "./providers.ts";
import { criteria, type Held, type Requirement, requirements } from "./saq-requirements.ts";

/** What a run of the tests said of one that is named here. */
export type Outcome = "passed" | "failed" | "not run";

type On = {
  readonly date: string;
  readonly providers: readonly Provider[];
  readonly outcomeOf: (test: Test) => Outcome;
};

const holders: Readonly<Record<Held, string>> = {
  code: "**this service**",
  shared: "**this service** and the operator",
  operator: "the operator",
  nothing: "nothing to hold",
};

const counted: Readonly<Record<Held, string>> = {
  code: "Held here",
  shared: "Held here and by the operator",
  operator: "By the operator",
  nothing: "Nothing to hold",
};

/** What the operator can show for each line of the questionnaire, and what is left for them to answer. */
export const saqA = (on: On): Page => ({
  name: "saq-a",
  title: "PCI DSS SAQ A: evidence",
  text: [
    "Evidence for the Self-Assessment Questionnaire A of PCI DSS v4.0.1, revision of January 2025, for merchants whose orders through agents are taken by this service. It is no questionnaire and no attestation: the merchant answers and signs, for all channels in which they take cards, and the acquirer says which questionnaire applies.",
    "Whoever operates this for other merchants than themselves is a service provider, for whom SAQ A is not made: for them the same facts go into SAQ D.",
  ],
  sections: [
    section("May SAQ A be answered at all?", criteria, on),
    section("The requirements", requirements, on),
    providersOn(on),
  ],
});

const section = (title: string, all: readonly Requirement[], on: On): Section => ({
  title,
  text: [`${all.length} lines. ${countsOf(all)}.`],
  table: {
    head: [
      "Line",
      "What is asked",
      "Held by",
      "What holds it here",
      "The test that goes red",
      "Left for the operator",
    ],
    rows: all.map(({ id, asks, held, how, tests, operator = "" }) => [
      id,
      asks,
      holders[held],
      how,
      tests.map((test) => shown(test, on.outcomeOf(test))).join("<br>"),
      operator,
    ]),
  },
});

const countsOf = (all: readonly Requirement[]): string =>
  Object.entries(Object.groupBy(all, ({ held }) => held))
    .map(([held, some = []]) => `${counted[held as Held]}: ${some.length}`)
    .join(" · ");

const marks: Readonly<Record<Outcome, string>> = {
  passed: "✓ passed: ",
  failed: "✗ **failed**: ",
  "not run": "",
};

const shown = ({ file, title }: Test, outcome: Outcome): string =>
  `${marks[outcome]}\`${file}\`: ${title.replaceAll("%s", "…")}`;

const providersOn = ({ providers, date }: On): Section => ({
  title: "Providers",
  text: [
    "Account data is Stripe's alone: it collects the card, or the agent's platform does under Stripe's rules, and gives a token that is good for one store, and up to an amount and a time. AWS runs the rest.",
  ],
  table: {
    head: ["Provider", "Does", "Attestation of compliance", "Last one seen", "Stands"],
    rows: providers.map((each) => [
      each.name,
      each.does,
      each.attestation,
      each.attested ?? "·",
      standing(each, date) === "current" ? "current" : `**${standing(each, date)}**`,
    ]),
  },
});
