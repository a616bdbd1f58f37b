import type { Fact, Finding, Severity } from '@redbutton/shared/api/types';

/** Values in a fact that findings point at, with the worst severity of each. */
export type Marks = ReadonlyMap<string, Severity>;

export interface AbnormalFact {
  fact: Fact;
  severity: Severity;
  marks: Marks;
}

export interface FactGroups {
  /** Facts that findings rest on, worst first. */
  abnormal: AbnormalFact[];
  healthy: Fact[];
  unavailable: Fact[];
}

const RANK: Record<Severity, number> = { critical: 2, warning: 1, info: 0 };

/** Sorts the facts of a report by what the findings say of them; the order of probes is kept within a group. */
export function groupFacts(facts: readonly Fact[], findings: readonly Finding[]): FactGroups {
  const marks = new Map<string, Map<string, Severity>>();
  for (const finding of findings) {
    for (const evidence of finding.evidence) {
      if (evidence.source !== 'fact') continue;
      const ofProbe = marks.get(evidence.probe) ?? new Map<string, Severity>();
      ofProbe.set(evidence.pointer, worse(ofProbe.get(evidence.pointer), finding.severity));
      marks.set(evidence.probe, ofProbe);
    }
  }
  const groups: FactGroups = { abnormal: [], healthy: [], unavailable: [] };
  for (const fact of facts) {
    const found = marks.get(fact.probe);
    if (fact.outcome.status === 'unavailable') groups.unavailable.push(fact);
    else if (found) groups.abnormal.push({ fact, severity: [...found.values()].reduce(worse), marks: found });
    else groups.healthy.push(fact);
  }
  groups.abnormal.sort((a, b) => RANK[b.severity] - RANK[a.severity]);
  return groups;
}

function worse(a: Severity | undefined, b: Severity): Severity {
  return a !== undefined && RANK[a] >= RANK[b] ? a : b;
}
