import { describe, expect, it, test } from "vitest";
import packages from "../../package.json" with { type: "json" };
import { handlerOf } from "./granted.ts";
import { resourcesOf, templatesOf } from "./synthesized.ts";
import { cycleIn, type Import, readTree, type SourceFile, sourceFile } from "./tree.ts";

const tree = readTree("functions", "events");

type Rule = {
  /** What this file does that it may not; `undefined` when all is well. */
  readonly broken: (file: SourceFile) => string | undefined;
  /** A file that breaks the rule, so that the rule is known to bite. */
  readonly planted: SourceFile;
};

const imports = (file: SourceFile, forbidden: (imported: Import) => boolean): string | undefined =>
  file.imports.find(forbidden)?.of;

/** Only these files, given by pattern, import what matches. */
const only = (allowed: RegExp, vendor: RegExp, planted: string): Rule => ({
  broken: (file) => (allowed.test(file.path) ? undefined : imports(file, ({ of }) => vendor.test(of))),
  planted: sourceFile("functions/checkout/checkout.ts", planted),
});

/** Files in the folder import nothing but this. */
const within = (folder: RegExp, allowed: RegExp, planted: SourceFile): Rule => ({
  broken: (file) => (folder.test(file.path) ? imports(file, ({ of }) => !allowed.test(of)) : undefined),
  planted,
});

/** First words of operations. A one-word file that is none is a noun, but for the lists of their contracts. */
const verbs =
  "abort accept apply authorize begin brake bring cancel capture challenge change close complete confirm count create deliver end erase examine export fan follow forget get grant heal import issue kill list look mark name open operate patch place prepare prove publish put read reapply rebuild receive recheck reconcile record rectify rehearse release remove reserve restore restrict resume return review revoke rewrap roll rotate seal settle stand start stop submit suspend sweep tell test turn verify vouch want watch";
const isOperation = (path: string): boolean =>
  verbs.split(" ").includes(/\/([a-z]+)(-[a-z-]+)?\.ts$/.exec(path)?.[1] ?? "");
const isNoun = (path: string): boolean =>
  /^functions\/(?!runtime|acp)[a-z]+\/(?!routes|command)[a-z]+\.ts$/.test(path) && !isOperation(path);

