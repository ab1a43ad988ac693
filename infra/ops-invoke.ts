import { stderr } from "node:process";
import { setTimeout } from "node:timers/promises";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { together } from "#functions/operator/parts.ts";
import { type Done, progressOf } from "./ops-answer.ts";

export type Answer =
  | { done: Done; refused?: undefined }
  | { refused: { code: string; text: string; param?: string }; done?: undefined };

export type Write = (lines: readonly object[]) => Promise<void>;

/** What is more than one call's work goes on with the next, from where the last one came to. */
export const untilDone = async (
  name: string,
  asked: { readonly command: object; readonly write: Write },
  before: { cursor?: unknown; soFar: object } = { soFar: {} },
): Promise<Answer> => {
  const { cursor } = before;
  const answer = (await invoke(name, {
    ...asked.command,
    ...(cursor !== undefined && { cursor }),
  })) as Answer;
  if (!answer.done) return answer;
  await asked.write(answer.done.lines ?? []);
  const { cursor: next, part, ...end } = answer.done;
  const soFar = together({ ...before.soFar }, part);
  if (next === undefined) return { done: { ...end, ...soFar } };
  const { waitSeconds = 0 } = answer.done;
  stderr.write(`not done yet ${JSON.stringify(progressOf({ ...answer.done, waitSeconds }, soFar))}\n`);
  await setTimeout(Math.min(waitSeconds, longestNap) * 1_000);
  return untilDone(name, asked, { cursor: next, soFar });
};

/** Seconds; so that whoever watches sees that it goes on. */
const longestNap = 10;

/** Asked once: a repeat would issue a second key. */
export const invoke = async (name: string, command: object): Promise<unknown> => {
  const lambda = new LambdaClient({ maxAttempts: 1 });
  const answered = await lambda.send(
    new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(command) }),
  );
  const text = new TextDecoder().decode(answered.Payload);
  if (answered.FunctionError)
    throw new Error(
      `${name} failed (${(JSON.parse(text) as { errorMessage?: string }).errorMessage}); see its log`,
    );
  return JSON.parse(text) as unknown;
};
