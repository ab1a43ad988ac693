import { Aws, CfnOutput } from "aws-cdk-lib";
import {
  AccessLogFormat,
  AuthorizationType,
  AwsIntegration,
  CfnAuthorizer,
  type CfnRestApi,
  EndpointAccessMode,
  EndpointType,
  RestApi as GatewayApi,
  LogGroupLogDestination,
  MethodLoggingLevel,
  type StageOptions,
} from "aws-cdk-lib/aws-apigateway";
import { Certificate } from "aws-cdk-lib/aws-certificatemanager";
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { CfnPermission } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import type { Routes } from "#functions/runtime/route.ts";
import { addAbout } from "./about.ts";
import { acknowledge } from "./acknowledge.ts";
import type { Service } from "./data-stack.ts";
import { Firewall } from "./firewall.ts";
import { addAnswers, type ErrorShape } from "./gateway-answers.ts";
import type { Lambda } from "./lambda.ts";
import { logGroup } from "./log-group.ts";
import { type Domain, prefixOf, type Stage } from "./stage.ts";

type Props = {
  readonly on: Service;
  readonly authorizerArn: string;
  readonly errors: ErrorShape;
};

/** The gateway's own stage; callers see it only where no domain is configured. */
export const gatewayStage = "api";

export type ApiName = "agent" | "store";
export const apiNameOf = (stage: Stage, name: ApiName): string => `${prefixOf(stage)}-${name}-api`;

/** One public host: routes as data, one authorizer, errors in the host's own shape. */
export class RestApi extends Construct {
  readonly name: ApiName;
  /** Where callers reach it, without a slash at the end. */
  readonly url: string;
  readonly #gateway: GatewayApi;
  readonly #authorizer: CfnAuthorizer;
  /** Each function that is served: nothing else may be called. */
  readonly #mayInvoke = new PolicyStatement({ actions: ["lambda:InvokeFunction"] });
  readonly #role: Role;

