import type { Receipt, Verdict } from '@redbutton/shared/api/types';
import type { Language } from '@redbutton/shared/i18n/message';
import type { Press, WindowState } from './types';

export type ScenarioName = 'idle' | 'diagnosing' | 'saved' | 'sending' | 'offline' | 'answered' | 'notice' | 'notice_offline' | 'notice_refused' | 'over' | 'known' | 'question' | 'resolved' | 'refused' | 'withdrawn' | 'not_enrolled' | 'not_saved';

const ID = '0197f000-0000-7000-8000-000000000001';
const NOTICE = '0197f000-0000-7000-9000-000000000001';

/** What the window may have to show, for looking at it and for its tests. `now` in ms. */
export const scenarios: Record<ScenarioName, (language: Language, now: number) => WindowState> = {
  idle: (language) => ({ ...window(language, []), icon: 'idle' }),
  diagnosing: (language, now) => ({ ...window(language, [press(now, { stage: 'diagnosing', pictures_total: 2 })]), icon: 'sending' }),
  saved: (language, now) => ({ ...window(language, [press(now, { stage: 'saved', pictures_total: 1 })]), icon: 'sending' }),
  sending: (language, now) => ({ ...window(language, [press(now, { stage: 'sending', pictures_total: 2 })]), icon: 'sending' }),
  offline: (language, now) => ({
    ...window(language, [press(now, { stage: 'waiting_for_network', pictures_total: 2, retry_at: at(now, 0.7) })]),
    icon: 'waiting_for_network',
    waiting: 1,
  }),
  answered: (language, now) =>
    window(language, [
      press(now, {
        stage: 'answered',
        pictures_sent: 1,
        pictures_total: 2,
        receipt: receipt(now, {
          en: 'The volume /home is full: 212 MB of 228 GB are free. Empty the trash and the Downloads folder; then save again.',
          ru: 'Диск /home заполнен: свободно 212 МБ из 228 ГБ. Очистите корзину и папку «Загрузки», затем сохраните снова.',
        }),
      }),
    ]),
  notice: (language, now) => window(language, [withNotice(now)]),
  notice_offline: (language, now) => ({ ...window(language, [withNotice(now)]), icon: 'waiting_for_network' }),
  notice_refused: (language, now) => {
    const told = withNotice(now);
    const refused = { notice: NOTICE, answer: 'not_this', is_delivered: true } as const;
    return window(language, [{ ...told, receipt: told.receipt && { ...told.receipt, notice: null }, notice_answer: refused }]);
  },
  over: (language, now) => {
    const told = withNotice(now);
    const notice = told.receipt?.notice;
    const ticket = { number: 1041, status: 'in_progress' } as const;
    const said = { notice: NOTICE, answer: 'me_too', is_delivered: true } as const;
    const title = notice?.title ?? { en: '', ru: '' };
    const events: Press['events'] = [{ seq: 1, report_id: ID, ticket, at: at(now, -1), kind: 'over', notice: NOTICE, title }];
    return window(language, [{ ...told, can_undo: false, notice_answer: said, events }]);
  },
  known: (language, now) =>
    window(language, [
      press(now, {
        stage: 'answered',
        pictures_sent: 1,
        pictures_total: 1,
        can_undo: false,
        unread: true,
        receipt: {
          ...receipt(now, { en: 'The gateway 10.2.0.1 does not answer. It is not your computer.', ru: 'Шлюз 10.2.0.1 не отвечает. Дело не в вашем компьютере.' }),
          ticket: { number: 1042, status: 'in_progress' },
          joined: true,
        },
        events: [
          {
            seq: 1,
            report_id: ID,
            ticket: { number: 1042, status: 'in_progress' },
            at: at(now, -3),
            kind: 'known',
            major: 1042,
            title: { en: 'No network on the second floor', ru: 'На втором этаже нет сети' },
            next_news_at: at(now, 40),
          },
        ],
      }),
    ]),
  question: (language, now) =>
    window(language, [
      press(now, {
        stage: 'answered',
        pictures_sent: 1,
        pictures_total: 1,
        can_undo: false,
        unread: true,
        text: language === 'ru' ? 'Не работает!!! Срочно' : 'It does not work, urgent',
        receipt: {
          ...receipt(now, { en: 'A specialist will look at it. Nothing unusual is seen on the computer itself.', ru: 'Специалист посмотрит. На самом компьютере ничего необычного не видно.' }),
          ticket: { number: 1040, status: 'waiting_for_user' },
        },
        events: [
          { seq: 1, report_id: ID, ticket: { number: 1040, status: 'in_progress' }, at: at(now, -6), kind: 'accepted', by: 'Анна Крылова' },
          {
            seq: 2,
            report_id: ID,
            ticket: { number: 1040, status: 'waiting_for_user' },
            at: at(now, -2),
            kind: 'question',
            by: 'Анна Крылова',
            text: language === 'ru' ? 'Что именно не работает: программа, печать или вход куда-либо?' : 'What exactly does not work: a program, printing, or signing in somewhere?',
          },
        ],
      }),
    ]),
  resolved: (language, now) =>
    window(language, [
      press(now, {
        stage: 'answered',
        pictures_sent: 1,
        pictures_total: 1,
        can_undo: false,
        receipt: {
          ...receipt(now, { en: 'The print queue is stopped.', ru: 'Очередь печати остановлена.' }),
          ticket: { number: 1038, status: 'resolved' },
        },
        events: [
          { seq: 1, report_id: ID, ticket: { number: 1038, status: 'in_progress' }, at: at(now, -30), kind: 'accepted', by: 'Анна Крылова' },
          { seq: 2, report_id: ID, ticket: { number: 1038, status: 'resolved' }, at: at(now, -1), kind: 'resolved', by: 'Анна Крылова', text: language === 'ru' ? 'Перезапустили очередь принтера, все документы напечатались.' : 'The queue was restarted; everything has been printed.' },
        ],
      }),
    ]),
  refused: (language, now) => window(language, [press(now, { stage: 'refused', can_undo: false, refusal: 'unsupported_schema', pictures_total: 1 })]),
  withdrawn: (language, now) => window(language, [press(now, { stage: 'withdrawn', can_undo: false, receipt: receipt(now, { en: '', ru: '' }) })]),
  not_enrolled: (language, now) => ({
    ...window(language, [press(now, { stage: 'waiting_for_network', pictures_total: 1 })]),
    icon: 'waiting_for_network',
    enrolled: false,
    organisation: null,
    problem: 'not_enrolled',
    waiting: 1,
  }),
  not_saved: (language, now) => ({ ...window(language, [press(now, { stage: 'sending', pictures_total: 1, omissions: [{ item: 'screenshot:HDMI-1', reason: 'outbox_full' }] })]), icon: 'sending', problem: 'not_saved' }),
};

