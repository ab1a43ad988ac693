import type { Test } from "./erasures.ts";

/** `code`: held here. `shared`: held here, and something is the operator's. `nothing`: there is nothing it could be about. */
export type Held = "code" | "shared" | "operator" | "nothing";

export type Requirement = {
  /** Of PCI DSS v4.0.1, or a criterion for being allowed to answer SAQ A. */
  readonly id: string;
  readonly asks: string;
  readonly held: Held;
  readonly how: string;
  readonly tests: readonly Test[];
  /** What whoever operates this has to do or show besides. */
  readonly operator?: string;
};

const at = (file: string, title: string): Test => ({ file: `test/${file}.test.ts`, title });

const noCards = at(
  "runtime/card-every-route",
  "no card number is accepted at any place of any route's body whose class forbids it",
);
const nothingReadable = at(
  "journey/privacy",
  "it can be read in no table, queue, log line, event, message, execution or webhook, nor at Stripe",
);
const secondFactor = at("infra/release", "since a role takes in only who has its tag and a second factor");
const closedRoles = at(
  "infra/security",
  "hangs on the role alone: no managed policy, no policy beside it, no user",
);

/** What has to be true before SAQ A may be answered at all (January 2025 revision). */
export const criteria: readonly Requirement[] = [
  {
    id: "Card not present",
    asks: "Only e-commerce or mail and telephone orders.",
    held: "code",
    how: "There is an API that agents call, and no terminal. No route takes a card.",
    tests: [noCards],
  },
  {
    id: "Processing is outsourced",
    asks: "All processing of account data is a compliant provider's.",
    held: "code",
    how: "The buyer's agent gets a token from Stripe and hands it on; one file talks to Stripe.",
    tests: [at("infra/architecture", "one file knows Stripe's SDK")],
  },
  {
    id: "No account data here",
    asks: "Nothing is stored, processed or transmitted electronically by the merchant.",
    held: "code",
    how: "A card number anywhere in a request is refused with 422 before anything is stored or logged, and a search of all that journeys leave finds none.",
    tests: [noCards, at("journey/bad-input", "a card number, anywhere"), nothingReadable],
  },
  {
    id: "Providers are compliant",
    asks: "The merchant has confirmed that its providers comply for the services used.",
    held: "operator",
    how: "The table of providers below holds the date on which their attestation was last seen.",
    tests: [],
    operator:
      "Get the attestations of compliance each year and enter their dates in `infra/evidence/providers.ts`.",
  },
  {
    id: "Paper only",
    asks: "What account data is kept is on paper and was not received electronically.",
    held: "nothing",
    how: "The service prints and receives no paper.",
    tests: [],
    operator: "Answer for telephone and mail orders that you take elsewhere.",
  },
  {
    id: "Payment page is the provider's",
    asks: "All elements of the payment page come from the provider alone.",
    held: "code",
    how: "No page is served to a buyer: JSON only. The one page there is shows the APIs' documents to who integrates, and takes nothing.",
    tests: [at("infra/evidence", "serves no page but that of the APIs' documents, which takes nothing")],
  },
  {
    id: "No script attacks",
    asks: "The site is not susceptible to scripts that could affect the e-commerce system.",
    held: "shared",
    how: "No page takes anything. The one with the APIs' documents runs the scripts beside it and no other, by its policy. Without an embedded payment form the criterion does not apply (PCI SSC FAQ 1588).",
    tests: [at("infra/evidence", "serves no page but that of the APIs' documents, which takes nothing")],
    operator: "Answer for your own shop's pages where they embed a payment form.",
  },
];

