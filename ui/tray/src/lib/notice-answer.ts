import type { AnsweredNotice, NoticeAnswer, Press } from './backend/types';

/** The answer to the notice that is shown; one given to an earlier notice says nothing of this one. */
export function pressedAnswer(press: Press): AnsweredNotice | null {
  const given = press.notice_answer;
  return given && given.notice === press.receipt?.notice?.id ? given : null;
}

/** What takes an answer back: the collector knows two, and the later one counts. */
export function opposite(answer: NoticeAnswer): NoticeAnswer {
  return answer === 'me_too' ? 'not_this' : 'me_too';
}

/** Whether the ticket of a press is a major incident: the notice says so, or staff put it there. */
export function isMajor(press: Press): boolean {
  const number = press.receipt?.ticket.number;
  return press.receipt?.notice?.ticket === number || press.events.some((event) => event.kind === 'known' && event.major === number);
}
