import type { components } from '../generated/api';

/** Shapes the collector is about to tell; each goes when its generated type is there. */
type Schemas = components['schemas'];
type LocalText = Schemas['LocalText'];
type Category = Schemas['Category'];

export type TicketSummary = Schemas['TicketSummary'] & {
  /** It stands for many tickets. */
  major: boolean;
  merged_into?: number | null;
  /** How many tickets are merged into it. */
  members: number;
  /** Distinct devices over it and its members. */
  people: number;
  /** Staff set its category. */
  corrected: boolean;
};
export interface ScreenRead {
  n: number;
  state: 'waiting' | 'read' | 'failed' | 'unavailable';
  text?: string | null;
  read_at?: string | null;
}
export type TicketReport = Schemas['TicketReport'] & { screens: ScreenRead[] };
type EntryHead = { actor: Schemas['Actor']; at: string; seq: number };
export type TimelineEntry =
  | Schemas['TimelineEntry']
  | (EntryHead & { kind: 'verdict_refined'; report_id: string; from: Category; to: Category; confidence_from: number; confidence_to: number; source: Schemas['VerdictSource'] })
  | (EntryHead & { kind: 'recategorised'; from: Category; to: Category; team: string })
  | (EntryHead & { kind: 'merged'; into: number })
  | (EntryHead & { kind: 'split'; from: number })
  | (EntryHead & { kind: 'member_added'; number: number })
  | (EntryHead & { kind: 'member_left'; number: number })
  | (EntryHead & { kind: 'made_major'; title: LocalText; members: number[] })
  | (EntryHead & { kind: 'me_too'; notice: string })
  | (EntryHead & { kind: 'not_this'; notice: string });
export interface Ticket {
  summary: TicketSummary;
  reports: TicketReport[];
  timeline: TimelineEntry[];
}
export type TicketPage = Omit<Schemas['TicketPage'], 'tickets'> & { tickets: TicketSummary[] };

export interface Similar {
  ticket: TicketSummary;
  shared: Schemas['Factor'][];
  says: LocalText;
}
export interface SharedFactor {
  factor: Schemas['Factor'];
  members_with: number;
  members: number;
  others_with: number;
  others: number;
}
export interface Proposal {
  id: string;
  raised_at: string;
  category: Category;
  people: number;
  reports: number;
  members: number[];
  shared: SharedFactor[];
  says: LocalText;
  title: LocalText;
  accepted_as?: number | null;
}

export interface ModelVersion {
  version: number;
  created_at: string;
  created_by?: string | null;
  corrections: number;
  held_out_accuracy: number;
  held_out_macro_f1: number;
  shipped_accuracy: number;
  shipped_macro_f1: number;
  state: 'active' | 'available' | 'refused';
  reason?: LocalText | null;
}
export interface Quality {
  tickets: number;
  corrected: number;
  abstained: number;
  accuracy: number | null;
  answered_accuracy: number | null;
  ece: number | null;
  calibration: { from: number; to: number; count: number; said: number; right: number }[];
  categories: { category: Category; count: number; precision: number | null; recall: number | null; f1: number | null }[];
  confusion: { said: Category; was: Category; count: number }[];
  drift: { week_of: string; tickets: number; accuracy: number | null; mean_confidence: number; psi: number }[];
  model: ModelVersion;
}

export interface RuleSetVersion {
  version: number;
  created_at: string;
  created_by: string;
  note: string;
  active: boolean;
}
export interface Rules {
  active?: number | null;
  toml: string;
  versions: RuleSetVersion[];
  shipped: { file: string; toml: string }[];
}
export interface RuleMistake {
  file: string;
  line: number;
  column?: number | null;
  rule?: string | null;
  reason: string;
}
export interface JudgedBrief {
  category: Category;
  confidence: number;
  priority: Schemas['Priority'];
  team: string;
}
export interface RulesCheck {
  errors: RuleMistake[];
  judged: number;
  changed: { report_id: string; ticket: number; before: JudgedBrief; after: JudgedBrief; because: string[] }[];
  slower: { before_us: number; after_us: number };
}

type Json<T> = { content: { 'application/json': T } };
type Answer<Status extends number, T> = { responses: { [S in Status]: { headers: Record<string, unknown> } & (T extends undefined ? { content?: never } : Json<T>) } & { default: { headers: Record<string, unknown> } & Json<Schemas['ErrorBody']> } };
type Call<Path, Body, Status extends number, T> = { parameters: { path: Path }; requestBody: Json<Body> } & Answer<Status, T>;
type Bare<Path, Status extends number, T> = { parameters: { path: Path }; requestBody?: never } & Answer<Status, T>;
type Number_ = { number: number };

/** Calls the generated description does not know yet. */
export interface IncomingPaths {
  '/api/v1/tickets': { get: { parameters: { query?: { view?: 'open' | 'mine' | 'unassigned' | 'resolved'; category?: Category; q?: string; cursor?: string; merged_into?: number } } } & Answer<200, TicketPage> };
  '/api/v1/tickets/{number}/similar': { get: { parameters: { path: Number_ } } & Answer<200, Similar[]> };
  '/api/v1/tickets/{number}/merge': { post: Call<Number_, { into: number }, 200, Ticket> };
  '/api/v1/tickets/{number}/split': { post: Bare<Number_, 200, Ticket> };
  '/api/v1/tickets/{number}/major-incident': { post: Call<Number_, { title: LocalText; keywords?: string[]; next_news_at?: string }, 200, Ticket> };
  '/api/v1/tickets/{number}/category': { post: Call<Number_, { category: Category; team?: string }, 200, Ticket> };
  '/api/v1/incidents': { get: { parameters: object } & Answer<200, Proposal[]> };
  '/api/v1/incidents/{id}/accept': { post: Call<{ id: string }, { title: LocalText; members: number[]; next_news_at?: string }, 200, Ticket> };
  '/api/v1/incidents/{id}/dismiss': { post: Bare<{ id: string }, 204, undefined> };
  '/api/v1/triage/quality': { get: { parameters: { query: { days: number } } } & Answer<200, Quality> };
  '/api/v1/triage/models': { get: { parameters: object } & Answer<200, ModelVersion[]> };
  '/api/v1/triage/models/{version}/activate': { post: Bare<{ version: number }, 200, ModelVersion[]> };
  '/api/v1/triage/rules': {
    get: { parameters: object } & Answer<200, Rules>;
    post: { parameters: object; requestBody: Json<{ toml: string; note: string }> } & Answer<201, Rules>;
  };
  '/api/v1/triage/rules/check': { post: { parameters: object; requestBody: Json<{ toml: string; last: number }> } & Answer<200, RulesCheck> };
  '/api/v1/triage/rules/{version}/activate': { post: Bare<{ version: number }, 200, Rules> };
}
