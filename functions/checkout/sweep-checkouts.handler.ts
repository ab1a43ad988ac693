import { lambda } from "#functions/runtime/lambda.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import { sweepHandler } from "#functions/runtime/sweep-handler.ts";
import { type StartWorkflow, workflowClient } from "#functions/runtime/workflow.client.ts";
import { sweepCheckouts } from "./sweep-checkouts.ts";

export const wire = (on: Platform & { workflows: StartWorkflow }) => {
  const workflow = on.environment.get("CHECKOUT_WORKFLOW_ARN");
  return sweepHandler(
    on,
    sweepCheckouts({ ...on, beginRun: (input) => on.workflows.start(workflow, input) }),
  );
};

export const handler = lambda(wire, { workflows: workflowClient });
