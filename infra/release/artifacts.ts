import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { PolicyDocument, type PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Key } from "aws-cdk-lib/aws-kms";
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import { acknowledge } from "../acknowledge.ts";
import { administration, forLogs } from "../keys.ts";
import { prefixOf, type Stage } from "../stage.ts";
import { may } from "./role.ts";

/** What a release is while it is under way: sources and templates, under a key of their own. */
export class Artifacts extends Construct {
  readonly key: Key;
  readonly bucket: Bucket;

  constructor(scope: Construct, on: { stage: Stage }) {
    super(scope, "artifacts");
    this.key = new Key(this, "key", {
      alias: `alias/${prefixOf(on.stage)}-release`,
      description: `${prefixOf(on.stage)}: release`,
      enableKeyRotation: true,
      rotationPeriod: Duration.days(180),
      removalPolicy: RemovalPolicy.RETAIN,
      policy: new PolicyDocument({ statements: [administration(), forLogs(on.stage)] }),
    });
    this.bucket = new Bucket(this, "bucket", {
      encryption: BucketEncryption.KMS,
      encryptionKey: this.key,
      bucketKeyEnabled: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      versioned: true,
      lifecycleRules: [{ expiration: Duration.days(90), noncurrentVersionExpiration: Duration.days(30) }],
      removalPolicy: RemovalPolicy.RETAIN,
    });
    acknowledge(this.bucket, {
      "AwsSolutions::AwsSolutions-S1":
        "Only roles of the pipeline reach it, and each of their actions is in the pipeline's own history; it holds no personal data.",
    });
  }

  read(): PolicyStatement[] {
    return [
      // Both services look whose bucket it is and whether it keeps versions before they trust it.
      may(["s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketVersioning"], [this.bucket.bucketArn]),
      may(["s3:GetObject", "s3:GetObjectVersion"], [this.bucket.arnForObjects("*")]),
      may(["kms:Decrypt"], [this.key.keyArn]),
    ];
  }

  write(): PolicyStatement[] {
    return [
      may(["s3:PutObject"], [this.bucket.arnForObjects("*")]),
      may(["kms:GenerateDataKey"], [this.key.keyArn]),
    ];
  }
}
