import { parseArgs } from "node:util";
import { quantiles } from "./quantiles.ts";
import { type Samples, sampled, sampledByEngines } from "./refusal-samples.ts";
import { refusalsOverHttp } from "./refusals-over-http.ts";
import { table } from "./text-table.ts";
import { tellOf, threshold } from "./welch.ts";

/**
 * `npm run bench:refusals -- [--http] [--samples 10000]`: whether the time that a refusal takes tells why a key was
 * refused. Ends with 1 when a pair differs by more than chance.
 */
const report = (samples: Samples): number => {
  const kinds = [...samples].map(([kind, values]) => ({ kind, values }));
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

const overHttp = async (samples: number): Promise<Samples> => {
  const cloud = await refusalsOverHttp();
  try {
    return await sampled(cloud.prepare, samples);
  } finally {
    await cloud.stop();
  }
};

const { values } = parseArgs({
  options: { http: { type: "boolean", default: false }, samples: { type: "string" } },
});
const samples = Number(values.samples ?? (values.http ? 4_000 : 10_000));
if (!Number.isInteger(samples) || samples < 100 || samples > 1_000_000)
  throw new Error("--samples wants a whole number from 100 to 1000000");
process.exitCode = report(await (values.http ? overHttp(samples) : sampledByEngines(samples)));
