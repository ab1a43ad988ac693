import { SecurityPolicy } from "aws-cdk-lib/aws-apigateway";
import { RetentionDays } from "aws-cdk-lib/aws-logs";

/** Everything that differs between stages; the rest of `infra/` knows no stage by name. */
export type Stage = {
  readonly name: StageName;
  /** Where a function may dial to: `loopback` also allows plain http, and exists on a laptop only. */
  readonly outboundPolicy: "public" | "loopback";
  /** Two that validate DNSSEC and share no path: both must see a domain's proof. `npm start` brings its own, on free ports. */
  readonly resolvers: readonly [string, string];
  /** Stages that run beside the embedded Stripe; elsewhere functions know Stripe's own address only. */
  readonly embeddedStripe?: { readonly url: string };
  /** Without a domain callers use the gateway's own host name, whose TLS floor is then raised to `tls`. */
  readonly domains?: { readonly agent: Domain; readonly store: Domain };
  /** ACP demands TLS 1.3 of the agent host; store integrations may come with 1.2, forward-secret suites only. */
  readonly tls: { readonly agent: SecurityPolicy; readonly store: SecurityPolicy };
  /** What one API takes in all; a principal's own limit is counted beside its key. */
  readonly throttle: { readonly requestsPerSecond: number; readonly burst: number };
  /** By how much what one caller may do is wider than it is written: for a laptop, where one agent is everybody. */
  readonly limitFactor?: number;
  /** Requests in five minutes from one address and with one key; absent where no web firewall runs. */
  readonly firewall?: { readonly perAddress: number; readonly perKey: number };
  /** Who is told when a promise is in danger; the address confirms a subscription mail once. Absent: nobody watches. */
  readonly alarms?: { readonly email?: string };
  readonly logRetention: RetentionDays;
  /** What both hosts tell everybody about whoever runs them. Absent: nothing, and synth warns. */
  readonly published?: Published;
  /** Tables, keys and secrets outlive their stack, and the stacks refuse to be deleted. */
  readonly keep: boolean;
  /** Where a pipeline takes releases from, each read and approved before it is executed. Absent: deployed at once. */
  readonly release?: Release;
};

export type Published = {
  readonly terms: Page;
  readonly privacy: Page;
  /** Who else processes people's data; `npm run evidence` says whom this service tells what. */
  readonly subProcessors: Page;
  /** Who is told of a hole, by `mailto:…` or `https:…`, and what whoever looks for holes may expect (RFC 9116). */
  readonly security: {
    readonly contact: string;
    readonly policy: string;
    readonly languages: readonly string[];
  };
};

/** A page of the operator's own site; its version is another whenever its text is. */
export type Page = { readonly url: string; readonly version: string };

export type Release = {
  /** An AWS CodeConnections connection to where the repository is, made once by hand in the console. */
  readonly connectionArn: string;
  /** `owner/name` */
  readonly repository: string;
  readonly branch: string;
};

export type Domain = {
  readonly host: string;
  /** ACM certificate in the stage's own region. */
  readonly certificateArn: string;
};

export type StageName = "local" | "emulated" | "dev" | "prod";

const tls = {
  agent: SecurityPolicy.TLS13_1_3_2025_09,
  store: SecurityPolicy.TLS13_1_2_PFS_PQ_2025_09,
} as const;

const resolvers = { own: ["127.0.0.1:5301", "127.0.0.1:5302"], public: ["1.1.1.1", "9.9.9.9"] } as const;

/** To show what goes where: nobody deploys with these. */
const examplePages: Published = {
  terms: { url: "https://example.com/terms", version: "2026-11-27" },
  privacy: { url: "https://example.com/privacy", version: "2026-11-27" },
  subProcessors: { url: "https://example.com/sub-processors", version: "2026-11-27" },
  security: {
    contact: "mailto:security@example.com",
    policy: "https://example.com/security",
    languages: ["en"],
  },
};

const stages: Readonly<Record<StageName, Omit<Stage, "name">>> = {
  local: {
    outboundPolicy: "loopback",
    resolvers: resolvers.own,
    embeddedStripe: { url: "http://127.0.0.1:4243" },
    tls,
    throttle: { requestsPerSecond: 1_000, burst: 2_000 },
    limitFactor: 1_000,
    published: examplePages,
    logRetention: RetentionDays.ONE_DAY,
    keep: false,
  },
  emulated: {
    outboundPolicy: "loopback",
    resolvers: resolvers.own,
    embeddedStripe: { url: "http://127.0.0.1:4243" },
    tls,
    throttle: { requestsPerSecond: 1_000, burst: 2_000 },
    // No firewall, no alarms: the emulator knows no association of web access lists and no metric math.
    published: examplePages,
    logRetention: RetentionDays.ONE_DAY,
    keep: false,
  },
  dev: {
    outboundPolicy: "public",
    resolvers: resolvers.public,
    tls,
    throttle: { requestsPerSecond: 50, burst: 100 },
    firewall: { perAddress: 3_000, perKey: 3_000 },
    alarms: {},
    logRetention: RetentionDays.ONE_MONTH,
    keep: false,
  },
  prod: {
    outboundPolicy: "public",
    resolvers: resolvers.public,
    tls,
    throttle: { requestsPerSecond: 500, burst: 1_000 },
    firewall: { perAddress: 10_000, perKey: 30_000 },
    alarms: { email: "ops@example.com" },
    published: examplePages,
    logRetention: RetentionDays.ONE_YEAR,
    keep: true,
    release: {
      connectionArn: "arn:aws:codeconnections:us-east-1:111122223333:connection/example",
      repository: "example/agentic-checkout",
      branch: "main",
    },
  },
};

export const stageNames = Object.keys(stages) as readonly StageName[];

/** The stage by the name given to `-c stage=…`. */
export const stageOf = (name: string): Stage => {
  const found = stageNames.find((each) => each === name);
  if (!found) throw new Error(`there is no stage "${name}"; stages are ${stageNames.join(", ")}`);
  return { name: found, ...stages[found] };
};

/** Every physical name starts with this, so that stages share an account without meeting. */
export const prefixOf = (stage: Stage): string => `agentic-checkout-${stage.name}`;
