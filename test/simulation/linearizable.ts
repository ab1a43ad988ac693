/** One call as its caller saw it: it took effect at one moment between the two, or, unanswered, maybe never. */
export type Operation<Act> = {
  readonly act: Act;
  readonly invoked: number;
  /** Infinity: nobody heard what became of it. */
  readonly returned: number;
  /** It need not have taken effect at all. */
  readonly optional: boolean;
};

export type Model<Act, State> = {
  readonly initial: State;
  /** The state after the act, if its answer is one that this state gives; `undefined`: it is not. */
  readonly next: (state: State, act: Act) => State | undefined;
};

/**
 * Whether the calls can be put in one order that respects real time and explains every answer (Wing and Gong 1993,
 * with Lowe's memory of what was tried). Exponential at worst, so histories are kept short.
 */
export const isLinearizable = <Act, State>(
  history: readonly Operation<Act>[],
  model: Model<Act, State>,
): boolean => {
  const tried = new Set<string>();
  const search = (left: readonly Operation<Act>[], state: State): boolean => {
    if (left.every(({ optional }) => optional)) return true;
    const id = `${left.map((operation) => history.indexOf(operation))} ${JSON.stringify(state)}`;
    if (tried.has(id)) return false;
    tried.add(id);
    const end = Math.min(...left.map(({ returned }) => returned));
    return left
      .filter(({ invoked }) => invoked <= end)
      .some((operation) => {
        const after = model.next(state, operation.act);
        return after !== undefined && search(without(left, operation), after);
      });
  };
  return search(history, model.initial);
};

const without = <Value>(values: readonly Value[], value: Value): Value[] =>
  values.filter((each) => each !== value);
