import { prefixOf, type Stage } from "../stage.ts";
import { arnHere, type ReleasedStack, releasedStacks } from "./bootstrapped.ts";

/** What the people's roles and the pipeline call the same. */
export const pipelineNameOf = (stage: Stage): string => `${prefixOf(stage)}-release`;

export const pipelineArn = (stage: Stage): string => arnHere("codepipeline", pipelineNameOf(stage));

export const stageArn = (stage: Stage, name: "build" | "release"): string => `${pipelineArn(stage)}/${name}`;

export const approvalOf = (stack: ReleasedStack): string => `approve-${stack}`;

export const approvalArns = (stage: Stage): string[] =>
  releasedStacks.map((stack) => `${stageArn(stage, "release")}/${approvalOf(stack)}`);

/** The change set that the pipeline makes of each stack, executes by this name, and nobody else may touch. */
export const releaseName = "release";

/** Variables that say what is approved: the SHA-256 of each stack's template, and of all that is published. */
export const digestOf = (stack: ReleasedStack): string =>
  `${stack.replaceAll("-", "_").toUpperCase()}_SHA256`;
export const digestOfAll = "ASSEMBLY_SHA256";
