import { type Deployed, keyOf, nameOf } from "./deployed.ts";
import type { Section } from "./page.ts";

type Row = { readonly id: string; readonly properties: Readonly<Record<string, unknown>> };

/** Where something passes by or is kept besides tables, as deployed. */
export const places = (deployed: Deployed): Section[] => [
  queues(deployed),
  logs(deployed),
  secrets(deployed),
];

const queues = (deployed: Deployed): Section => ({
  title: "Queues, bus and topics",
  text: [
    "Ids travel, data stays: a message names what happened to what, and its reader looks up the rest by its own grant.",
  ],
  table: {
    head: ["Name", "Kind", "KMS key", "Kept"],
    rows: [
      ...deployed.ofType("AWS::SQS::Queue").map((each) => row(each, "QueueName", "queue", daysOf(each))),
      ...deployed.ofType("AWS::Events::EventBus").map((each) => row(each, "Name", "event bus", "in passing")),
      ...deployed.ofType("AWS::SNS::Topic").map((each) => row(each, "TopicName", "topic", "in passing")),
    ],
  },
});

const logs = (deployed: Deployed): Section => {
  const rows = deployed.ofType("AWS::Logs::LogGroup").map(({ properties }) => [
    // Functions have one each, all alike.
    `\`${nameOf(properties["LogGroupName"]).replace(/^(\/aws\/lambda\/).*/, "$1…")}\``,
    keyOf(properties),
    `${properties["RetentionInDays"]} days`,
    properties["DataProtectionPolicy"] ? "yes" : "**no**",
  ]);
  const alike = Object.groupBy(rows, (cells) => cells.join("|"));
  return {
    title: "Logs",
    text: [
      "Typed fields, a classifier beneath them, and CloudWatch's own masking beneath both. No bodies, headers, queries or execution data.",
    ],
    table: {
      head: ["Log group", "How many", "KMS key", "Kept", "Masked by CloudWatch"],
      rows: Object.values(alike).map((some = []) => {
        const [name = "", ...facts] = some[0] ?? [];
        return [name, String(some.length), ...facts];
      }),
    },
  };
};

const secrets = (deployed: Deployed): Section => ({
  title: "Keys and secrets",
  table: {
    head: ["Name", "Kind", "What it is for", "Turns"],
    rows: [
      ...deployed
        .ofType("AWS::KMS::Key")
        .map(({ id, properties }) => [
          `\`${id.slice(0, -8)}\``,
          "KMS key",
          uses[keyOf({ id })] ?? String(properties["Description"]),
          properties["EnableKeyRotation"]
            ? `every ${properties["RotationPeriodInDays"] ?? 365} days`
            : "by a new key: it signs",
        ]),
      ...deployed
        .ofType("AWS::SecretsManager::Secret")
        .map(({ properties }) => [
          `\`${properties["Name"]}\``,
          "secret",
          String(properties["Description"]),
          "by command, or at its issuer",
        ]),
    ],
  },
});

const uses: Readonly<Record<string, string>> = {
  records: "What the shop knows: tables and secrets",
  people: "Who its buyers are: the keys of stores, which open the keys of checkouts",
  operations: "What it takes to run it: logs, queues, bus, topics",
  seals: "Signs the audit's seals, and opens nothing",
  release: "What a release is made of, and its logs",
};

const row = ({ id, properties }: Row, name: string, kind: string, kept: string): string[] => [
  `\`${properties[name] === undefined ? id : nameOf(properties[name])}\``,
  kind,
  keyOf(properties),
  kept,
];

const daysOf = ({ properties }: Row): string =>
  `${Math.round(Number(properties["MessageRetentionPeriod"] ?? 345_600) / 86_400)} days`;
