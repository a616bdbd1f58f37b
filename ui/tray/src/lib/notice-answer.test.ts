import { describe, expect, it } from 'vitest';
import { scenarios } from './backend/scenarios';
import type { NoticeAnswer } from './backend/types';
import { isMajor, isTakingBack, mayAnswer, standingAnswer } from './notice-answer';

describe('an answer to a notice', () => {
  const press = scenarios.notice('en', 0).presses[0];
  if (!press?.receipt?.notice) throw new Error('the scenario has no notice');
  const receipt = press.receipt;
  const { id } = press.receipt.notice;
  const given = (answer: NoticeAnswer) => ({ notice: id, answer, is_delivered: true });

  it('stands only for the notice it was given to', () => {
    expect(standingAnswer({ ...press, notice_answer: given('me_too') })).toEqual(given('me_too'));
    expect(standingAnswer({ ...press, notice_answer: { ...given('me_too'), notice: 'another' } })).toBeNull();
    expect(standingAnswer(press)).toBeNull();
  });

  it('stands where the receipt names the notice no more, so that it can be taken back', () => {
    const refused = { ...press, receipt: { ...receipt, notice: null }, notice_answer: given('not_this') };
    expect(standingAnswer(refused)?.answer).toBe('not_this');
    expect(mayAnswer(refused)).toBe(true);
  });

  it('stands no more once it is taken back', () => {
    const back = { ...press, notice_answer: { ...given('taken_back'), is_delivered: false } };
    expect(standingAnswer(back)).toBeNull();
    expect(isTakingBack(back)).toBe(true);
    expect(isTakingBack(press)).toBe(false);
  });

  it('is asked for only while the ticket is open and the trouble is not over', () => {
    expect(mayAnswer(press)).toBe(true);
    expect(mayAnswer({ ...press, receipt: { ...receipt, ticket: { ...receipt.ticket, status: 'resolved' } } })).toBe(false);
    const over = { seq: 1, report_id: press.report_id, ticket: receipt.ticket, at: press.pressed_at, kind: 'over' as const, title: receipt.notice?.title ?? { en: '', ru: '' } };
    expect(mayAnswer({ ...press, events: [{ ...over, notice: id }] })).toBe(false);
    expect(mayAnswer({ ...press, events: [{ ...over, notice: 'another' }] })).toBe(true);
  });

  it('tells a ticket of many from a ticket of one’s own', () => {
    const known = scenarios.known('en', 0).presses[0];
    expect(known && isMajor(known)).toBe(true);
    expect(isMajor(press)).toBe(false);
  });
});
