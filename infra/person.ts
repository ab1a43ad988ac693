import { Aws } from "aws-cdk-lib";
import { AccountRootPrincipal, CompositePrincipal, type IPrincipal } from "aws-cdk-lib/aws-iam";

/**
 * Somebody whose tag names the role: a user of IAM with a second factor, or whoever IAM Identity Center let in. AWS puts no
 * `aws:MultiFactorAuthPresent` into its sessions, so there the identity provider asks for the factor, and that condition
 * alone would lock everybody out.
 */
export const taggedPerson = (role: string): IPrincipal => {
  const tagged = { StringEquals: { "aws:PrincipalTag/agentic-checkout": role } };
  return new CompositePrincipal(
    new AccountRootPrincipal().withConditions({ ...tagged, Bool: { "aws:MultiFactorAuthPresent": "true" } }),
    new AccountRootPrincipal().withConditions({ ...tagged, ArnLike: { "aws:PrincipalArn": identityCenter } }),
  );
};

/** Roles that only Identity Center makes, and only its sessions have. */
const identityCenter = `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:role/aws-reserved/sso.amazonaws.com/*`;
