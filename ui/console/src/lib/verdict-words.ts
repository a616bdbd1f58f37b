import type { Finding, Level, Owner, Priority, PriorityPart, Verdict } from '@redbutton/shared/api/types';
import type { Messages } from '@redbutton/shared/i18n/i18n.svelte';
import { fill } from '@redbutton/shared/i18n/message';

/** Findings by what they are to the verdict; the order of the verdict (worst first) is kept. */
export interface SortedFindings {
  restsOn: Finding[];
  against: Finding[];
  others: Finding[];
}

/** Sorts the findings of a verdict: what its category, cause and owner rest on, what spoke against, the rest. */
export function sortFindings(verdict: Verdict): SortedFindings {
  const against = new Set(verdict.against ?? []);
  const basis = new Set([...(verdict.category.evidence ?? []), ...(verdict.cause?.evidence ?? []), ...(verdict.owner?.evidence ?? [])]);
  const sorted: SortedFindings = { restsOn: [], against: [], others: [] };
  for (const finding of verdict.findings) {
    if (against.has(finding.rule)) sorted.against.push(finding);
    else if (basis.has(finding.rule)) sorted.restsOn.push(finding);
    else sorted.others.push(finding);
  }
  return sorted;
}

/** Where a fault lies, in words. */
export function ownerName(owner: Owner, messages: Messages): string {
  return owner.kind === 'service' ? fill(messages.owner.service, { name: owner.name }) : messages.owner[owner.kind];
}

/** From the mildest to the gravest. */
export const LEVELS: readonly Level[] = ['low', 'medium', 'high'];

/** ITIL's matrix, `Priority::from_matrix` of the contract. */
export function priorityOf(impact: Level, urgency: Level): Priority {
  const sum = LEVELS.indexOf(impact) + LEVELS.indexOf(urgency);
  return sum >= 4 ? 'P1' : sum === 3 ? 'P2' : sum === 2 ? 'P3' : 'P4';
}

/** What each part of a priority moves; `policy` may move either. */
export function sideOf(part: PriorityPart): 'impact' | 'urgency' | 'policy' {
  if (part.kind === 'disruption') return 'urgency';
  return part.kind === 'vip' ? 'policy' : 'impact';
}
