import { describe, expect, it } from "vitest";
import { leakAlertRoutes } from "#functions/access/routes.ts";
import { acpRoutes } from "#functions/acp/routes.ts";
import { docsPages } from "#functions/docs/pages.ts";
import { stripeRoutes } from "#functions/payment/routes.ts";
import { webhookRoutes } from "#functions/webhook/routes.ts";
import { gatewayAnswers } from "#infra/gateway-answers.ts";
import { stageOf } from "#infra/stage.ts";
import { listed, type Statement } from "./granted.ts";
import { type Resource, resourcesOf, templatesFor, templatesOf } from "./synthesized.ts";

const prod = templatesOf("prod");

const propertiesOf = (type: string): [string, Resource["Properties"]][] =>
  resourcesOf(prod, type).map(([id, { Properties }]) => [id, Properties]);

const text = (value: unknown): string => JSON.stringify(value);

const publicOperations: readonly string[] = Object.entries({
  ...acpRoutes,
  ...leakAlertRoutes,
  ...stripeRoutes,
  ...webhookRoutes,
})
  .filter(([, { scope }]) => scope === "public")
  .map(([name]) => name)
  .sort();

/** Whether a function answers it, or the gateway's own words. */
const isCalled = ([, { Integration }]: [string, Resource["Properties"]]): boolean =>
  (Integration as { Type: string }).Type === "AWS_PROXY";

describe("the way in", () => {
  it("asks for a license key on every method but discovery, documents, public keys, what Stripe and GitHub sign, and what it says itself", () => {
    expect(publicOperations).toEqual(["getDiscovery", "getJwks", "receiveAlert", "receiveStripeEvent"]);
    const methods = propertiesOf("AWS::ApiGateway::Method");
    expect(methods.length).toBeGreaterThan(15);
    const open = methods.filter(([, { AuthorizationType }]) => AuthorizationType !== "CUSTOM");
    const named = (all: typeof open) => all.map(([, { OperationName }]) => OperationName);
    const pages = Object.keys(docsPages);
    expect(named(open.filter(isCalled)).sort()).toEqual([...publicOperations, ...pages, ...pages].sort());
    const said = named(open.filter((method) => !isCalled(method)));
    expect(said).toEqual(["getRoot", "getSecurityText", "getRoot", "getSecurityText"]);
    for (const [, { AuthorizationType, AuthorizerId }] of methods)
      if (AuthorizationType === "CUSTOM") expect(AuthorizerId).toBeDefined();
  });

  it("never remembers what the authorizer said", () => {
    const authorizers = propertiesOf("AWS::ApiGateway::Authorizer");
    expect(authorizers.map(([, { AuthorizerResultTtlInSeconds }]) => AuthorizerResultTtlInSeconds)).toEqual([
      0, 0,
    ]);
    expect(authorizers.map(([, { Type }]) => Type)).toEqual(["REQUEST", "REQUEST"]);
  });

  it("speaks TLS 1.3 to agents and at least 1.2 with forward secrecy to stores, checked by name", () => {
    expect(
      propertiesOf("AWS::ApiGateway::RestApi").map(([, api]) => [
        api["SecurityPolicy"],
        api["EndpointAccessMode"],
      ]),
    ).toEqual([
      ["SecurityPolicy_TLS13_1_3_2025_09", "STRICT"],
      ["SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09", "STRICT"],
    ]);
  });

  it.each(["agent-api", "store-api"] as const)(
    "lets API Gateway call exactly the functions that answer its routes, by the API's own role: %s",
    (stack) => {
      const calls = resourcesOf(prod[stack], "AWS::ApiGateway::Method")
        .map(([, { Properties }]) => Properties["Integration"] as Record<string, unknown>)
        .filter(({ Type }) => Type === "AWS_PROXY");
      const roles = new Set(calls.map(({ Credentials }) => text(Credentials)));
      const [[id, role] = []] = resourcesOf(prod[stack], "AWS::IAM::Role").filter(([id]) =>
        /apirole/.test(id),
      );
      expect([...roles]).toEqual([text({ "Fn::GetAtt": [id, "Arn"] })]);
      const called = new Set(calls.map(({ Uri }) => /\{"Fn::GetAtt":\["\w+","Arn"\]\}/.exec(text(Uri))?.[0]));
      const policies = role?.Properties["Policies"] as { PolicyDocument: { Statement: Statement[] } }[];
      const statements = policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
      expect(statements).toEqual([
        { Effect: "Allow", Action: "lambda:InvokeFunction", Resource: expect.any(Array) },
      ]);
      expect(
        statements
          .flatMap(({ Resource }) => listed(Resource))
          .map(text)
          .sort(),
      ).toEqual([...called].sort());
      const permitted = resourcesOf(prod[stack], "AWS::Lambda::Permission").filter(
        ([, { Properties }]) => Properties["Principal"] === "apigateway.amazonaws.com",
      );
      // Whoever says who is calling stands in one stack for both.
      expect(permitted.map(([, { Properties }]) => text(Properties["SourceArn"]))).toEqual([
        expect.stringContaining("/authorizers/"),
      ]);
    },
  );

  it("limits the whole stage and writes neither bodies nor addresses nor queries", () => {
    const stages = propertiesOf("AWS::ApiGateway::Stage");
    expect(stages.length).toBe(2);
    for (const [, stage] of stages) {
      expect(stage["MethodSettings"]).toEqual([
        expect.objectContaining({
          ThrottlingRateLimit: 500,
          ThrottlingBurstLimit: 1000,
          DataTraceEnabled: false,
        }),
      ]);
      const format = (stage["AccessLogSetting"] as { Format: string }).Format;
      expect(format).not.toMatch(/sourceIp|userAgent|context\.path|querystring|requestOverride|caller/i);
      expect(() => JSON.parse(format)).not.toThrow();
    }
  });

  it("stands behind a firewall that counts what ordinary servers do and hides keys in its log", () => {
    expect(propertiesOf("AWS::WAFv2::WebACLAssociation").length).toBe(2);
    for (const [, acl] of propertiesOf("AWS::WAFv2::WebACL")) {
      expect((acl["Rules"] as { Name: string }[]).map(({ Name }) => Name)).toEqual([
        "rate-by-address",
        "rate-by-license-key",
        "AWSManagedRulesAmazonIpReputationList",
        "AWSManagedRulesKnownBadInputsRuleSet",
        "AWSManagedRulesCommonRuleSet",
      ]);
      expect(JSON.stringify(acl)).toContain('{"ActionToUse":{"Count":{}},"Name":"SizeRestrictions_BODY"}');
      expect(JSON.stringify(acl)).toContain('{"ActionToUse":{"Count":{}},"Name":"NoUserAgent_HEADER"}');
    }
  });

  it("writes neither keys nor people nor reasons into the firewall's log", () => {
    const logs = propertiesOf("AWS::WAFv2::LoggingConfiguration");
    expect(logs.length).toBe(2);
    for (const [, { RedactedFields }] of logs)
      expect(RedactedFields).toEqual([
        ...[
          "authorization",
          "cookie",
          "customer-email",
          "audit-reason",
          "idempotency-key",
          "stripe-signature",
        ].map((Name) => ({ SingleHeader: { Name } })),
        { QueryString: {} },
      ]);
  });

  it("lets no browser of another origin in: nothing answers its question first, and nothing allows it", () => {
    expect(
      propertiesOf("AWS::ApiGateway::Method").filter(([, { HttpMethod }]) => HttpMethod === "OPTIONS"),
    ).toEqual([]);
    expect(text(prod)).not.toMatch(/access-control-allow/i);
  });

  it("closes the gateway's own host, which stays open on no other terms, where a domain is configured", () => {
    const domain = (host: string) => ({
      host,
      certificateArn: "arn:aws:acm:eu-west-1:123456789012:certificate/x",
    });
    const domains = { agent: domain("agents.example.com"), store: domain("stores.example.com") };
    const hosted = templatesFor({ ...stageOf("prod"), domains });
    for (const [id, { Properties }] of resourcesOf(hosted, "AWS::ApiGateway::RestApi"))
      expect(Properties["DisableExecuteApiEndpoint"], id).toBe(true);
    expect(
      resourcesOf(hosted, "AWS::ApiGateway::DomainName").map(
        ([, { Properties }]) => Properties["SecurityPolicy"],
      ),
    ).toEqual(["SecurityPolicy_TLS13_1_3_2025_09", "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09"]);
    for (const [id, { Properties }] of resourcesOf(hosted, "AWS::ApiGateway::BasePathMapping"))
      expect(Properties["BasePath"], id).toBeUndefined();
  });
});

