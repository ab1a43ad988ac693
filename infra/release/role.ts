import { type IPrincipal, PolicyDocument, PolicyStatement, Role } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import { bootstrapped } from "./bootstrapped.ts";

type Conditions = Record<string, Record<string, string | string[]>>;

export const may = (
  actions: readonly string[],
  resources: readonly string[],
  conditions: Conditions = {},
): PolicyStatement => new PolicyStatement({ actions: [...actions], resources: [...resources], conditions });

/** The role that may change everything, given to CloudFormation and to nobody else (B-79). */
export const mayGiveCloudFormationItsRole = (): PolicyStatement =>
  may(["iam:PassRole"], [bootstrapped.executionRoleArn], {
    StringEquals: { "iam:PassedToService": "cloudformation.amazonaws.com" },
  });

/** A role that may do what is written here and nothing else. */
export const closedRole = (
  scope: Construct,
  id: string,
  props: { readonly assumedBy: IPrincipal; readonly statements: readonly PolicyStatement[] },
): Role =>
  new Role(scope, id, {
    assumedBy: props.assumedBy,
    inlinePolicies: { grants: new PolicyDocument({ statements: [...props.statements] }) },
  });
