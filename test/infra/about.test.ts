import { App, Stack } from "aws-cdk-lib";
import { Annotations, Match, Template } from "aws-cdk-lib/assertions";
import { RestApi } from "aws-cdk-lib/aws-apigateway";
import { afterAll, describe, expect, it } from "vitest";
import { addAbout, rootOf, securityText } from "#infra/about.ts";
import { type Published, type Stage, stageOf } from "#infra/stage.ts";
import { type Resource, remove, temporaryFolder } from "./synthesized.ts";

const page = (name: string) => ({ url: `https://shop.test/${name}`, version: "2027-01-31" });
const published: Published = {
  terms: page("terms"),
  privacy: page("privacy"),
  subProcessors: page("sub-processors"),
  security: {
    contact: "mailto:security@shop.test",
    policy: "https://shop.test/security",
    languages: ["en", "de"],
  },
};

describe("the root of an API", () => {
  const link = (name: string) => ({ href: `https://shop.test/${name}`, version: "2027-01-31" });
  const legal = {
    "terms-of-service": link("terms"),
    "privacy-policy": link("privacy"),
    "sub-processors": link("sub-processors"),
  };

  it("links terms, privacy policy and sub-processors, each in its version, and the file for who found a hole", () => {
    const url = "https://stores.test";
    expect(rootOf({ api: "store", url }, published)).toEqual({
      name: "agentic-checkout",
      api: "store",
      links: {
        self: { href: "https://stores.test/" },
        "service-desc": { href: "https://stores.test/openapi.json" },
        "service-doc": { href: "https://stores.test/docs" },
        ...legal,
        security: { href: "https://stores.test/.well-known/security.txt" },
      },
    });
  });

  it("links what an agent's protocol describes it by, and nothing that is not published", () => {
    expect(rootOf({ api: "agent", url: "https://agents.test" }, undefined).links).toEqual({
      self: { href: "https://agents.test/" },
      describedby: { href: "https://agents.test/.well-known/acp.json" },
      "service-desc": { href: "https://agents.test/openapi.json" },
      "service-doc": { href: "https://agents.test/docs" },
    });
  });
});

describe("security.txt", () => {
  const at = (now: string | Date) => securityText("https://agents.test", published.security, new Date(now));

  it("says what RFC 9116 wants, a field a line", () => {
    expect(at("2027-02-28T23:59:59Z")).toBe(
      [
        "Contact: mailto:security@shop.test",
        "Expires: 2028-01-01T00:00:00.000Z",
        "Preferred-Languages: en, de",
        "Canonical: https://agents.test/.well-known/security.txt",
        "Policy: https://shop.test/security",
        "",
      ].join("\n"),
    );
  });

  it("ends within a year of any day on which it is made, ten months from it at the earliest", () => {
    const day = 24 * 60 * 60 * 1_000;
    for (let now = Date.UTC(2027, 0, 1); now < Date.UTC(2029, 0, 1); now += day) {
      const [, expires = ""] = /^Expires: (.+)$/m.exec(at(new Date(now))) ?? [];
      const days = (Date.parse(expires) - now) / day;
      expect(days).toBeLessThan(365);
      expect(days).toBeGreaterThanOrEqual(303);
    }
  });

  it("is the same with every deploy of a month", () => {
    expect(at("2027-03-01T00:00:00Z")).toBe(at("2027-03-31T23:59:59Z"));
  });
});

describe("a stage", () => {
  const folders: string[] = [];
  afterAll(() => folders.forEach(remove));
  const hostOf = (given: Partial<Pick<Stage, "published">>) => {
    const outdir = temporaryFolder();
    folders.push(outdir);
    const stack = new Stack(new App({ outdir, builtinCloudFormationValidation: false }), "host");
    const { published: _, ...stage } = stageOf("prod");
    addAbout(new RestApi(stack, "api"), { ...stage, ...given }, { api: "agent", url: "https://agents.test" });
    return stack;
  };
  const resources = (stack: Stack, type: string) =>
    Object.entries(Template.fromStack(stack).findResources(type) as Record<string, Resource>);
  const said = (stack: Stack) =>
    resources(stack, "AWS::ApiGateway::Method").map(([, { Properties }]) => Properties);
  const namesOf = (stack: Stack) => said(stack).map(({ OperationName }) => OperationName);
  const warnings = (stack: Stack) =>
    Annotations.fromStack(stack).findWarning("*", Match.stringLikeRegexp("prod tells nobody its terms"));

  it("that names its pages publishes them, and its host is deployed anew when one changes", () => {
    const first = hostOf({ published });
    expect(namesOf(first)).toEqual(["getRoot", "getSecurityText"]);
    expect(JSON.stringify(said(first))).toContain("https://shop.test/sub-processors");
    expect(warnings(first)).toEqual([]);
    const deployments = (stack: Stack) => resources(stack, "AWS::ApiGateway::Deployment").map(([id]) => id);
    const terms = { ...published.terms, version: "2027-02-01" };
    expect(deployments(hostOf({ published: { ...published, terms } }))).not.toEqual(deployments(first));
    expect(deployments(hostOf({ published }))).toEqual(deployments(first));
  });

  it("that names none links none, has no security.txt, and says so when it is synthesized", () => {
    const host = hostOf({});
    expect(namesOf(host)).toEqual(["getRoot"]);
    expect(warnings(host)).toHaveLength(1);
  });

  it("can't publish what the gateway would take for a template's own words", () => {
    const terms = { ...published.terms, url: "https://shop.test/terms#liability" };
    expect(() => hostOf({ published: { ...published, terms } })).toThrow("as %23");
  });
});