describe("the gateway", () => {
  const responseTypes =
    "ACCESS_DENIED API_CONFIGURATION_ERROR AUTHORIZER_CONFIGURATION_ERROR AUTHORIZER_FAILURE BAD_REQUEST_BODY BAD_REQUEST_PARAMETERS DEFAULT_4XX DEFAULT_5XX EXPIRED_TOKEN INTEGRATION_FAILURE INTEGRATION_TIMEOUT INVALID_API_KEY INVALID_SIGNATURE MISSING_AUTHENTICATION_TOKEN QUOTA_EXCEEDED REQUEST_TOO_LARGE RESOURCE_NOT_FOUND THROTTLED UNAUTHORIZED UNSUPPORTED_MEDIA_TYPE WAF_FILTERED";

  it("knows all response types of API Gateway and no other", () => {
    expect(Object.keys(gatewayAnswers).sort()).toEqual(responseTypes.split(" "));
  });

  const faults =
    "API_CONFIGURATION_ERROR AUTHORIZER_CONFIGURATION_ERROR AUTHORIZER_FAILURE INTEGRATION_FAILURE INTEGRATION_TIMEOUT";

  it.each(["agent-api", "store-api"] as const)(
    "answers each type in its words, by its class where it has no answer of its own: %s",
    (stack) => {
      const made = new Map(
        resourcesOf(prod[stack], "AWS::ApiGateway::GatewayResponse").map(([, { Properties }]) => [
          Properties["ResponseType"],
          text(Properties["ResponseTemplates"]),
        ]),
      );
      const classOf = (type: string) => (faults.includes(type) ? "DEFAULT_5XX" : "DEFAULT_4XX");
      for (const [type, told] of Object.entries(gatewayAnswers))
        expect(made.get(type) ?? made.get(classOf(type)), type).toContain(told.text);
    },
  );

  it("answers by itself in the API's own shape", () => {
    for (const [id, { ResponseTemplates, ResponseParameters }] of propertiesOf(
      "AWS::ApiGateway::GatewayResponse",
    )) {
      const body = JSON.parse(
        (ResponseTemplates as Record<string, string>)["application/json"] ?? "",
      ) as object;
      const problem = text(ResponseParameters).includes("problem+json");
      expect(Object.keys(body), id).toEqual(
        expect.arrayContaining(problem ? ["type", "title", "detail", "code"] : ["type", "code", "message"]),
      );
    }
  });

  it("deploys anew when a route or an answer changes, for a deployment is a picture", () => {
    const deployments = Object.entries(prod["agent-api"].Resources).filter(
      ([, { Type }]) => Type === "AWS::ApiGateway::Deployment",
    );
    expect(text(deployments)).toContain("agentapigatewayanswerunauthorized");
    expect(text(deployments)).toContain("checkoutsessions");
  });
});
