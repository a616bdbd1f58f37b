import { scenarios, type ScenarioName } from './scenarios';
import type { Backend, NoticeAnswer, Press, WindowState } from './types';

/**
 * A plain browser: plays one scenario, chosen by `?scenario=`, so that the window can be looked at and tested without
 * the app. `?language=` sets the language.
 */
export function browser(search: string): Backend {
  const query = new URLSearchParams(search);
  const name = (query.get('scenario') ?? 'answered') as ScenarioName;
  const make = scenarios[name] ?? scenarios.answered;
  let state: WindowState = make(query.get('language') === 'en' ? 'en' : 'ru', Date.now());
  const listeners = new Set<(state: WindowState) => void>();
  const change = (report: string, update: (press: Press) => Press): void => {
    state = { ...state, presses: state.presses.map((press) => (press.report_id === report ? update(press) : press)) };
    for (const listener of listeners) listener(state);
  };
  return {
    state: () => Promise.resolve(state),
    onState(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    addText(report, text) {
      change(report, (press) => ({ ...press, text: press.text ? `${press.text}\n${text}` : text }));
      return Promise.resolve();
    },
    undo(report) {
      change(report, (press) => ({ ...press, stage: 'withdrawn', can_undo: false }));
      return Promise.resolve();
    },
    answerNotice(report, answer) {
      const is_delivered = state.icon !== 'waiting_for_network';
      change(report, (press) => {
        const notice = press.receipt?.notice;
        if (!press.receipt || !notice) return press;
        const said = answer === 'taken_back' && is_delivered ? null : { notice: notice.id, answer, is_delivered };
        const counted = (given: NoticeAnswer | undefined): number => (is_delivered && given === 'me_too' ? 1 : 0);
        const affected = (notice.affected ?? 0) + counted(answer) - counted(press.notice_answer?.answer);
        return { ...press, notice_answer: said, receipt: { ...press.receipt, notice: { ...notice, affected } } };
      });
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
}
