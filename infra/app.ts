import { App, type AppProps } from "aws-cdk-lib";
import { AgentApiStack } from "./agent-api-stack.ts";
import { DataStack } from "./data-stack.ts";
import { ReleaseStack } from "./release/release-stack.ts";
import { type Stage, stageOf } from "./stage.ts";
import { StoreApiStack } from "./store-api-stack.ts";

/** The app of the stage that the context names. */
export const appFor = (context: Record<string, unknown> = {}, props: AppProps = {}): App => {
  const app = new App({ analyticsReporting: false, treeMetadata: false, context, ...props });
  addStacks(app, stageIn(app));
  return app;
};

/** The three stacks of a stage: what survives, what agents call, what stores call; and a fourth that releases them. */
export const addStacks = (app: App, stage: Stage): void => {
  const data = new DataStack(app, { stage });
  const on = { stage, data };
  const agent = new AgentApiStack(app, on);
  new StoreApiStack(app, on, agent);
  if (stage.release) new ReleaseStack(app, { stage, release: stage.release });
};

/** The stage of `-c stage=…`; `-c stripeUrl=…` says where the embedded Stripe of this run listens. */
const stageIn = (app: App): Stage => {
  const given = (name: string): string | undefined => app.node.tryGetContext(name);
  const stage = stageOf(given("stage") ?? "dev");
  const url = given("stripeUrl");
  return stage.embeddedStripe && url ? { ...stage, embeddedStripe: { url } } : stage;
};

// Imported by tests and the embedded cloud, run by the CDK's command line.
if (import.meta.main) appFor();
