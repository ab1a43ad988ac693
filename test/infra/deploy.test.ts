import { describe, expect, it } from "vitest";
import { deployArguments, refuseExamples, refuseMore, whatNext } from "#infra/deploy.ts";
import { stageNames, stageOf } from "#infra/stage.ts";

describe("a deployment", () => {
  it("of prod prepares a change set of its pipeline, executes none, and leaves all else to the pipeline", () => {
    const prod = stageOf("prod");
    expect(deployArguments(prod).join(" ")).toBe(
      "deploy agentic-checkout-prod-release --context stage=prod --exclusively --method=prepare-change-set --require-approval=any-change",
    );
    expect(prod.release && whatNext(prod, prod.release)).toContain("merge into main");
  });

  it("of dev is executed at once", () => {
    expect(deployArguments(stageOf("dev")).join(" ")).toBe(
      "deploy agentic-checkout-dev-* --context stage=dev --require-approval=never",
    );
  });

  it("does not begin while alarms go to an example's address", () => {
    expect(() => refuseExamples(stageOf("prod"))).toThrow("put your own address into infra/stage.ts first");
  });

  it("does not begin while terms and the address for holes are an example's, but with none", () => {
    const { release, published, ...prod } = { ...stageOf("prod"), alarms: { email: "ops@shop.test" } };
    if (!published) throw new Error("prod shows what is to be published");
    const security = { ...published.security, contact: "mailto:security@example.com" };
    const own = JSON.parse(JSON.stringify(published).replaceAll("example.com", "shop.test"));
    for (const examples of [published, { ...own, security }])
      expect(() => refuseExamples({ ...prod, published: examples })).toThrow(
        "put your own into infra/stage.ts first",
      );
    expect(() => refuseExamples({ ...prod, published: own })).not.toThrow();
    expect(() => refuseExamples(prod)).not.toThrow();
  });

  it("does not begin while releases would come from an example's repository", () => {
    const { release, published: _, ...prod } = { ...stageOf("prod"), alarms: { email: "ops@shop.test" } };
    expect(() => refuseExamples({ ...prod, ...(release && { release }) })).toThrow(
      "put your own repository and its connection into infra/stage.ts first",
    );
    const connectionArn = "arn:aws:codeconnections:us-east-1:210987654321:connection/7d9c";
    expect(() =>
      refuseExamples({ ...prod, ...(release && { release: { ...release, connectionArn } }) }),
    ).not.toThrow();
  });

  it("of prod is not talked into executing by what cdk itself is told", () => {
    expect(() => refuseMore(stageOf("prod"), ["--method=direct"])).toThrow("without --method=direct");
    expect(() => refuseMore(stageOf("dev"), ["--method=direct"])).not.toThrow();
  });

  it("hands on what cdk itself is to be told", () => {
    expect(deployArguments(stageOf("dev"), ["--outputs-file", "out.json"]).slice(-2)).toEqual([
      "--outputs-file",
      "out.json",
    ]);
  });

  it("of an unknown stage is refused by the names that exist", () => {
    expect(() => stageOf("production")).toThrow(
      'there is no stage "production"; stages are local, emulated, dev, prod',
    );
  });

  it("dials loopback only from stages that run beside the embedded Stripe", () => {
    for (const name of stageNames) {
      const stage = stageOf(name);
      expect(stage.outboundPolicy === "loopback", name).toBe(stage.embeddedStripe !== undefined);
      expect(stage.keep, name).toBe(name === "prod");
    }
  });
});
