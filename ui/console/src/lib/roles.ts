import type { Role } from '@redbutton/shared/api/types';

/** Who sees how right triage is, and changes its rules and model. */
export function mayTeach(role: Role | undefined): boolean {
  return role === 'lead' || role === 'admin';
}
