import { describe, expect, it } from 'vitest';
import { scenarios } from './backend/scenarios';
import { isMajor, opposite, pressedAnswer } from './notice-answer';

describe('an answer to a notice', () => {
  const press = scenarios.notice('en', 0).presses[0];
  if (!press?.receipt?.notice) throw new Error('the scenario has no notice');
  const { id } = press.receipt.notice;

  it('shows as pressed only on the notice it was given to', () => {
    const given = { notice: id, answer: 'me_too', is_delivered: true } as const;
    expect(pressedAnswer({ ...press, notice_answer: given })).toEqual(given);
    expect(pressedAnswer({ ...press, notice_answer: { ...given, notice: 'another' } })).toBeNull();
    expect(pressedAnswer(press)).toBeNull();
  });

  it('tells a ticket of many from a ticket of one’s own', () => {
    const known = scenarios.known('en', 0).presses[0];
    expect(known && isMajor(known)).toBe(true);
    expect(isMajor(press)).toBe(false);
  });

  it('is taken back by the other one', () => {
    expect(opposite('me_too')).toBe('not_this');
    expect(opposite(opposite('me_too'))).toBe('me_too');
  });
});