const rules: Readonly<Record<string, Rule>> = {
  "events know zod, each other and values": within(
    // But for the script that writes the published schemas.
    /^events\/(?!publish-schemas\.ts)/,
    /^(zod$|events\/|functions\/values\/)/,
    sourceFile("events/order-placed.ts", 'import { Order } from "#functions/order/order.ts";'),
  ),
  "nobody is followed, and no browser of another origin let in": {
    broken: ({ text }) =>
      /set-cookie|access-control-allow|document\.cookie|google-analytics/i.exec(text)?.[0],
    planted: sourceFile("functions/acp/protocol.ts", 'const headers = { "Set-Cookie": "visitor=1" };'),
  },
  // What it dials is AWS, Stripe by its library, and what stores named; a host in the code is one more: GitHub's, whose
  // keys sign what it found in public. Nobody dials the two specifications.
  "no host is named but GitHub's and those of two specifications": {
    broken: ({ path, text }) =>
      path.startsWith("functions/")
        ? [
            ...text
              .replace(/^\s*(\/?\*|\/\/).*$/gm, "")
              .matchAll(/https?:\/\/([a-z0-9-]+(?:\.[a-z0-9-]+)+)/gi),
          ].find(
            ([, host]) => !["acp.dev", "api.github.com", "datatracker.ietf.org"].includes(host ?? ""),
          )?.[0]
        : undefined,
    planted: sourceFile("functions/acp/protocol.ts", 'await fetch("https://collect.example.com/v1");'),
  },
  "values know zod and each other": within(
    /^functions\/values\//,
    /^(zod$|functions\/values\/)/,
    sourceFile("functions/values/money.ts", 'import { createHash } from "node:crypto";'),
  ),
  "one file talks to DynamoDB, and one to copies of its tables, over one connection": only(
    /^functions\/runtime\/table(-connection|-copy)?\.client\.ts$/,
    /dynamodb/,
    'import { DynamoDBClient } from "@aws-sdk/client-dynamodb";',
  ),
  "one file talks to queues": only(
    /^functions\/runtime\/queue\.client\.ts$/,
    /client-sqs/,
    'import { SQSClient } from "@aws-sdk/client-sqs";',
  ),
  "one file starts workflows": only(
    /^functions\/runtime\/workflow\.client\.ts$/,
    /client-sfn/,
    'export * from "@aws-sdk/client-sfn";',
  ),
  "one file reads secrets": only(
    /^functions\/runtime\/secrets\.client\.ts$/,
    /client-secrets-manager/,
    'const client = await import("@aws-sdk/client-secrets-manager");',
  ),
  "one file knows Stripe's SDK": only(
    /^functions\/payment\/stripe\.client\.ts$/,
    /^stripe(\/|$)/,
    'import Stripe from "stripe";',
  ),
  "one file carries the documents' viewer": only(
    /^functions\/docs\/viewer\.ts$/,
    /^swagger-ui/,
    'import viewer from "swagger-ui-dist/swagger-ui-bundle.js";',
  ),
  "one file opens what is sealed and knows KMS, and one signs": only(
    /^functions\/(privacy\/envelope|audit\/signing)\.client\.ts$/,
    /^@aws-crypto\/|client-kms/,
    'import { KMSClient } from "@aws-sdk/client-kms";',
  ),
  "only the outbox puts events": only(
    /^functions\/outbox\//,
    /client-eventbridge/,
    'import type { PutEventsCommand } from "@aws-sdk/client-eventbridge";',
  ),
  "one file asks resolvers for records": {
    broken: (file) =>
      /^functions\/runtime\/outbound(-dns)?\.ts$/.test(file.path)
        ? undefined
        : imports(file, ({ of, typeOnly }) => !typeOnly && /^(node:)?dns(\/promises)?$/.test(of)),
    planted: sourceFile("functions/domain/host.ts", 'import { Resolver } from "node:dns/promises";'),
  },
  "one file reads CSV": only(
    /^functions\/runtime\/csv\.ts$/,
    /^csv-parse/,
    'import { parse } from "csv-parse/sync";',
  ),
  "one file knows the public suffixes": only(
    /^functions\/domain\/host\.ts$/,
    /^tldts/,
    'import { getPublicSuffix } from "tldts";',
  ),
  "no certificate goes unchecked": {
    broken: (file) =>
      /rejectUnauthorized: false|NODE_TLS_REJECT_UNAUTHORIZED|checkServerIdentity/.exec(file.text)?.[0],
    planted: sourceFile(
      "functions/domain/host.ts",
      "const agent = new Agent({ rejectUnauthorized: false });",
    ),
  },
  "one file opens connections": {
    broken: (file) =>
      file.path === "functions/runtime/outbound.ts"
        ? undefined
        : (imports(
            file,
            ({ of, typeOnly }) => !typeOnly && /^(node:)?(https?|http2|tls|dgram|undici)$/.test(of),
          ) ?? /\bnew WebSocket\(|(?<![.\w])fetch\(|\b(connect|createConnection)\(\{/.exec(file.text)?.[0]),
    planted: sourceFile("functions/webhook/kinds.ts", 'await fetch("https://example.com");'),
  },
  "one file reads the environment": {
    broken: (file) =>
      file.path === "functions/runtime/environment.ts" ? undefined : /\bprocess\.env\b/.exec(file.text)?.[0],
    planted: sourceFile("functions/store/store.ts", "const stage = process.env.STAGE;"),
  },
  "the environment is read where a function is wired": {
    broken: (file) =>
      /^functions\/runtime\/(environment|lambda)\.ts$/.test(file.path)
        ? undefined
        : /\bprocessEnvironment\b/.exec(file.text)?.[0],
    planted: sourceFile("functions/store/store.ts", "const stage = processEnvironment();"),
  },
  "a module keeps nothing between calls: here all functions share it": {
    broken: (file) =>
      /^(export )?(let |const [^=]+ = (new (Map|Set|WeakMap)(<.*>)?\(\)|new \w*Client\(|\[\];|\{\};))/m.exec(
        file.text,
      )?.[0],
    planted: sourceFile("functions/store/store.ts", "const seen = new Map<string, Store>();"),
  },
  "nouns run no store, client or operation": {
    broken: (file) =>
      isNoun(file.path)
        ? imports(
            file,
            ({ of, typeOnly }) =>
              !typeOnly &&
              of.startsWith("functions/") &&
              (/\.(store|client|handler)\.ts$/.test(of) || isOperation(of)),
          )
        : undefined,
    planted: sourceFile("functions/order/order.ts", 'import { placeOrder } from "./place-order.ts";'),
  },
  "nobody imports a handler": {
    broken: (file) => imports(file, ({ of }) => of.endsWith(".handler.ts")),
    planted: sourceFile("functions/order/order.ts", 'import { wire } from "./order.handler.ts";'),
  },
  "functions know nothing of how they are deployed": {
    broken: (file) => imports(file, ({ of }) => /^(infra\/|test\/|aws-cdk-lib|constructs)/.test(of)),
    planted: sourceFile("functions/order/order.ts", 'import { stageOf } from "#infra/stage.ts";'),
  },
  "the runtime knows no business": {
    broken: (file) =>
      file.path.startsWith("functions/runtime/")
        ? imports(file, ({ of }) => of.startsWith("functions/") && !/^functions\/(runtime|values)\//.test(of))
        : undefined,
    planted: sourceFile(
      "functions/runtime/lambda.ts",
      'import type { Order } from "#functions/order/order.ts";',
    ),
  },
};

describe.each(Object.entries(rules))("%s", (_, { broken, planted }) => {
  it("holds in every file", () => {
    expect(tree.flatMap((file) => (broken(file) ? [`${file.path}: ${broken(file)}`] : []))).toEqual([]);
  });

  it("bites", () => {
    expect(broken(planted)).toBeTypeOf("string");
  });
});

describe("imports", () => {
  it("go round in no circle", () => {
    expect(cycleIn(tree)).toBeUndefined();
  });

  it("would be seen if they did", () => {
    const circle = [
      sourceFile("functions/order/order.ts", 'import { checkout } from "#functions/checkout/checkout.ts";'),
      sourceFile("functions/checkout/checkout.ts", 'import { order } from "#functions/order/order.ts";'),
    ];
    expect(cycleIn(circle)).toEqual([
      "functions/order/order.ts",
      "functions/checkout/checkout.ts",
      "functions/order/order.ts",
    ]);
  });
});

test("what is deployed leans on these packages and no other: none of them tells anybody of anybody", () => {
  expect(Object.keys(packages.dependencies)).toEqual([
    "@aws-crypto/client-node",
    "@aws-lambda-powertools/logger",
    "@aws-lambda-powertools/metrics",
    "@aws-sdk/client-dynamodb",
    "@aws-sdk/client-eventbridge",
    "@aws-sdk/client-kms",
    "@aws-sdk/client-secrets-manager",
    "@aws-sdk/client-sfn",
    "@aws-sdk/client-sqs",
    "@aws-sdk/util-dynamodb",
    "@middy/core",
    "@middy/http-router",
    "csv-parse",
    "stripe",
    "swagger-ui-dist",
    "tldts",
    "zod",
  ]);
});

describe("handlers", () => {
  const deployed = resourcesOf(templatesOf("prod"), "AWS::Lambda::Function").map(([, made]) =>
    handlerOf(made),
  );
  const inTree = tree
    .map(({ path }) => /^functions\/(.+)\.handler\.ts$/.exec(path)?.[1])
    .filter((handler) => handler !== undefined);

  it("are deployed exactly once each, and nothing else is", () => {
    expect(deployed.sort()).toEqual(inTree.sort());
  });

  it("are imported by no construct", () => {
    const constructs = readTree("infra").filter(({ path }) => !path.startsWith("infra/local/"));
    expect(
      constructs.flatMap(({ imports: all }) => all.filter(({ of }) => of.endsWith(".handler.ts"))),
    ).toEqual([]);
  });

  it("export their wiring beside the handler made of it, and nothing else", () => {
    for (const { path, text } of tree.filter((file) => file.path.endsWith(".handler.ts")))
      expect(
        [...text.matchAll(/^export const (\w+)/gm)].map(([, name]) => name),
        path,
      ).toEqual(["wire", "handler"]);
  });
});
