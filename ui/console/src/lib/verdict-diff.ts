import type { ChangedVerdict } from '@redbutton/shared/api/types';

/** What differs between two verdicts; `confidence` where nothing else does. */
export type ChangeKind = 'category' | 'priority' | 'team' | 'confidence';

export function changesOf({ before, after }: ChangedVerdict): ChangeKind[] {
  const changes: ChangeKind[] = [];
  if (before.category !== after.category) changes.push('category');
  if (before.priority !== after.priority) changes.push('priority');
  if (before.team !== after.team) changes.push('team');
  return changes.length > 0 ? changes : ['confidence'];
}

/** Those in which `kind` changes because of `rule`; `null` lets everything through. */
export function narrowChanges(changed: readonly ChangedVerdict[], kind: ChangeKind | null, rule: string | null): ChangedVerdict[] {
  return changed.filter((each) => (kind === null || changesOf(each).includes(kind)) && (rule === null || each.because.includes(rule)));
}

/** Every rule that changes something, the one that changes most first. */
export function rulesBehind(changed: readonly ChangedVerdict[]): { rule: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const rule of changed.flatMap((each) => each.because)) counts.set(rule, (counts.get(rule) ?? 0) + 1);
  return [...counts].map(([rule, count]) => ({ rule, count })).sort((a, b) => b.count - a.count || a.rule.localeCompare(b.rule));
}
