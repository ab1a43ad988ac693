import { Aws, RemovalPolicy } from "aws-cdk-lib";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { CfnSecret, type CfnSecretProps } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import { acknowledge } from "./acknowledge.ts";
import { type Grant, grant, knows, together } from "./grant.ts";
import { prefixOf, type Stage } from "./stage.ts";

/** What the operator or CloudFormation knows and only named functions may read. */
export class Secrets extends Construct {
  readonly #pepper: CfnSecret;
  readonly #stripe: CfnSecret;
  readonly #stripeEvents: CfnSecret;
  readonly #stage: Stage;

  constructor(scope: Construct, on: { stage: Stage; key: IKey }) {
    super(scope, "secrets");
    this.#stage = on.stage;
    this.#pepper = secretFor(this, "pepper", on, {
      description: "Keys the HMAC under which license keys are stored",
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
    });
    acknowledge(this.#pepper, {
      "AwsSolutions::AwsSolutions-SMG4":
        "License keys are stored as HMACs under this pepper and come under a new one as they are used; `npm run ops -- rotate-pepper` adds it, waits until every instance knows it and makes it current, on record.",
    });
    this.#stripe = secretFor(this, "stripe", on, {
      description: "Stripe API keys by mode, put by the operator after the first deployment",
      secretString: "{}",
    });
    acknowledge(this.#stripe, {
      "AwsSolutions::AwsSolutions-SMG4":
        "Stripe issues this key and rolls it in its dashboard; `npm run ops -- put-stripe-secrets` proves the new one and puts it here; whoever is refused with the old one reads it again at once.",
    });
    this.#stripeEvents = secretFor(this, "stripe-events", on, {
      description: "Signing secrets of our endpoints at Stripe, put by the operator after making them there",
      secretString: '{"own":[],"connect":[]}',
    });
    acknowledge(this.#stripeEvents, {
      "AwsSolutions::AwsSolutions-SMG4":
        "Stripe issues these and rolls them in its dashboard; `npm run ops -- put-stripe-secrets` adds the new one beside the old, which ends with Stripe's own overlap.",
    });
  }

  readPepper(): Grant {
    return readOf(this.#pepper, "PEPPER_SECRET_ARN");
  }

  rotatePepper(): Grant {
    return together(this.readPepper(), grant(["secretsmanager:PutSecretValue"], [this.#pepper.ref]));
  }

  /** What proves that an event came from Stripe. */
  readStripeEvents(): Grant {
    return readOf(this.#stripeEvents, "STRIPE_EVENTS_SECRET_ARN");
  }

  /** To prove a new key it is used once. */
  putStripe(): Grant {
    return together(
      this.readStripe(),
      this.readStripeEvents(),
      grant(["secretsmanager:PutSecretValue"], [this.#stripe.ref, this.#stripeEvents.ref]),
    );
  }

  /** With the name of this deployment, which its PaymentIntents carry: it stands in no table, which may be copied. */
  readStripe(): Grant {
    const { embeddedStripe } = this.#stage;
    return together(
      readOf(this.#stripe, "STRIPE_SECRET_ARN"),
      knows({ DEPLOYMENT: `${Aws.ACCOUNT_ID}:${Aws.REGION}:${prefixOf(this.#stage)}` }),
      knows(embeddedStripe ? { STRIPE_API_BASE: embeddedStripe.url } : {}),
    );
  }
}

const readOf = (secret: CfnSecret, variable: string): Grant =>
  grant(["secretsmanager:GetSecretValue"], [secret.ref], { [variable]: secret.ref });

const secretFor = (
  scope: Construct,
  name: string,
  on: { stage: Stage; key: IKey },
  content: Pick<CfnSecretProps, "description" | "generateSecretString" | "secretString">,
): CfnSecret => {
  const secret = new CfnSecret(scope, name, {
    name: `${prefixOf(on.stage)}/${name}`,
    kmsKeyId: on.key.keyArn,
    ...content,
  });
  secret.applyRemovalPolicy(on.stage.keep ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY);
  return secret;
};
