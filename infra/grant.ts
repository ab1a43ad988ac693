import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Stage } from "./stage.ts";

/**
 * What a function may do with a resource, and how it finds it: permission and environment travel together, so a
 * function knows of nothing that it may not use.
 */
export type Grant = {
  readonly statements: readonly PolicyStatement[];
  readonly environment: Readonly<Record<string, string>>;
};

export const grant = (
  actions: readonly string[],
  resources: readonly string[],
  environment: Grant["environment"] = {},
): Grant => ({
  statements: [new PolicyStatement({ actions: [...actions], resources: [...resources] })],
  environment,
});

/** What a function needs to know and no permission goes with. */
export const knows = (environment: Grant["environment"]): Grant => ({ statements: [], environment });

/** For who counts what callers do. */
export const limits = ({ limitFactor }: Stage): Grant =>
  knows(limitFactor === undefined ? {} : { LIMIT_FACTOR: String(limitFactor) });

/** A key used only through another service, such as the queue that it encrypts. */
export const throughService = (
  actions: readonly string[],
  keyArn: string,
  service: string,
): PolicyStatement =>
  new PolicyStatement({
    actions: [...actions],
    resources: [keyArn],
    conditions: { StringEquals: { "kms:ViaService": service } },
  });

export const together = (...grants: readonly Grant[]): Grant => ({
  statements: grants.flatMap((each) => each.statements),
  environment: Object.assign({}, ...grants.map((each) => each.environment)) as Grant["environment"],
});
