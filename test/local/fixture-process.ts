import type { CloudOptions } from "#infra/local/cloud.ts";
import { startCloud } from "#infra/local/cloud.ts";

/** The fixture's cloud as a process of its own, which a test may kill; says where it is when it is up. */
const options = JSON.parse(process.argv[2] ?? "{}") as CloudOptions;
const cloud = await startCloud(options);
console.log(JSON.stringify({ api: cloud.urls.agentApi }));