export const requirements: readonly Requirement[] = [
  {
    id: "2.2.2",
    asks: "Vendors' default accounts are removed, or have their password changed.",
    held: "shared",
    how: "No servers and no accounts: functions with closed roles. Secrets are generated at deployment or put by the operator; none has a default.",
    tests: [closedRoles],
    operator: "The account's root user: a second factor, and no access keys.",
  },
  {
    id: "3.1.1",
    asks: "Policies and procedures for stored account data are written down, in use and known.",
    held: "nothing",
    how: "None is stored. The data map is the policy for all else, and the code obeys it.",
    tests: [
      at("privacy/stored-data", "what people do in a shop writes nothing that the inventory does not know"),
    ],
  },
  {
    id: "3.2.1",
    asks: "Stored account data is kept to a minimum and deleted when its time is over.",
    held: "nothing",
    how: "None is stored; the sealed payment token, which is none, is wiped when its attempt is final.",
    tests: [
      nothingReadable,
      at("payment/kill-tokens", "leaves none of many tokens usable, wherever its calls die"),
    ],
  },
  {
    id: "6.3.1",
    asks: "Vulnerabilities are found, from known sources, and ranked.",
    held: "shared",
    how: "No release is built of packages with a known hole of weight; each names its packages in an SBOM. They are few and pinned by a lock file.",
    tests: [
      at(
        "infra/release-pipeline",
        "is built of packages without a grave hole that is known, all tests green, and says which they are",
      ),
    ],
    operator: "Amazon Inspector on the functions, and who reads its findings.",
  },
  {
    id: "6.3.3",
    asks: "Patches are installed; critical ones within a month.",
    held: "shared",
    how: "Lambda patches its runtime, and a runtime that is not current is a finding that fails the build.",
    tests: [at("infra/nag", "finds nothing in %s that is not acknowledged")],
    operator: "Release updated dependencies within a month of a critical fix.",
  },
  {
    id: "8.2.1",
    asks: "Everybody has an id of their own before they get access.",
    held: "shared",
    how: "A key belongs to one named principal of one store, and keeps its role.",
    tests: [
      at(
        "access/issue-license-key",
        "a name stands for one principal, however often and in parallel it is used",
      ),
    ],
    operator: "One identity a person in IAM Identity Center.",
  },
  {
    id: "8.2.2",
    asks: "Shared accounts only as an exception, for a limited time, approved and attributed.",
    held: "shared",
    how: "Support is one named person with exact scopes for minutes; every act is on record.",
    tests: [
      at(
        "support/support",
        "lets one named person in for an hour, to look at what was granted and nothing else",
      ),
    ],
    operator: "No shared logins to the AWS account or to Stripe.",
  },
  {
    id: "8.2.5",
    asks: "Whoever leaves loses access at once.",
    held: "shared",
    how: "One call ends all keys of a principal, for every request that begins after its answer.",
    tests: [
      at("access/license-keys", "whoever leaves: all their keys end in one call, and they get no other"),
      at("access/authorize.property", "no request that begins after a revocation was answered gets through"),
    ],
    operator: "Remove leavers from IAM Identity Center and from Stripe.",
  },
  {
    id: "8.3.1",
    asks: "Access wants at least one factor of authentication.",
    held: "shared",
    how: "Every route but those that are public by their protocol wants a key of 256 random bits. People who release want a second factor.",
    tests: [
      at(
        "access/authorize.property",
        "of all headers only the one right form gets through, and every other gets the same answer",
      ),
      at(
        "infra/gateway",
        "asks for a license key on every method but discovery, documents, public keys, what Stripe and GitHub sign, and what it says itself",
      ),
      secondFactor,
    ],
    operator: "Demand a phishing-resistant factor in IAM Identity Center.",
  },
  ...(
    [
      ["8.3.5", "First passwords are unique and changed at first use."],
      ["8.3.6", "Passwords are long and mixed enough."],
      ["8.3.7", "None of the last four passwords is used again."],
      ["8.3.9", "Passwords that are the only factor end after 90 days."],
    ] as const
  ).map(
    ([id, asks]): Requirement => ({
      id,
      asks,
      held: "nothing",
      how: "There are no passwords. Keys are random, shown once, stored as a digest, and suspended when nobody uses or reviews them for 90 days.",
      tests: [
        at("access/license-key.property", "every minted key parses to itself, is unique and is one word"),
        at(
          "access/sweep-keys",
          "a key that is not used for 90 days is suspended after three warnings, though somebody reviewed it",
        ),
      ],
      operator: "The password policy of whatever signs your people in.",
    }),
  ),
  ...(
    [
      ["9.4.1", "Media with cardholder data are physically secured."],
      ["9.4.1.1", "Offline backups of it are kept in a safe place."],
      ["9.4.2", "Such media are classified."],
      ["9.4.3", "Such media that are sent out are tracked and secured."],
      ["9.4.4", "Their moves are approved."],
      ["9.4.6", "Hard copies are destroyed when they are no longer needed."],
    ] as const
  ).map(
    ([id, asks]): Requirement => ({
      id,
      asks,
      held: "nothing",
      how: "There is no cardholder data and no medium; AWS answers for its data centers.",
      tests: [],
    }),
  ),
  {
    id: "11.3.2",
    asks: "An approved vendor scans from outside every three months, and the scan passes.",
    held: "operator",
    how: "What a scan sees: two hosts, TLS only, a firewall before them.",
    tests: [
      at(
        "infra/gateway",
        "speaks TLS 1.3 to agents and at least 1.2 with forward secrecy to stores, checked by name",
      ),
      at(
        "infra/gateway",
        "stands behind a firewall that counts what ordinary servers do and hides keys in its log",
      ),
    ],
    operator:
      "Have both API hosts scanned by an approved scanning vendor, and keep four passing scans a year.",
  },
  {
    id: "11.3.2.1",
    asks: "It is scanned again after each significant change.",
    held: "operator",
    how: "Each release is approved by its commit and the hashes of all that is published.",
    tests: [
      at(
        "infra/release-pipeline",
        "is asked for by its commit and by the hashes of its template and of all that is published",
      ),
    ],
    operator: "Decide at the approval whether the change is significant, and order the scan.",
  },
  {
    id: "12.8.1",
    asks: "There is a list of providers, with what each does.",
    held: "code",
    how: "The table of providers below, and *Who else learns what* in the data map.",
    tests: [at("infra/evidence", "names every file that reaches out, under the one whom it reaches")],
  },
  ...(
    [
      ["12.8.2", "Agreements with providers are written, and they acknowledge their responsibility."],
      ["12.8.3", "There is a process before a provider is engaged."],
      ["12.8.4", "Their compliance is looked at once a year."],
    ] as const
  ).map(
    ([id, asks]): Requirement => ({
      id,
      asks,
      held: "operator",
      how: "The dates below turn overdue after 365 days, and the command then fails.",
      tests: [at("infra/evidence", "an attestation that was seen more than a year ago is overdue")],
      operator: "Keep the agreements with Stripe and AWS, and their attestations.",
    }),
  ),
  {
    id: "12.8.5",
    asks: "It is known which requirement is whose.",
    held: "code",
    how: "The column *Held by* of this page.",
    tests: [at("infra/evidence", "says of each requirement of SAQ A once who holds it")],
  },
  {
    id: "12.10.1",
    asks: "There is a plan for incidents, ready to be used.",
    held: "shared",
    how: "Keys are revoked, tokens killed and the people concerned listed by one command each; `functions/audit/README.md` has the order and the 72 hours.",
    tests: [
      at(
        "audit/commands",
        "affected lists whose data a key was shown, or anybody in a time, and nobody else",
      ),
      at(
        "payment/kill-tokens",
        "lets no charge start after its answer, whoever comes, dies, takes over or calls again",
      ),
    ],
    operator: "Names and telephone numbers, your acquirer's and Stripe's among them, and a rehearsal a year.",
  },
];
