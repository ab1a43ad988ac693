import { parseArgs } from "node:util";
import { quantiles } from "./quantiles.ts";
import { type Prepare, type RefusalKind, refusals, refusalsInProcess } from "./refusals.ts";
import { refusalsOverHttp } from "./refusals-over-http.ts";
import { table } from "./text-table.ts";
import { tellOf, threshold } from "./welch.ts";

/**
 * `npm run bench:refusals -- [--http] [--samples 10000]`: whether the time that a refusal takes tells why a key was
 * refused. Kinds take turns in a new order each round, so that what the machine does meanwhile meets all alike.
 * Ends with 1 when a pair differs by more than chance.
 */
const timing = async (prepare: Prepare, samples: number): Promise<number> => {
  const times = new Map<RefusalKind, number[]>(refusals.map((kind) => [kind, []]));
  const warmUp = Math.ceil(samples / 5);
  for (let round = -warmUp; round < samples; round += 1)
    for (const kind of shuffled()) {
      const refused = prepare(kind);
      const begun = process.hrtime.bigint();
      await refused();
      const took = Number(process.hrtime.bigint() - begun) / 1_000;
      if (round >= 0) times.get(kind)?.push(took);
    }
  return report(times);
};

const shuffled = (): RefusalKind[] =>
  refusals
    .map((kind) => ({ kind, at: Math.random() }))
    .sort((left, right) => left.at - right.at)
    .map(({ kind }) => kind);

const report = (times: ReadonlyMap<RefusalKind, readonly number[]>): number => {
  const kinds = [...times].map(([kind, values]) => ({ kind, values }));
  const spread = kinds.map(({ kind, values }) => {
    const { p50, p95, p99 } = quantiles(values);
    return [kind, String(values.length), ...[p50, p95, p99].map((value) => value.toFixed(1))];
  });
  const pairs = kinds.flatMap((left, index) =>
    kinds.slice(index + 1).map((right) => ({
      pair: `${left.kind} / ${right.kind}`,
      tell: tellOf(left.values, right.values),
    })),
  );
  const worst = Math.max(...pairs.map(({ tell }) => tell));
  console.log(table(["refused because", "samples", "p50 µs", "p95 µs", "p99 µs"], spread));
  console.log(
    `\n${table(
      ["pair", "|t|"],
      pairs.map(({ pair, tell }) => [pair, tell.toFixed(2)]),
    )}`,
  );
  console.log(`\nlargest |t| ${worst.toFixed(2)}, told apart from ${threshold}`);
  return worst < threshold ? 0 : 1;
};

const { values } = parseArgs({
  options: { http: { type: "boolean", default: false }, samples: { type: "string" } },
});
const samples = Number(values.samples ?? (values.http ? 4_000 : 10_000));
if (!Number.isInteger(samples) || samples < 100 || samples > 1_000_000)
  throw new Error("--samples wants a whole number from 100 to 1000000");
if (values.http) {
  const cloud = await refusalsOverHttp();
  try {
    process.exitCode = await timing(cloud.prepare, samples);
  } finally {
    await cloud.stop();
  }
} else process.exitCode = await timing(refusalsInProcess(), samples);
