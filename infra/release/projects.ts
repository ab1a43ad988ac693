import type { Construct } from "constructs";
import type { Stage } from "../stage.ts";
import type { Artifacts } from "./artifacts.ts";
import { bootstrapped, releasedStacks, stackNameOf } from "./bootstrapped.ts";
import { digestOf, digestOfAll } from "./names.ts";
import { Project } from "./project.ts";
import { may } from "./role.ts";

export type Projects = Readonly<Record<"build" | "measure" | "publish", Project>>;

export const projectsIn = (scope: Construct, on: { stage: Stage; artifacts: Artifacts }): Projects => ({
  /** Runs what the commit says, so it may do nothing but hand on what it made. */
  build: new Project(scope, "build", {
    ...on,
    commands: [
      "npm ci",
      "npm audit --omit=dev --audit-level=high",
      "npm run check",
      `npm run synth -- --context stage=${on.stage.name} --output release.out`,
      "npm sbom --sbom-format=cyclonedx --omit=dev > release.out/sbom.json",
    ],
    output: "release.out",
  }),
  /** Apart from the build, whose code could say of itself what it likes: every byte that is deployed goes in. */
  measure: new Project(scope, "measure", {
    ...on,
    commands: measuring(on.stage),
    exports: [...releasedStacks.map(digestOf), digestOfAll],
  }),
  /** After the approval: its tools come with the commit, and whoever writes here decides what functions run. */
  publish: new Project(scope, "publish", {
    ...on,
    commands: [
      "npm ci --ignore-scripts",
      'node node_modules/aws-cdk/bin/cdk publish-assets --unstable=publish-assets --all --app "$CODEBUILD_SRC_DIR_assembly"',
    ],
    statements: [may(["sts:AssumeRole"], [bootstrapped.publishingRoleArn])],
  }),
});

/** The log has the digest of each file, so that a difference can be found. */
const measuring = (stage: Stage): string[] => [
  "find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | tee /tmp/digests",
  ...releasedStacks.map(
    (stack) =>
      `export ${digestOf(stack)}="$(sha256sum < ${stackNameOf(stage, stack)}.template.json | cut -c1-64)"`,
  ),
  `export ${digestOfAll}="$(sha256sum < /tmp/digests | cut -c1-64)"`,
];
