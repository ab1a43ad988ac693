import { createHash } from "node:crypto";
import { AwsError, account, arn, type Principal, region } from "./aws.ts";
import { allows, assertJudged, like, type PolicyDocument, type Statement, statementsOf } from "./policy.ts";
import type { Assembly, Resource } from "./template.ts";

/** Roles by ARN, and whose credentials a call was signed with. */
export type Iam = {
  /** A principal under the role; `name` is what refusals and the ledger call it. */
  principal(roleArn: string, name: string): Principal;
  /** A service on behalf of one of its resources: what it may call says so itself. */
  service(name: string, sourceArn: string): Principal;
  /** Makes an access key that stands for the principal. */
  credentials(principal: Principal): Credentials;
  /** Who signed; nobody else has a key. */
  signer(accessKeyId: string): Principal;
  readonly operator: Principal;
};
export type Credentials = { readonly accessKeyId: string; readonly secretAccessKey: string };

type RoleProperties = {
  readonly Policies?: readonly { PolicyDocument: PolicyDocument }[];
  readonly ManagedPolicyArns?: readonly string[];
};
type PolicyProperties = {
  readonly Roles?: readonly string[];
  readonly PolicyDocument: PolicyDocument;
};

/**
 * Checks every call against the identity policies in the templates. Signatures are not verified: the front
 * listens on loopback only, and what matters is whose key was used.
 */
export const startIam = (assembly: Assembly, refused: (message: string) => void): Iam => {
  const roles = new Map(
    assembly
      .ofType("AWS::IAM::Role")
      .map((role) => [assembly.attribute(role, "Arn"), statementsOfRole(assembly, role)]),
  );
  const permissions = assembly.ofType("AWS::Lambda::Permission").map((each) => permissionOf(assembly, each));
  const keys = new Map<string, Principal>();
  const iam: Iam = {
    operator: { name: "operator", may: () => undefined },
    principal: (roleArn, name) => {
      const statements = roles.get(roleArn);
      if (!statements) throw new Error(`${name} runs under ${roleArn}, which is not in the templates`);
      return { name, may: mayUnder({ roleArn, name, statements, refused }) };
    },
    service: (name, sourceArn) => ({
      name,
      may: (action, resource) => {
        const asked = { name, action, resource, sourceArn };
        if (permissions.some((permits) => permits(asked))) return;
        refuse(refused, `${name} (for ${sourceArn}) is not permitted ${action} by ${resource} itself`);
      },
    }),
    credentials: (principal) => {
      const digest = createHash("sha256").update(principal.name).digest("hex").toUpperCase();
      const accessKeyId = `ASIA${digest.slice(0, 16)}`;
      keys.set(accessKeyId, principal);
      return { accessKeyId, secretAccessKey: digest.slice(16, 56) };
    },
    signer: (accessKeyId) => {
      const principal = keys.get(accessKeyId);
      if (principal) return principal;
      throw new AwsError(
        "UnrecognizedClientException",
        "The security token included in the request is invalid.",
      );
    },
  };
  return iam;
};

type Under = {
  readonly roleArn: string;
  readonly name: string;
  readonly statements: readonly Statement[];
  readonly refused: (message: string) => void;
};

const mayUnder =
  ({ roleArn, name, statements, refused }: Under): Principal["may"] =>
  (action, resource, context = {}) => {
    if (allows(statements, { action, resource, context: { ...facts, ...context } })) return;
    const role = roleArn.replace(/.*role\//, "");
    const message =
      `${name} (role ${role}) is not authorized to perform: ${action} on resource: ${resource} ` +
      `because no identity-based policy allows the ${action} action`;
    refuse(refused, message);
  };

const refuse = (refused: Under["refused"], message: string): never => {
  refused(message);
  throw new AwsError("AccessDeniedException", message);
};

type AskedOfFunction = {
  readonly name: string;
  readonly action: string;
  readonly resource: string;
  readonly sourceArn: string;
};

/** What a function's own policy says of one service. */
const permissionOf = (assembly: Assembly, permission: Resource): ((asked: AskedOfFunction) => boolean) => {
  const { FunctionName, Action, Principal, SourceArn } = assembly.properties<{
    FunctionName: string;
    Action: string;
    Principal: string;
    SourceArn?: string;
  }>(permission);
  const target = FunctionName.startsWith("arn:") ? FunctionName : arn("lambda", `function:${FunctionName}`);
  return ({ name, action, resource, sourceArn }) =>
    name === Principal && action === Action && resource === target && like(SourceArn ?? "*", sourceArn);
};

/** True of every call here. */
const facts = {
  "aws:PrincipalAccount": account,
  "aws:ResourceAccount": account,
  "aws:RequestedRegion": region,
  "aws:SecureTransport": "true",
  "kms:CallerAccount": account,
};

const statementsOfRole = (assembly: Assembly, role: Resource): readonly Statement[] => {
  const { Policies = [], ManagedPolicyArns = [] } = assembly.properties<RoleProperties>(role);
  const name = assembly.ref(role);
  const attached = assembly
    .ofType("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")
    .filter(
      (policy) =>
        assembly.properties<PolicyProperties>(policy).Roles?.includes(name) ||
        ManagedPolicyArns.includes(assembly.ref(policy)),
    )
    .map((policy) => assembly.properties<PolicyProperties>(policy).PolicyDocument);
  const foreign = ManagedPolicyArns.find((arn) => arn.startsWith("arn:aws:iam::aws:") && !harmless.test(arn));
  if (foreign) throw new Error(`${role.id} uses ${foreign}: name its actions, nobody here knows them`);
  const statements = [...Policies.map((each) => each.PolicyDocument), ...attached].flatMap(statementsOf);
  for (const statement of statements) assertJudged(statement, `the role ${name}`);
  return statements;
};

/** AWS's own policies that only allow writing logs, which nothing here asks for. */
const harmless = /AWSLambdaBasicExecutionRole$|AmazonAPIGatewayPushToCloudWatchLogs$/;
