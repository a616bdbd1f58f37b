export type ErrorCode =
  | 'malformed_json' | 'invalid_report' | 'invalid_request' | 'unsupported_schema' | 'body_too_large'
  | 'unsupported_media_type' | 'truncated_body' | 'checksum_mismatch' | 'not_a_picture' | 'picture_too_large'
  | 'clock_skew' | 'id_reused' | 'unauthenticated' | 'unknown_device' | 'device_revoked' | 'invalid_enrolment_token'
  | 'wrong_credentials' | 'forbidden' | 'not_found' | 'method_not_allowed' | 'conflict' | 'rate_limited' | 'timeout'
  | 'internal' | 'unavailable';
export interface LocalText { en: string; ru: string }
export type Category = 'network' | 'access' | 'email' | 'printing' | 'hardware' | 'performance' | 'application' | 'storage' | 'conferencing' | 'security' | 'operating-system' | 'request' | 'other';
export type Level = 'low' | 'medium' | 'high';
export type Priority = 'P1' | 'P2' | 'P3' | 'P4';
export type TicketStatus = 'new' | 'in_progress' | 'waiting_for_user' | 'resolved' | 'withdrawn';
export type Severity = 'info' | 'warning' | 'critical';
export type EvidenceRef =
  | { source: 'fact'; probe: string; pointer: string; value: string }
  | { source: 'text'; quote: string }
  | { source: 'screen'; attachment: number; quote: string };
export interface Finding { rule: string; says: LocalText; severity: Severity; evidence: EvidenceRef[] }
export interface Judged<T> { value: T; confidence: number; evidence?: string[] }
export interface ProbableCause { says: LocalText; staff_step: LocalText; user_step?: LocalText | null }
export interface Candidate { category: Category; confidence: number }
export interface Abstention { candidates: Candidate[]; question: LocalText }
export interface Verdict {
  category: Judged<Category>; impact: Judged<Level>; urgency: Judged<Level>; priority: Judged<Priority>; team: Judged<string>;
  cause?: Judged<ProbableCause> | null; findings: Finding[]; against?: string[]; abstention?: Abstention | null;
  signature: string; triage_version: string;
}
export type Unavailable = 'timed_out' | 'panicked' | 'not_present' | 'access_denied' | 'not_supported' | 'off_by_policy' | 'redaction_failed' | 'failed' | 'too_large';
export type FactOutcome = { status: 'ok'; data: unknown } | { status: 'unavailable'; reason: Unavailable; detail?: string | null };
export interface Fact { probe: string; outcome: FactOutcome; took_ms: number; privacy: 'technical' | 'personal' | 'sensitive' }
export interface AttachmentPlan { n: number; kind: 'screenshot' | 'probes'; media_type: string; bytes: number; sha256: string; size?: number[] | null; monitor?: string | null }
export type AttachmentState = 'announced' | 'stored' | 'dropped';
export type OmissionReason = 'off_by_policy' | 'redaction_failed' | 'capture_failed' | 'too_large' | 'outbox_full' | 'withdrawn';
export interface Omission { item: string; reason: OmissionReason }
export type OsFamily = 'windows' | 'macos' | 'linux';
export interface Report {
  schema: number; id: string; pressed_at: string; agent: { version: string; os: OsFamily }; hostname: string; user?: string | null;
  language: 'en' | 'ru'; text?: string | null; facts: Fact[]; attachments?: AttachmentPlan[]; omissions?: Omission[];
}
export interface Notice {
  id: string; kind: 'major_incident' | 'maintenance'; title: LocalText; category: Category; keywords?: string[];
  starts_at: string; ends_at?: string | null; next_news_at?: string | null; affected?: number;
}
export type NewNotice = Omit<Notice, 'id' | 'affected'>;
export interface TicketRef { number: number; status: TicketStatus }
export interface Receipt {
  report_id: string; received_at: string; ticket: TicketRef; joined: boolean; says: LocalText; verdict: Verdict; notice?: Notice | null; awaited: number[];
}
export type Event = { seq: number; report_id: string; ticket: TicketRef; at: string } & (
  | { kind: 'accepted'; by: string } | { kind: 'reply'; by: string; text: string } | { kind: 'question'; by: string; text: string }
  | { kind: 'resolved'; by: string; text: string } | { kind: 'reopened'; by: string });
export interface StaffRef { id: string; name: string }
export interface Staff { id: string; login: string; name: string; role: string; organisation: string; language: 'en' | 'ru' }
export interface TicketSummary {
  number: number; status: TicketStatus; priority: Priority; category: Category; team: string; says?: LocalText | null; confidence: number;
  text?: string | null; hostname: string; user?: string | null; holder?: StaffRef | null; opened_at: string; last_report_at: string;
  updated_at: string; resolved_at?: string | null; reports: number; awaited: number;
}
export type TicketView = 'open' | 'mine' | 'unassigned' | 'resolved';
export type TicketCounts = Record<TicketView, number>;
export interface TicketPage { tickets: TicketSummary[]; next?: string | null; counts: TicketCounts }
export interface Attachment { plan: AttachmentPlan; state: AttachmentState; stored_at?: string | null }
export interface Sentence { at: string; text: string }
export interface TicketReport {
  id: string; device_id: string; pressed_at: string; received_at: string; agent: { version: string; os: OsFamily }; hostname: string; user?: string | null;
  language: 'en' | 'ru'; sentences: Sentence[]; verdict: Verdict; notice?: Notice | null; facts: Fact[]; attachments: Attachment[]; omissions: Omission[]; withdrawn_at?: string | null;
}
export type Actor = { who: 'user' } | ({ who: 'staff' } & StaffRef) | { who: 'collector' };
export type TimelineEntry = { seq: number; at: string; actor: Actor } & (
  | { kind: 'opened' | 'joined'; report_id: string } | { kind: 'text_added'; report_id: string; text: string }
  | { kind: 'report_withdrawn'; report_id: string; closes: boolean }
  | { kind: 'attachment_stored' | 'attachment_dropped'; report_id: string; n: number }
  | { kind: 'taken'; from?: StaffRef | null } | { kind: 'released' | 'reopened' } | { kind: 'replied' | 'asked' | 'resolved'; text: string });
export interface Ticket { summary: TicketSummary; reports: TicketReport[]; timeline: TimelineEntry[] }