function at(now: number, minutes: number): string {
  return new Date(now + minutes * 60_000).toISOString();
}

function window(language: Language, presses: Press[]): WindowState {
  return { icon: 'answered', presses, waiting: 0, set_aside: 0, enrolled: true, organisation: language === 'ru' ? 'Северный банк' : 'Northern Bank', problem: null, language };
}

function press(now: number, over: Partial<Press>): Press {
  return {
    report_id: ID,
    pressed_at: at(now, -0.2),
    stage: 'captured',
    pictures_sent: 0,
    pictures_total: 0,
    can_undo: true,
    undo_until: at(now, 4.8),
    omissions: [],
    events: [],
    unread: false,
    ...over,
  };
}

function withNotice(now: number): Press {
  return press(now, {
    stage: 'answered',
    pictures_sent: 1,
    pictures_total: 1,
    receipt: {
      ...receipt(now, { en: 'The mail server answers with an error. It is not your computer.', ru: 'Почтовый сервер отвечает ошибкой. Дело не в вашем компьютере.' }),
      notice: {
        id: NOTICE,
        kind: 'major_incident',
        title: { en: 'Mail is not being delivered', ru: 'Почта не доставляется' },
        category: 'email',
        starts_at: at(now, -106),
        next_news_at: at(now, 24),
        affected: 42,
      },
    },
  });
}

function receipt(now: number, says: Receipt['says']): Receipt {
  const verdict: Verdict = {
    category: { value: 'performance', confidence: 0.88 },
    impact: { value: 'low', confidence: 0.7 },
    urgency: { value: 'high', confidence: 0.7 },
    priority: { value: 'P3', confidence: 0.7 },
    team: { value: 'workplace', confidence: 0.9 },
    findings: [],
    signature: 'disks.volume_full',
    triage_version: '1',
  };
  return { report_id: ID, received_at: at(now, -0.1), ticket: { number: 1041, status: 'new' }, joined: false, says, verdict, awaited: [] };
}
