import { arn, type JsonObject, NotEmbedded } from "./aws.ts";
import { fixedAnswer, type Mock } from "./gateway-mock.ts";
import { type Answer, assertTemplate } from "./gateway-response.ts";
import type { Assembly, Resource } from "./template.ts";

/** One REST API of the templates, read once at boot. */
export type GatewayModel = {
  readonly id: string;
  readonly name: string;
  /** Where it would be deployed, without a slash at the end. */
  readonly url: string;
  readonly stack: string;
  readonly stage: string;
  readonly routes: readonly GatewayRoute[];
  readonly responses: ReadonlyMap<string, GatewayResponse>;
};
export type GatewayRoute = {
  readonly method: string;
  /** `/checkout_sessions/{id}` */
  readonly path: string;
  readonly resourceId: string;
  readonly answeredBy: FunctionCall | { readonly fixed: Answer };
  readonly authorizer: GatewayAuthorizer | undefined;
};
export type FunctionCall = {
  readonly functionArn: string;
  readonly timeoutMs: number;
  readonly roleArn: string | undefined;
};
export type GatewayAuthorizer = {
  readonly functionArn: string;
  readonly roleArn: string | undefined;
  /** The gateway's own name of it, by which a function may let it call. */
  readonly sourceArn: string;
  /** Headers that must be there for the function to be asked at all. */
  readonly headers: readonly string[];
};
export type GatewayResponse = {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly templates: Readonly<Record<string, string>>;
};

type MethodProperties = {
  readonly RestApiId: string;
  readonly ResourceId: string;
  readonly HttpMethod: string;
  readonly AuthorizationType?: string;
  readonly AuthorizerId?: string;
  readonly ApiKeyRequired?: boolean;
  readonly RequestModels?: JsonObject;
  readonly RequestParameters?: Readonly<Record<string, boolean>>;
  readonly Integration?: Mock["Integration"] & {
    readonly Type: string;
    readonly Uri?: string;
    readonly Credentials?: string;
    readonly TimeoutInMillis?: number;
  };
  readonly MethodResponses?: Mock["MethodResponses"];
};

export const gatewayModels = (assembly: Assembly): readonly GatewayModel[] =>
  assembly.ofType("AWS::ApiGateway::RestApi").map((api) => modelOf(assembly, api));

const modelOf = (assembly: Assembly, api: Resource): GatewayModel => {
  const id = assembly.ref(api);
  const { Name, Body } = assembly.properties<{ Name?: string; Body?: unknown }>(api);
  if (Body) throw new NotEmbedded(`${api.id}: a REST API from an OpenAPI body`);
  const mine = (type: string) =>
    assembly.ofType(type).filter((each) => assembly.properties<{ RestApiId: string }>(each).RestApiId === id);
  const [stage] = mine("AWS::ApiGateway::Stage");
  if (!stage) throw new Error(`${api.id} has no stage: nobody could call it`);
  const paths = pathsOf(
    assembly,
    assembly.attribute(api, "RootResourceId"),
    mine("AWS::ApiGateway::Resource"),
  );
  const authorizers = new Map(
    mine("AWS::ApiGateway::Authorizer").map((each) => [assembly.ref(each), authorizerOf(assembly, each)]),
  );
  const routes = mine("AWS::ApiGateway::Method").map((each) =>
    routeOf(each.id, assembly.properties<MethodProperties>(each), paths, authorizers),
  );
  const responses = mine("AWS::ApiGateway::GatewayResponse").map((each) => responseOf(assembly, each));
  const stageName = assembly.ref(stage);
  return {
    id,
    name: Name ?? api.id,
    url: `https://${id}.execute-api.us-east-1.amazonaws.com/${stageName}`,
    stack: api.stack,
    stage: stageName,
    routes,
    responses: new Map(responses),
  };
};

