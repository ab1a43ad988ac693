import { createHash, randomInt } from "node:crypto";
import {
  AwsError,
  type Call,
  type JsonObject,
  NotEmbedded,
  type Principal,
  region,
  type Service,
} from "./aws.ts";
import type { Kept } from "./kept.ts";
import type { KeyUse } from "./kms.ts";
import type { Assembly, Resource } from "./template.ts";

type Secret = { readonly name: string; readonly arn: string; readonly kmsKeyArn: string | undefined };
type SecretProperties = {
  readonly Name?: string;
  readonly KmsKeyId?: string;
  readonly SecretString?: string;
  readonly GenerateSecretString?: Generate;
};
type Generate = {
  readonly PasswordLength?: number;
  readonly ExcludeCharacters?: string;
  readonly ExcludePunctuation?: boolean;
  readonly ExcludeNumbers?: boolean;
  readonly ExcludeUppercase?: boolean;
  readonly ExcludeLowercase?: boolean;
  readonly IncludeSpace?: boolean;
  readonly SecretStringTemplate?: string;
  readonly GenerateStringKey?: string;
};

/** Secrets Manager. `given` are values by ARN that stand in for what the template says. */
export const startSecrets = (
  assembly: Assembly,
  on: { kept: Kept; keyUse: KeyUse; given: Readonly<Record<string, string>> },
): Service => {
  const secrets = assembly.ofType("AWS::SecretsManager::Secret").map((resource) => {
    const secret = secretOf(assembly, resource);
    const value = on.given[secret.arn] ?? on.kept.get(secret.arn) ?? firstValue(assembly, resource);
    on.kept.set(secret.arn, value);
    return secret;
  });
  const find = (id: unknown): Secret => {
    const found = secrets.find((each) => each.arn === id || each.name === id);
    if (found) return found;
    throw new AwsError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
  };
  const may = (principal: Principal, action: string, keyAction: string, secret: Secret) => {
    principal.may(`secretsmanager:${action}`, secret.arn);
    if (secret.kmsKeyArn)
      on.keyUse(principal, keyAction, secret.kmsKeyArn, {
        "kms:ViaService": `secretsmanager.${region}.amazonaws.com`,
      });
  };
  const written = new Map<string, string>();
  return async ({ action, body, principal }: Call): Promise<JsonObject> => {
    const secret = find(body["SecretId"]);
    if (action === "GetSecretValue") {
      may(principal, action, "kms:Decrypt", secret);
      const value = on.kept.get(secret.arn) ?? "";
      return { ...named(secret, value), SecretString: value, VersionStages: ["AWSCURRENT"] };
    }
    if (action === "PutSecretValue") {
      may(principal, action, "kms:GenerateDataKey", secret);
      const value = String(body["SecretString"]);
      refuseOther(written, `${secret.arn} ${body["ClientRequestToken"]}`, value);
      on.kept.set(secret.arn, value);
      return { ...named(secret, value), VersionStages: ["AWSCURRENT"] };
    }
    throw new NotEmbedded(`secretsmanager ${action}`);
  };
};

/** A token stands for one value: who comes second with another hears so. */
const refuseOther = (written: Map<string, string>, token: string, value: string): void => {
  if ((written.get(token) ?? value) !== value)
    throw new AwsError("ResourceExistsException", "A version with this token holds another value.");
  written.set(token, value);
};

const secretOf = (assembly: Assembly, resource: Resource): Secret => {
  const { Name, KmsKeyId } = assembly.properties<SecretProperties>(resource);
  return {
    arn: assembly.ref(resource),
    name: Name ?? `${resource.stack}-${resource.id}`,
    kmsKeyArn: KmsKeyId,
  };
};

const named = (secret: Secret, value: string) => ({
  ARN: secret.arn,
  Name: secret.name,
  VersionId: createHash("sha256").update(value).digest("hex").slice(0, 32),
});

const firstValue = (assembly: Assembly, resource: Resource): string => {
  const { SecretString, GenerateSecretString } = assembly.properties<SecretProperties>(resource);
  if (SecretString !== undefined) return SecretString;
  if (!GenerateSecretString) throw new NotEmbedded(`${resource.id}: a secret without a value`);
  const { SecretStringTemplate, GenerateStringKey } = GenerateSecretString;
  const password = generate(GenerateSecretString);
  if (!SecretStringTemplate || !GenerateStringKey) return password;
  return JSON.stringify({ ...(JSON.parse(SecretStringTemplate) as object), [GenerateStringKey]: password });
};

const generate = (rules: Generate): string => {
  const alphabet = [
    rules.ExcludeUppercase ? "" : "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    rules.ExcludeLowercase ? "" : "abcdefghijklmnopqrstuvwxyz",
    rules.ExcludeNumbers ? "" : "0123456789",
    rules.ExcludePunctuation ? "" : "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
    rules.IncludeSpace ? " " : "",
  ]
    .join("")
    .split("")
    .filter((each) => !rules.ExcludeCharacters?.includes(each));
  return Array.from({ length: rules.PasswordLength ?? 32 }, () => alphabet[randomInt(alphabet.length)]).join(
    "",
  );
};
