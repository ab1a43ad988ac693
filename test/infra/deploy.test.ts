import { describe, expect, it } from "vitest";
import { deployArguments, refuseExamples } from "#infra/deploy.ts";
import { stageNames, stageOf } from "#infra/stage.ts";

describe("a deployment", () => {
  it("of prod ends in change sets that nobody has executed", () => {
    const told = deployArguments(stageOf("prod"));
    expect(told).toContain("--method=prepare-change-set");
    expect(told).toContain("--require-approval=any-change");
  });

  it("of dev is executed at once", () => {
    expect(deployArguments(stageOf("dev")).join(" ")).toBe(
      "deploy agentic-checkout-dev-* --context stage=dev --require-approval=never",
    );
  });

  it("does not begin while alarms go to an example's address", () => {
    expect(() => refuseExamples(stageOf("prod"))).toThrow("put your own address into infra/stage.ts first");
    expect(() => refuseExamples({ ...stageOf("prod"), alarms: { email: "ops@shop.test" } })).not.toThrow();
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