  constructor(scope: Construct, name: ApiName, props: Props) {
    super(scope, `${name}-api`);
    this.name = name;
    const { stage } = props.on;
    const domain = stage.domains?.[name];
    this.#gateway = new GatewayApi(this, "gateway", {
      restApiName: apiNameOf(stage, name),
      endpointTypes: [EndpointType.REGIONAL],
      cloudWatchRole: false,
      disableExecuteApiEndpoint: domain !== undefined,
      deployOptions: deployOptions(this, name, props.on),
    });
    acknowledgeGateway(this.#gateway);
    const cfn = this.#gateway.node.defaultChild as CfnRestApi;
    cfn.securityPolicy = stage.tls[name];
    cfn.endpointAccessMode = EndpointAccessMode.STRICT;
    this.#authorizer = authorizerFor(this, this.#gateway, props.authorizerArn);
    this.#role = roleFor(this, this.#mayInvoke);
    addAnswers(this.#gateway, props.errors);
    logsOfExecution(this, this.#gateway, props.on);
    this.url = domain ? hosted(this, this.#gateway, domain, stage, name) : ownHost(this.#gateway);
    new CfnOutput(this, "url", { value: this.url });
    addAbout(this.#gateway, stage, { api: name, url: this.url });
    if (stage.firewall) {
      new Firewall(this, {
        name,
        stage,
        rates: stage.firewall,
        operations: props.on.data.keys.operations,
        gateway: this.#gateway.deploymentStage,
      });
    }
  }

  /** Every route of the list is answered by this function; only `public` ones without a key. */
  serve(routes: Routes, { function: { functionArn } }: Lambda): void {
    this.#mayInvoke.addResources(functionArn);
    const integration = new AwsIntegration({
      proxy: true,
      service: "lambda",
      path: `2015-03-31/functions/${functionArn}/invocations`,
      options: { credentialsRole: this.#role },
    });
    for (const [operationName, route] of Object.entries(routes)) {
      const method = this.#gateway.root.resourceForPath(route.path).addMethod(route.method, integration, {
        operationName,
        ...(route.scope === "public"
          ? { authorizationType: AuthorizationType.NONE }
          : {
              authorizationType: AuthorizationType.CUSTOM,
              authorizer: { authorizerId: this.#authorizer.ref },
            }),
      });
      if (route.scope === "public") {
        acknowledge(method, {
          "AwsSolutions::AwsSolutions-APIG4":
            "Public by its protocol: the route says why where it is listed, and answers nothing that belongs to a store.",
        });
      }
    }
  }
}

/**
 * One role for all that an API calls: a permission on each function, too, would leave the stack no room to grow. Its
 * trust has no condition: of the API it works for the gateway says nothing when it takes an integration's role, and every
 * request would end in a 500. Another account can't name the role, and the console's test calls come without an
 * authorizer, so the functions refuse them.
 */
const roleFor = (scope: Construct, mayInvoke: PolicyStatement): Role =>
  new Role(scope, "role", {
    assumedBy: new ServicePrincipal("apigateway.amazonaws.com"),
    inlinePolicies: { invoke: new PolicyDocument({ statements: [mayInvoke] }) },
  });

const acknowledgeGateway = (gateway: GatewayApi): void =>
  acknowledge(gateway, {
    "AwsSolutions::AwsSolutions-COG4":
      "Callers are machines with license keys, which our own authorizer checks on every request; there is no user pool.",
    "AwsSolutions::AwsSolutions-APIG2":
      "Handlers parse every part of a request by the route's own schema and answer in the protocol's words, which a gateway validator can't.",
    "AwsSolutions::AwsSolutions-APIG3":
      "A web firewall stands before every stage that is reachable from the internet; this one is emulated on a laptop.",
  });

const deployOptions = (scope: Construct, name: ApiName, { stage, data }: Service): StageOptions => ({
  stageName: gatewayStage,
  tracingEnabled: true,
  loggingLevel: MethodLoggingLevel.ERROR,
  // Bodies and headers would be written out: keys and people.
  dataTraceEnabled: false,
  throttlingRateLimit: stage.throttle.requestsPerSecond,
  throttlingBurstLimit: stage.throttle.burst,
  accessLogFormat: AccessLogFormat.custom(JSON.stringify(accessLog)),
  accessLogDestination: new LogGroupLogDestination(
    logGroup(scope, "access-log", {
      logGroupName: `/aws/apigateway/${apiNameOf(stage, name)}`,
      stage,
      encryptionKey: data.keys.operations,
    }),
  ),
});

/** No address, no query, no concrete path: what is left names no person and no key. */
const accessLog = {
  requestId: "$context.requestId",
  time: "$context.requestTimeEpoch",
  method: "$context.httpMethod",
  route: "$context.resourcePath",
  status: "$context.status",
  latencyMs: "$context.responseLatency",
  functionMs: "$context.integrationLatency",
  bytes: "$context.responseLength",
  principalId: "$context.authorizer.principalId",
  refusedBy: "$context.error.responseType",
  firewall: "$context.wafResponseCode",
  tlsVersion: "$context.tlsVersion",
  cipherSuite: "$context.cipherSuite",
} as const;

/**
 * Answers are never kept: a revoked key is dead with the next request. No header is demanded beforehand, or a request
 * with its key in the URL alone would be turned away before anybody sees that the key is exposed.
 */
const authorizerFor = (scope: Construct, gateway: GatewayApi, functionArn: string): CfnAuthorizer => {
  const properties = {
    name: "license-key",
    type: "REQUEST",
    restApiId: gateway.restApiId,
    authorizerResultTtlInSeconds: 0,
    authorizerUri: `arn:${Aws.PARTITION}:apigateway:${Aws.REGION}:lambda:path/2015-03-31/functions/${functionArn}/invocations`,
  };
  const authorizer = new CfnAuthorizer(scope, "authorizer", properties);
  gateway.latestDeployment?.addToLogicalId({ authorizer: properties });
  new CfnPermission(scope, "authorizer-permission", {
    action: "lambda:InvokeFunction",
    functionName: functionArn,
    principal: "apigateway.amazonaws.com",
    sourceArn: `arn:${Aws.PARTITION}:execute-api:${Aws.REGION}:${Aws.ACCOUNT_ID}:${gateway.restApiId}/authorizers/${authorizer.ref}`,
  });
  return authorizer;
};

/** The gateway would make this group itself, unencrypted and kept for ever. */
const logsOfExecution = (scope: Construct, gateway: GatewayApi, { stage, data }: Service): void => {
  const group = logGroup(scope, "execution-log", {
    logGroupName: `API-Gateway-Execution-Logs_${gateway.restApiId}/${gatewayStage}`,
    stage,
    encryptionKey: data.keys.operations,
  });
  gateway.deploymentStage.node.addDependency(group);
};

const ownHost = (gateway: GatewayApi): string =>
  `https://${gateway.restApiId}.execute-api.${Aws.REGION}.${Aws.URL_SUFFIX}/${gatewayStage}`;

const hosted = (
  scope: Construct,
  gateway: GatewayApi,
  domain: Domain,
  stage: Stage,
  name: ApiName,
): string => {
  const made = gateway.addDomainName("domain", {
    domainName: domain.host,
    certificate: Certificate.fromCertificateArn(scope, "certificate", domain.certificateArn),
    endpointType: EndpointType.REGIONAL,
    securityPolicy: stage.tls[name],
    endpointAccessMode: EndpointAccessMode.STRICT,
  });
  new CfnOutput(scope, "domain-target", { value: made.domainNameAliasDomainName });
  return `https://${domain.host}`;
};
