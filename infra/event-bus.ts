import { Aws } from "aws-cdk-lib";
import { CfnEventBus, CfnRule } from "aws-cdk-lib/aws-events";
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import type { Service } from "./data-stack.ts";
import { type Grant, grant, knows } from "./grant.ts";
import type { DeadLetters, Queue } from "./queue.ts";
import { prefixOf } from "./stage.ts";
import type { Workflow } from "./workflow.ts";

/** How the service signs its events; what else lands on the bus matches no rule of ours. */
export const eventSource = "agentic-checkout";

/** Our account's buses, as far as the account. */
const homeBuses = `arn:${Aws.PARTITION}:events:${Aws.REGION}:${Aws.ACCOUNT_ID}`;

export const knowsHomeBuses = (): Grant => knows({ HOME_BUSES: homeBuses });

export const otherBuses = `arn:${Aws.PARTITION}:events:${Aws.REGION}:*:event-bus/*`;

/**
 * Our events on buses of other accounts, which let us in by a policy of theirs. Never on one of our own: there they would
 * pass for facts and start workflows.
 */
export const putElsewhere = (): Grant => ({
  statements: [
    new PolicyStatement({
      actions: ["events:PutEvents"],
      resources: [otherBuses],
      conditions: {
        StringEquals: { "events:source": eventSource },
        StringNotEquals: { "aws:ResourceAccount": Aws.ACCOUNT_ID },
      },
    }),
  ],
  environment: {},
});

type Props = { readonly on: Service; readonly undelivered: DeadLetters };

/** Where facts meet who cares: one rule each, named after what it wakes. */
export class EventBus extends Construct {
  readonly #bus: CfnEventBus;
  readonly #props: Props;

  constructor(scope: Construct, props: Props) {
    super(scope, "event-bus");
    this.#props = props;
    this.#bus = new CfnEventBus(this, "bus", {
      name: prefixOf(props.on.stage),
      kmsKeyIdentifier: props.on.data.keys.operations.keyArn,
      deadLetterConfig: { arn: props.undelivered.queue.attrArn },
    });
  }

  put(): Grant {
    return grant(["events:PutEvents"], [this.#bus.attrArn], { EVENT_BUS_NAME: this.#bus.ref });
  }

  /** Every event, as it is. */
  feed(queue: Queue): void {
    this.#rule(queue.node.id, {}, { arn: queue.queue.attrArn });
  }

  /** One type of event; `input` is the run's input with `<name>` standing for a path into the event. */
  start(workflow: Workflow, on: { eventType: string; paths: Record<string, string> }): void {
    const role = new Role(this, `${workflow.node.id}-starter`, {
      assumedBy: new ServicePrincipal("events.amazonaws.com", {
        conditions: { StringEquals: { "aws:SourceAccount": Aws.ACCOUNT_ID } },
      }),
      inlinePolicies: { grants: new PolicyDocument({ statements: [...workflow.start().statements] }) },
    });
    this.#rule(
      workflow.node.id,
      { "detail-type": [on.eventType] },
      {
        arn: workflow.arn,
        roleArn: role.roleArn,
        inputTransformer: { inputPathsMap: on.paths, inputTemplate: templateOf(on.paths) },
      },
    );
  }

  #rule(id: string, pattern: object, target: Omit<CfnRule.TargetProperty, "id">): void {
    new CfnRule(this, `${id}-rule`, {
      name: `${prefixOf(this.#props.on.stage)}-${id}`,
      eventBusName: this.#bus.ref,
      eventPattern: { source: [eventSource], ...pattern },
      state: "ENABLED",
      targets: [{ id, ...target, deadLetterConfig: { arn: this.#props.undelivered.queue.attrArn } }],
    });
  }
}

/** EventBridge puts quotes around text by itself. */
const templateOf = (paths: Readonly<Record<string, string>>): string =>
  `{${Object.keys(paths)
    .map((name) => `"${name}":<${name}>`)
    .join(",")}}`;
