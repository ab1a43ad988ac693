import { describe, expect, it } from "vitest";
import { times as checkoutTimes } from "#functions/checkout/checkout.ts";
import { checkoutWorkflow } from "#functions/checkout/workflow.ts";
import { fulfillmentWorkflow } from "#functions/fulfillment/workflow.ts";
import { times as orderTimes } from "#functions/order/order.ts";
import { seconds } from "#functions/values/clock.ts";
import { times as deliveryTimes } from "#functions/webhook/delivery.ts";
import { stepsOf } from "#infra/workflow.ts";
import { handlerOf } from "./granted.ts";
import { resourcesOf, templatesOf } from "./synthesized.ts";

const prod = templatesOf("prod");

const secondsOf = Object.fromEntries(
  resourcesOf(prod, "AWS::Lambda::Function").map(([, made]) => [
    handlerOf(made),
    Number(made.Properties["Timeout"]),
  ]),
);
const secondsAllowed = (handler: string): number => secondsOf[handler] ?? Number.NaN;

type State = {
  readonly Type: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly TimeoutSeconds?: number;
  readonly Choices?: readonly { readonly Next: string }[];
  readonly Retry?: readonly { readonly IntervalSeconds: number; readonly ErrorEquals: readonly string[] }[];
};
type Machine = {
  readonly StartAt: string;
  readonly TimeoutSeconds: number;
  readonly States: Record<string, State>;
};

const machines = resourcesOf(prod, "AWS::StepFunctions::StateMachine").map(
  ([id, { Properties }]) =>
    [
      id,
      JSON.parse(String(Properties["DefinitionString"])) as Machine,
      Properties["DefinitionSubstitutions"] as Record<string, unknown>,
      Properties,
    ] as const,
);

describe.each(machines)("the state machine %s", (_, machine, substitutions, properties) => {
  const states = Object.values(machine.States);

  it("is Express, as a synchronous start demands, and shorter than the five minutes that Express gets", () => {
    expect(properties["StateMachineType"]).toBe("EXPRESS");
    expect(machine.TimeoutSeconds).toBeLessThanOrEqual(300);
  });

  it("leads everywhere it says and nowhere else", () => {
    const targets = states.flatMap(({ Next, Default, Choices = [] }) => [
      Next,
      Default,
      ...Choices.map((each) => each.Next),
    ]);
    const named = new Set([machine.StartAt, ...targets.filter((target) => target !== undefined)]);
    expect([...named].sort()).toEqual(Object.keys(machine.States).sort());
  });

  it("gives no state more time than the whole run has", () => {
    for (const { TimeoutSeconds = 0 } of states) expect(TimeoutSeconds).toBeLessThan(machine.TimeoutSeconds);
  });

  it("waits whole seconds between tries, and never leaves them to Lambda's own exceptions alone", () => {
    const retries = states.flatMap(({ Retry = [] }) => Retry);
    expect(retries.length).toBe(states.filter(({ Type }) => Type === "Task").length);
    for (const { IntervalSeconds, ErrorEquals } of retries) {
      expect(Number.isInteger(IntervalSeconds) && IntervalSeconds >= 1).toBe(true);
      expect(ErrorEquals).toEqual(["States.TaskFailed"]);
    }
  });

  it("fills every placeholder of its definition and names no other", () => {
    const placeholders = String(properties["DefinitionString"]).match(/\$\{(\w+)\}/g) ?? [];
    expect(
      Object.keys(substitutions)
        .map((name) => `\${${name}}`)
        .sort(),
    ).toEqual([...new Set(placeholders)].sort());
    for (const name of Object.keys(substitutions)) expect(name).toMatch(/^[A-Za-z0-9]+$/);
  });
});

describe("time", () => {
  it.each([checkoutWorkflow, fulfillmentWorkflow])(
    "ends each step's function before its state: $name",
    (workflow) => {
      for (const step of stepsOf(workflow))
        expect(secondsAllowed(step.handler), step.handler).toBeLessThanOrEqual(step.timeoutSeconds);
    },
  );

  it.each([
    [checkoutWorkflow, checkoutTimes.lease],
    [fulfillmentWorkflow, orderTimes.lease],
  ])(
    "leases for longer than a run and its longest function could still be writing: $name",
    (workflow, lease) => {
      const longest = Math.max(...stepsOf(workflow).map(({ handler }) => secondsAllowed(handler)));
      expect(lease).toBeGreaterThan(seconds(workflow.timeoutSeconds + longest));
    },
  );

  it("leases a delivery for longer than its sender runs", () => {
    expect(deliveryTimes.lease).toBeGreaterThan(seconds(secondsAllowed("webhook/deliver-webhook")));
  });

  it("answers a buyer within the gateway's 29 seconds, after the run has ended", () => {
    const authorizer = secondsAllowed("access/authorize");
    expect(secondsAllowed("acp/acp")).toBeLessThan(29);
    expect(secondsAllowed("acp/acp")).toBeGreaterThan(checkoutWorkflow.timeoutSeconds + 2);
    expect(authorizer).toBeLessThanOrEqual(5);
  });

  it("ends a sweep before the next begins", () => {
    const sweepers = Object.keys(secondsOf).filter((handler) => handler.includes("/sweep-"));
    expect(sweepers).toHaveLength(9);
    for (const handler of sweepers) expect(secondsAllowed(handler)).toBeLessThan(60);
  });
});
