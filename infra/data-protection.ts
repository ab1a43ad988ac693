import { CustomDataIdentifier, DataIdentifier, DataProtectionPolicy } from "aws-cdk-lib/aws-logs";

/**
 * The third net, CloudWatch's own: what our fields and our classifier let through (`functions/runtime/sensitive.ts`), or
 * what another than our logger wrote, is masked for whoever reads the log.
 */
export const dataProtection = (): DataProtectionPolicy =>
  new DataProtectionPolicy({
    name: "data-protection",
    identifiers: [
      DataIdentifier.CREDITCARDNUMBER,
      DataIdentifier.EMAILADDRESS,
      DataIdentifier.AWSSECRETKEY,
      new CustomDataIdentifier("license-key", "lk_(live|test)_[A-Za-z0-9]{12,}"),
      new CustomDataIdentifier("webhook-secret", "whsec_[A-Za-z0-9+/=]{16,}"),
      new CustomDataIdentifier("webhook-private-key", "whsk_[A-Za-z0-9+/=]{16,}"),
      new CustomDataIdentifier("bridge-secret", "brsec_[0-9a-f]{16,}"),
      new CustomDataIdentifier("woocommerce-key", "c[ks]_[0-9a-f]{40}"),
      new CustomDataIdentifier("stripe-secret", "[sr]k_(live|test)_[A-Za-z0-9]{12,}"),
    ],
  });
