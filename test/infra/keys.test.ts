import { App, Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { expect, test } from "vitest";
import { Keys } from "#infra/keys.ts";
import { stageOf } from "#infra/stage.ts";

const keysOf = (generations: { people: number; seals: number }) => {
  const stack = new Stack(new App(), "data");
  const keys = new Keys(stack, { stage: stageOf("prod"), generations });
  return {
    stack,
    keys,
    properties: Object.values(Template.fromStack(stack).findResources("AWS::KMS::Key")).map(
      ({ Properties }) => Properties,
    ),
  };
};

test("KMS turns every key's material twice a year, but that of the key that signs, which it can't", () => {
  const { properties } = keysOf({ people: 1, seals: 1 });
  const turned = properties.map(({ KeySpec, EnableKeyRotation, RotationPeriodInDays }) => [
    KeySpec ?? "symmetric",
    EnableKeyRotation,
    RotationPeriodInDays,
  ]);
  expect(turned).toEqual([
    ["symmetric", true, 180],
    ["symmetric", true, 180],
    ["symmetric", true, 180],
    ["ECC_NIST_P256", undefined, undefined],
  ]);
});

test("a key that replaces another wraps and signs, and the former one still opens and verifies", () => {
  const { stack, keys } = keysOf({ people: 2, seals: 2 });
  const seen = (grant: ReturnType<Keys["unwrap"]>) =>
    stack.resolve([grant.environment, grant.statements.map((each) => each.toJSON())]);
  const arn = (of: { keyArn: string }) => stack.resolve(of.keyArn);
  for (const grant of [keys.wrap(), keys.rewrap()])
    expect(seen(grant)[1][0].Resource).toEqual(arn(keys.people));
  expect(seen(keys.sign())[1][0].Resource).toEqual(arn(keys.seals));
  const [opens, opensBy] = seen(keys.unwrap());
  expect([opens.PEOPLE_KEY_ARN, opensBy[0].Resource.length]).toEqual([arn(keys.people), 2]);
  expect(JSON.stringify(opens.FORMER_PEOPLE_KEY_ARNS)).not.toContain(JSON.stringify(arn(keys.people)));
  const [verifies, verifiesBy] = seen(keys.readPublicKey());
  expect([verifies.SEALS_KEY_ARN, verifiesBy[0].Resource.length]).toEqual([arn(keys.seals), 2]);
  expect(verifies.FORMER_SEALS_KEY_ARNS).toBeDefined();
});