const pathsOf = (assembly: Assembly, root: string, resources: readonly Resource[]) => {
  const parts = new Map(
    resources.map((each) => [
      assembly.ref(each),
      assembly.properties<{ ParentId: string; PathPart: string }>(each),
    ]),
  );
  const pathOf = (id: string): string => {
    const part = parts.get(id);
    return part ? `${pathOf(part.ParentId)}/${part.PathPart}` : "";
  };
  return new Map([[root, "/"], ...[...parts.keys()].map((id) => [id, pathOf(id)] as const)]);
};

const authorizerOf = (assembly: Assembly, resource: Resource): GatewayAuthorizer => {
  const properties = assembly.properties<{
    Type: string;
    AuthorizerUri: string;
    AuthorizerCredentials?: string;
    RestApiId: string;
    IdentitySource?: string;
    AuthorizerResultTtlInSeconds?: number;
  }>(resource);
  if (properties.Type !== "REQUEST")
    throw new NotEmbedded(`${resource.id}: authorizer of type ${properties.Type}`);
  if (properties.AuthorizerResultTtlInSeconds !== 0)
    throw new NotEmbedded(`${resource.id}: an authorizer that keeps its answers (set the TTL to 0)`);
  const sources = properties.IdentitySource?.split(",") ?? [];
  return {
    functionArn: functionOf(properties.AuthorizerUri),
    roleArn: properties.AuthorizerCredentials,
    sourceArn: arn("execute-api", `${properties.RestApiId}/authorizers/${assembly.ref(resource)}`),
    headers: sources.map((each) => each.trim().replace("method.request.header.", "").toLowerCase()),
  };
};

const routeOf = (
  id: string,
  method: MethodProperties,
  paths: ReadonlyMap<string, string>,
  authorizers: ReadonlyMap<string, GatewayAuthorizer>,
): GatewayRoute => {
  const authorizer = authorizers.get(method.AuthorizerId ?? "");
  assertEmbedded(id, method, authorizer);
  return {
    method: method.HttpMethod,
    path: paths.get(method.ResourceId) ?? "/",
    resourceId: method.ResourceId,
    answeredBy: answeredBy(id, method),
    authorizer: method.AuthorizationType === "CUSTOM" ? authorizer : undefined,
  };
};

const answeredBy = (id: string, method: MethodProperties): GatewayRoute["answeredBy"] => {
  const { Integration: integration } = method;
  if (integration?.Type === "MOCK") return { fixed: fixedAnswer(id, method) };
  if (integration?.Type !== "AWS_PROXY") throw new NotEmbedded(`${id}: integration ${integration?.Type}`);
  return {
    functionArn: functionOf(integration.Uri ?? ""),
    timeoutMs: integration.TimeoutInMillis ?? 29_000,
    roleArn: integration.Credentials,
  };
};

const assertEmbedded = (id: string, method: MethodProperties, authorizer: unknown): void => {
  const { AuthorizationType: kind = "NONE" } = method;
  if (method.ApiKeyRequired || method.RequestModels || method.RequestParameters)
    throw new NotEmbedded(`${id}: an API key, request models or request parameters`);
  if (kind !== "NONE" && !(kind === "CUSTOM" && authorizer))
    throw new NotEmbedded(`${id}: authorization ${kind} without a REQUEST authorizer`);
};

const functionOf = (uri: string): string => /functions\/(.+)\/invocations$/.exec(uri)?.[1] ?? uri;

const responseOf = (assembly: Assembly, resource: Resource): [string, GatewayResponse] => {
  const properties = assembly.properties<{
    ResponseType: string;
    StatusCode?: string;
    ResponseParameters?: Readonly<Record<string, string>>;
    ResponseTemplates?: Readonly<Record<string, string>>;
  }>(resource);
  for (const template of Object.values(properties.ResponseTemplates ?? {}))
    assertTemplate(template, resource.id);
  const headers = Object.entries(properties.ResponseParameters ?? {}).map(
    ([name, value]) => [name.replace("gatewayresponse.header.", ""), value] as const,
  );
  return [
    properties.ResponseType,
    {
      status: properties.StatusCode ? Number(properties.StatusCode) : undefined,
      headers: Object.fromEntries(headers),
      templates: properties.ResponseTemplates ?? {},
    },
  ];
};
