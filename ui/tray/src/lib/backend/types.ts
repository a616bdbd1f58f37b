import type { ErrorCode, Event, Omission, Receipt } from '@redbutton/shared/api/types';
import type { Language } from '@redbutton/shared/i18n/message';

/** How far a press is; `PressStage` of the agent. */
export type Stage = 'captured' | 'diagnosing' | 'saved' | 'sending' | 'waiting_for_network' | 'answered' | 'refused' | 'withdrawn';

/** What stops or limits the agent; `AgentProblem` of the agent. */
export type Problem =
  | 'not_saved'
  | 'device_revoked'
  | 'unknown_device'
  | 'invalid_enrolment_token'
  | 'no_collector'
  | 'not_enrolled'
  | 'key_store_locked'
  | 'collector_not_trusted'
  | 'outbox_full';

/** What a person says of a notice; `NoticeAnswer` of the agent. */
export type NoticeAnswer = 'me_too' | 'not_this' | 'taken_back';

/** The answer given last; `AnsweredNotice` of the agent. One taken back is there until the collector knows. */
export interface AnsweredNotice {
  notice: string;
  answer: NoticeAnswer;
  /** Until then it waits in the outbox. */
  is_delivered: boolean;
}

/** One press as its person sees it; `PressView` of the agent. */
export interface Press {
  report_id: string;
  pressed_at: string;
  stage: Stage;
  receipt?: Receipt | null;
  pictures_sent: number;
  pictures_total: number;
  text?: string | null;
  can_undo: boolean;
  /** Until when, where the agent says it. */
  undo_until?: string | null;
  notice_answer?: AnsweredNotice | null;
  omissions: Omission[];
  refusal?: ErrorCode | null;
  retry_at?: string | null;
  /** Oldest first. */
  events: Event[];
  unread: boolean;
}

/** Everything the window shows; `AgentState` of the agent, and the language it runs in. */
export interface WindowState {
  icon: 'idle' | 'sending' | 'waiting_for_network' | 'answered';
  /** Newest first. */
  presses: Press[];
  waiting: number;
  set_aside: number;
  enrolled: boolean;
  organisation?: string | null;
  problem?: Problem | null;
  language: Language;
}

/** The program behind the window. Calls reject when it cannot be reached or could not do it. */
export interface Backend {
  state(): Promise<WindowState>;
  /** Calls `listener` with each new state until the returned function is called. */
  onState(listener: (state: WindowState) => void): () => void;
  addText(report: string, text: string): Promise<void>;
  undo(report: string): Promise<void>;
  answerNotice(report: string, answer: NoticeAnswer): Promise<void>;
  close(): Promise<void>;
}
