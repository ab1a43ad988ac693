import { expect, it } from "vitest";
import { fixedAnswer, type Mock } from "#infra/local/gateway-mock.ts";

const response = {
  StatusCode: "200",
  ResponseParameters: { "method.response.header.Content-Type": "'text/plain'" },
  ResponseTemplates: { "application/json": "hello\n" },
};
const integration = {
  PassthroughBehavior: "NEVER",
  RequestTemplates: { "application/json": '{"statusCode":200}' },
  IntegrationResponses: [response],
};
const mock: Mock = {
  Integration: integration,
  MethodResponses: [
    { StatusCode: "200", ResponseParameters: { "method.response.header.Content-Type": true } },
  ],
};
const answering = (change: object): Mock => ({
  ...mock,
  Integration: { ...integration, IntegrationResponses: [{ ...response, ...change }] },
});

it("answers a mock by its template and headers", () => {
  const { status, headers, body } = fixedAnswer("root", mock);
  expect([status, headers, body.toString()]).toEqual([200, { "content-type": "text/plain" }, "hello\n"]);
});

it.each<[string, Mock]>([
  [
    "passes requests through",
    { ...mock, Integration: { ...integration, PassthroughBehavior: "WHEN_NO_MATCH" } },
  ],
  ["has no answer", { ...mock, Integration: { ...integration, IntegrationResponses: [] } }],
  [
    "has two answers",
    { ...mock, Integration: { ...integration, IntegrationResponses: [response, response] } },
  ],
  ["chooses by the request", { ...mock, Integration: { ...integration, RequestTemplates: {} } }],
  ["chooses by a pattern", answering({ SelectionPattern: "2.." })],
  [
    "has a header that is computed",
    answering({ ResponseParameters: { "method.response.header.Content-Type": "context.requestId" } }),
  ],
  ["has a header that its method does not declare", { ...mock, MethodResponses: [] }],
  [
    "has templates for several types",
    answering({ ResponseTemplates: { "application/json": "a", "text/plain": "b" } }),
  ],
  [
    "has a template with variables",
    answering({ ResponseTemplates: { "application/json": "$context.requestId" } }),
  ],
])("fails at boot where a mock %s", (_, given) => {
  expect(() => fixedAnswer("root", given)).toThrow("root");
});
