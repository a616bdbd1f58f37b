import type { components } from '../generated/api';

/** Shapes the collector is about to tell; each goes when its generated type is there. */
type Schemas = components['schemas'];
type LocalText = Schemas['LocalText'];
type Category = Schemas['Category'];

export interface Similar {
  ticket: Schemas['TicketSummary'];
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

type Json<T> = { content: { 'application/json': T } };
type Answer<Status extends number, T> = { responses: { [S in Status]: { headers: Record<string, unknown> } & (T extends undefined ? { content?: never } : Json<T>) } & { default: { headers: Record<string, unknown> } & Json<Schemas['ErrorBody']> } };

/** Calls the generated description does not know yet. */
export interface IncomingPaths {
  '/api/v1/tickets/{number}/similar': { get: { parameters: { path: { number: number } } } & Answer<200, Similar[]> };
  '/api/v1/incidents': { get: { parameters: object } & Answer<200, Proposal[]> };
  '/api/v1/incidents/{id}/accept': { post: { parameters: { path: { id: string } }; requestBody: Json<{ title: LocalText; members: number[]; next_news_at?: string }> } & Answer<200, Schemas['Ticket']> };
  '/api/v1/incidents/{id}/dismiss': { post: { parameters: { path: { id: string } }; requestBody?: never } & Answer<204, undefined> };
}
