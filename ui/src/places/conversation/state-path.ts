/** The way from state to state within one interaction. */
import type { InsightView, StepView } from "../../backend";

/** A state on the way, and what happened while the agent was in it. */
interface Station {
  state: string;
  steps: StepView[];
  /** Whether the interaction ended here. */
  last: boolean;
}

/** The states in the order they were passed; what the server reports of a step stands at the state it left. */
export function stations(insight: InsightView): Station[] {
  const way: Station[] = [];
  const arrive = (state: string) => {
    const last = way.at(-1);
    if (last?.state === state) return last;
    const station: Station = { state, steps: [], last: false };
    way.push(station);
    return station;
  };
  for (const step of insight.steps) {
    arrive(step.from).steps.push(step);
    arrive(step.to);
  }
  arrive(insight.state).last = true;
  return way;
}

/** A step's kind in words; one that the API adds later is named as it is. */
export function kindInWords(kind: string): string {
  switch (kind) {
    case "action":
      return "Exit";
    case "decision":
      return "Decided";
    case "recall":
      return "Recalled";
    case "jumpback":
      return "Jumped back";
    case "annotation":
      return "Noted a thought";
    case "reflection":
      return "Reflected";
    case "tool-call":
      return "Called a tool";
    case "side-effect":
      return "Side effect";
    default:
      return kind;
  }
}

/** Names of the states in short, for a heading: the first, and the last when it is another. */
export function ends(insight: InsightView): string[] {
  const way = stations(insight);
  const [first, last] = [way[0], way.at(-1)];
  if (!first || !last) return [];
  return first === last ? [first.state] : [first.state, last.state];
}
