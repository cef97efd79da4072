import type { Lab } from './lab.ts';

/** A line of the result: what was measured, and what it was to reach, if anything. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What the issue of speed asks for, such as `>= 25`; left out where the figure only explains. */
  readonly goal?: { readonly atLeast: number } | { readonly atMost: number };
}

export interface ScenarioOptions {
  readonly lab: Lab;
  readonly rounds: number;
  /** 1 is the full size; smaller for a short look. */
  readonly scale: number;
  readonly progress: (line: string) => void;
}

export type Scenario = (options: ScenarioOptions) => Promise<Figure[]>;

export function isMet({ value, goal }: Figure): boolean | null {
  if (!goal) return null;
  return 'atLeast' in goal ? value >= goal.atLeast : value <= goal.atMost;
}
