import type { IMetric, Metric } from "aws-cdk-lib/aws-cloudwatch";
import type { Stage } from "./stage.ts";

/** What is promised, and the metric by which it is seen to break. */
export type ServicePromise = {
  readonly name: string;
  /** For whoever is woken: what is in danger, and where to look first. */
  readonly means: string;
  readonly metric: IMetric & Pick<Metric, "createAlarm">;
  readonly threshold: number;
  readonly periods?: number;
  /** The promise is that the metric stays at or above the threshold. */
  readonly below?: true;
};

/** How the stage's resources are called. */
export type Names = { readonly stage: Stage; readonly prefix: string };
