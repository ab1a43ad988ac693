import { Annotations } from "aws-cdk-lib";
import {
  AuthorizationType,
  type IResource,
  MockIntegration,
  PassthroughBehavior,
  type RestApi,
} from "aws-cdk-lib/aws-apigateway";
import { acknowledge } from "./acknowledge.ts";
import type { Page, Published, Stage } from "./stage.ts";

type Host = {
  readonly api: "agent" | "store";
  /** Without a slash at the end. */
  readonly url: string;
};

/**
 * What a host tells everybody, without a key: on whose terms it runs, and whom to tell of a hole. The same words for
 * all until the next deploy, so the gateway says them by itself and no function is to be kept up for them.
 */
export const addAbout = (gateway: RestApi, { name, published }: Stage, host: Host): void => {
  const { root } = gateway;
  say(root, "getRoot", "application/json", `${JSON.stringify(rootOf(host, published), null, 2)}\n`);
  if (published) {
    refuseVelocity(published);
    const text = securityText(host.url, published.security, new Date());
    say(root.resourceForPath(securityFile), "getSecurityText", "text/plain; charset=utf-8", text);
  } else
    Annotations.of(gateway).addWarningV2(
      "agentic-checkout:nothing-published",
      `${name} tells nobody its terms, its privacy policy, its sub-processors and whom to tell of a hole: name them in infra/stage.ts`,
    );
};

const securityFile = "/.well-known/security.txt";

/** Links by their relation (RFC 8288; RFC 6903 names those of terms and privacy, RFC 8631 those of documents). What is not published is not linked. */
export const rootOf = ({ api, url }: Host, published: Published | undefined) => ({
  name: "agentic-checkout",
  api,
  links: {
    self: { href: `${url}/` },
    ...(api === "agent" && { describedby: { href: `${url}/.well-known/acp.json` } }),
    "service-desc": { href: `${url}/openapi.json` },
    "service-doc": { href: `${url}/docs` },
    ...(published && {
      "terms-of-service": linkTo(published.terms),
      "privacy-policy": linkTo(published.privacy),
      "sub-processors": linkTo(published.subProcessors),
      security: { href: `${url}${securityFile}` },
    }),
  },
});

const linkTo = ({ url, version }: Page) => ({ href: url, version });

/** RFC 9116. It ends within a year, and not at another day with every deploy: on a first, ten to eleven months ahead. */
export const securityText = (
  url: string,
  { contact, policy, languages }: Published["security"],
  now: Date,
): string => {
  const expires = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 11)).toISOString();
  return [
    `Contact: ${contact}`,
    `Expires: ${expires}`,
    `Preferred-Languages: ${languages.join(", ")}`,
    `Canonical: ${url}${securityFile}`,
    `Policy: ${policy}`,
    "",
  ].join("\n");
};

/** A template's key is the type of what the gateway reads, here its own; what callers get is said by the header. */
const say = (at: IResource, operationName: string, contentType: string, text: string): void => {
  const headers = {
    "Content-Type": contentType,
    "Cache-Control": "public, max-age=3600",
    "X-Content-Type-Options": "nosniff",
  };
  const parameters = Object.entries(headers).map(
    ([header, value]) => [`method.response.header.${header}`, value] as const,
  );
  const method = at.addMethod(
    "GET",
    new MockIntegration({
      passthroughBehavior: PassthroughBehavior.NEVER,
      requestTemplates: { "application/json": '{"statusCode":200}' },
      integrationResponses: [
        {
          statusCode: "200",
          responseParameters: Object.fromEntries(parameters.map(([name, value]) => [name, `'${value}'`])),
          responseTemplates: { "application/json": text },
        },
      ],
    }),
    {
      operationName,
      authorizationType: AuthorizationType.NONE,
      methodResponses: [
        {
          statusCode: "200",
          responseParameters: Object.fromEntries(parameters.map(([name]) => [name, true])),
        },
      ],
    },
  );
  acknowledge(method, {
    "AwsSolutions::AwsSolutions-APIG4":
      "Whoever wants to know the terms or to report a hole has no key yet; the answer is the same for all and tells of no store.",
  });
};

/** The gateway reads its templates as Velocity: these signs would be taken for its own. */
const refuseVelocity = (published: Published): void => {
  const found = /[$#]/.exec(JSON.stringify(published));
  if (found) throw new Error(`write the ${found[0]} in what infra/stage.ts publishes as %${hexOf(found[0])}`);
};
const hexOf = (sign: string): string => sign.charCodeAt(0).toString(16);
