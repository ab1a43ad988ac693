import { describe, expect, it } from "vitest";
import { statementsOf } from "./granted.ts";
import { type Resource, resourcesOf, templatesOf } from "./synthesized.ts";

const prod = templatesOf("prod");

const propertiesOf = (type: string): [string, Resource["Properties"]][] =>
  resourcesOf(prod, type).map(([id, { Properties }]) => [id, Properties]);

const text = (value: unknown): string => JSON.stringify(value);

/** Permissions between services, which emulators never ask for: without one of these, things vanish silently. */
describe("keys and logs", () => {
  const operations = statementsOf(prod).filter(({ id }) => id.startsWith("keysoperations"));

  it("lets the logs service of the region use the key for every log group there is", () => {
    const forLogs = operations.find(({ statement }) => text(statement).includes('"logs."'));
    expect(text(forLogs)).toContain('["",["logs.",{"Ref":"AWS::Region"},".amazonaws.com"]]');
    const patterns = [...text(forLogs?.statement.Condition).matchAll(/:log-group:([^"]+)"/g)].map(
      ([, pattern]) => new RegExp(`^${String(pattern).replaceAll("*", ".*")}$`),
    );
    expect(patterns.length).toBeGreaterThan(2);
    for (const [id, { LogGroupName }] of propertiesOf("AWS::Logs::LogGroup")) {
      const name =
        typeof LogGroupName === "string"
          ? LogGroupName
          : String(text(LogGroupName).match(/"(API-[^"]+)"/)?.[1]);
      expect(
        patterns.some((pattern) => pattern.test(name)),
        `${id} ${name}`,
      ).toBe(true);
    }
  });

  it("lets the bus and the alarms use it too, or their messages are dropped without a word", () => {
    for (const service of ["events.amazonaws.com", "cloudwatch.amazonaws.com"])
      expect(text(operations)).toContain(`"Principal":{"Service":"${service}"}`);
  });

  it("lets alarms publish: a topic's own policy replaces the one by which they may", () => {
    expect(text(propertiesOf("AWS::SNS::TopicPolicy"))).toContain(
      '"Principal":{"Service":"cloudwatch.amazonaws.com"}',
    );
  });

  it("lets rules send to every queue that a rule or the bus names", () => {
    const allowed = text(propertiesOf("AWS::SQS::QueuePolicy"));
    const named = [
      ...text([...propertiesOf("AWS::Events::Rule"), ...propertiesOf("AWS::Events::EventBus")]).matchAll(
        /"(\w*queue\w+)","Arn"/g,
      ),
    ];
    expect(named.length).toBeGreaterThan(5);
    for (const [, queue] of named) expect(allowed).toContain(`"Ref":"${queue}"`);
  });

  it("names log groups without a star where WAF and API Gateway are told of them", () => {
    for (const [, { LogDestinationConfigs }] of propertiesOf("AWS::WAFv2::LoggingConfiguration"))
      expect(text(LogDestinationConfigs)).toMatch(/:log-group:(","|aws-waf|.*aws-waf|.*Ref)/);
    for (const [, { LogGroupName }] of propertiesOf("AWS::Logs::LogGroup").filter(([id]) =>
      /firewall/.test(id),
    ))
      expect(LogGroupName).toMatch(/^aws-waf-logs-/);
  });
});
