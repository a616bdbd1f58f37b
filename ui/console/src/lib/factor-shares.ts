import type { SharedFactor } from '@redbutton/shared/api/types';

/** Shares of those who have a factor, 0 to 1; an empty side has a share of 0. */
export function shares(factor: SharedFactor): { members: number; others: number } {
  const share = (part: number, whole: number): number => (whole > 0 ? part / whole : 0);
  return { members: share(factor.members_with, factor.members), others: share(factor.others_with, factor.others) };
}
