import type { components } from '../generated/api';

/** The API's types by their short names; they are generated (`npm run types`). */
type Schemas = components['schemas'];

export type Actor = Schemas['Actor'];
export type Attachment = Schemas['Attachment'];
export type Category = Schemas['Category'];
export type ChangedVerdict = Schemas['ChangedVerdict'];
export type ErrorCode = Schemas['ErrorCode'];
export type Event = Schemas['Event'];
export type EvidenceRef = Schemas['EvidenceRef'];
export type Fact = Schemas['Fact'];
export type Factor = Schemas['Factor'];
export type Finding = Schemas['Finding'];
export type Level = Schemas['Level'];
export type LocalText = Schemas['LocalText'];
export type ModelVersion = Schemas['ModelVersion'];
export type NewNotice = Schemas['NewNotice'];
export type Site = Schemas['Site'];
export type Notice = Schemas['Notice'];
export type OpenNotice = Schemas['OpenNotice'];
export type Omission = Schemas['Omission'];
export type Owner = Schemas['Judged_Owner']['value'];
export type Priority = Schemas['Priority'];
export type PriorityPart = Schemas['PriorityPart'];
export type Proposal = Schemas['Proposal'];
export type Quality = Schemas['Quality'];
export type Receipt = Schemas['Receipt'];
export type Role = Schemas['Role'];
export type RuleProblem = Schemas['RuleProblem'];
export type Rules = Schemas['Rules'];
export type RulesCheck = Schemas['RulesCheck'];
export type RuleSetVersion = Schemas['RuleSetVersion'];
export type ScreenRead = Schemas['ScreenRead'];
export type Sentence = Schemas['Sentence'];
export type Severity = Schemas['Severity'];
export type SharedFactor = Schemas['SharedFactor'];
export type Similar = Schemas['Similar'];
export type Staff = Schemas['Staff'];
export type StaffRef = Schemas['StaffRef'];
export type Ticket = Schemas['Ticket'];
export type TicketCounts = Schemas['TicketCounts'];
export type TicketPage = Schemas['TicketPage'];
export type TicketReport = Schemas['TicketReport'];
export type TicketStatus = Schemas['TicketStatus'];
export type TicketSummary = Schemas['TicketSummary'];
export type TimelineEntry = Schemas['TimelineEntry'];
export type Verdict = Schemas['Verdict'];
export type VerdictOutline = Schemas['VerdictOutline'];
export type VerdictSource = Schemas['VerdictSource'];

/** Views of the queue: each has its count. */
export type TicketView = keyof TicketCounts;
