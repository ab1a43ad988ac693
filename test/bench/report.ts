import type { Account } from "./account.ts";
import type { BundleFigures } from "./bundles.ts";
import { type FirstAttempt, soonest } from "./first-attempt.ts";
import type { Level } from "./levels.ts";
import { assumptions } from "./prices.ts";
import { calls } from "./purchase.ts";
import type { SerialPath } from "./serial-path.ts";
import { table } from "./text-table.ts";
import type { WebhookFigures } from "./webhooks.ts";

export type Report = {
  readonly machine: string;
  readonly levels: readonly Level[];
  readonly account: Account;
  readonly webhooks: readonly WebhookFigures[];
  readonly firstAttempt: FirstAttempt;
  readonly serialPath: SerialPath;
  readonly bundles: readonly BundleFigures[];
};

export const reportText = (report: Report): string =>
  [
    `One purchase: create → update → complete, over HTTP with keep-alive, on ${report.machine}.`,
    "Buyers, the embedded cloud and its functions share these cores: the figures compare releases, not AWS.",
    speeds(report.levels),
    durations(report.levels),
    webhooks(report.webhooks),
    firstAttempt(report.firstAttempt),
    bills(report),
    `These prices assume:${assumptions.map((each) => `\n- ${each}`).join("")}`,
    path(report.serialPath),
    sizes(report.bundles),
  ].join("\n\n");

const speeds = (levels: readonly Level[]): string =>
  table(
    ["buyers", "orders", "orders/s", "settled/s", "cloud's loop busy"],
    levels.map((each) => [
      String(each.buyers),
      String(each.orders),
      each.ordersPerSecond.toFixed(1),
      each.settledPerSecond.toFixed(1),
      `${Math.round(each.loopBusy * 100)} %`,
    ]),
  );

const durations = (levels: readonly Level[]): string =>
  table(
    ["ms", ...levels.flatMap(({ buyers }) => [`p50 @${buyers}`, `p95 @${buyers}`, `p99 @${buyers}`])],
    [...calls, "purchase" as const].map((name) => [
      name,
      ...levels.flatMap(({ milliseconds }) => {
        const { p50, p95, p99 } = milliseconds[name];
        return [p50, p95, p99].map((each) => each.toFixed(0));
      }),
    ]),
  );

const webhooks = (all: readonly WebhookFigures[]): string =>
  table(
    ["endpoints", "webhooks", "webhooks/s", "commit to receipt, ms: p50", "p99"],
    all.map(({ endpoints, webhooks, perSecond, commitToReceipt: { p50, p99 } }) => [
      String(endpoints),
      String(webhooks),
      perSecond.toFixed(1),
      p50.toFixed(0),
      p99.toFixed(0),
    ]),
  );

const firstAttempt = ({ webhooks, simulated, code, together }: FirstAttempt): string =>
  [
    `First attempt after an event's commit, where nothing fails (${webhooks} webhooks in the simulator, code on this machine):`,
    table(
      ["ms, p99", ""],
      [
        ["what AWS takes, simulated", simulated.toFixed(0)],
        ...Object.entries(code).map(([name, took]) => [name, took.toFixed(0)]),
        ["together", together.toFixed(0)],
        [together > soonest ? "MORE THAN PROMISED" : "promised", String(soonest)],
      ],
    ),
  ].join("\n");

/** Prices at the first level: with few buyers nothing shares a batch, so it is the dearest. */
const bills = ({ levels, account }: Report): string =>
  table(
    ["AWS calls an order", ...levels.map(({ buyers }) => `@${buyers}`), "$ a million orders"],
    [
      ...account.lines.map((line) => [
        `${line.service} ${line.action}`,
        ...line.callsPerOrder.map((each) => each.toFixed(2)),
        (line.dollarsPerMillionOrders[0] ?? 0).toFixed(2),
      ]),
      ["all", ...levels.map(() => ""), (account.dollarsPerMillionOrders[0] ?? 0).toFixed(2)],
    ],
  );

const path = ({ steps, length, hops }: SerialPath): string =>
  [
    `Serial path of a warm complete: ${length} calls one after another, ${steps.length} in all,`,
    `through ${hops.length} hops (${hops.map((hop) => hop.replace("Invoke ", "")).join(" → ")}).`,
    table(
      ["#", "by", "call"],
      steps.map(({ place, by, service, what }) => [String(place), by, `${service} ${what}`]),
      3,
    ),
  ].join("\n");

const sizes = (bundles: readonly BundleFigures[]): string =>
  table(
    ["function", "bundle, kB", "import over bare Node, ms"],
    bundles.map((each) => [each.handler, each.kilobytes.toFixed(0), each.importMilliseconds.toFixed(0)]),
  );
