import type { AnsweredNotice, Press } from './backend/types';

/** The answer that stands to the notice that is shown; one given to an earlier notice says nothing of this one. */
export function standingAnswer(press: Press): AnsweredNotice | null {
  const given = press.notice_answer;
  const shown = press.receipt?.notice?.id;
  return given && given.answer !== 'taken_back' && (shown === undefined || shown === given.notice) ? given : null;
}

/** Whether an answer was taken back and the collector does not know yet. */
export function isTakingBack(press: Press): boolean {
  return press.notice_answer?.answer === 'taken_back';
}

/** Whether the notice may be answered, or an answer taken back: while the ticket is open and what the notice tells of is not over. */
export function mayAnswer(press: Press): boolean {
  const status = press.receipt?.ticket.status;
  const notice = press.receipt?.notice?.id ?? press.notice_answer?.notice;
  const isOver = press.events.some((event) => event.kind === 'over' && event.notice === notice);
  return status !== undefined && status !== 'resolved' && status !== 'withdrawn' && !isOver;
}

/** Whether the ticket of a press is a major incident: the notice says so, or staff put it there. */
export function isMajor(press: Press): boolean {
  const number = press.receipt?.ticket.number;
  return press.receipt?.notice?.ticket === number || press.events.some((event) => event.kind === 'known' && event.major === number);
}
