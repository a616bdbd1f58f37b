import { failureOf, isSignedOut, type Failure, type Result } from '@redbutton/shared/api/failure';
import type { Category, LocalText, ModelVersion, NewNotice, Notice, OpenNotice, Proposal, Quality, Rules, RulesCheck, Similar, Site, Staff, Ticket, TicketPage, TicketView } from '@redbutton/shared/api/types';
import type { paths } from '@redbutton/shared/generated/api';
import { en } from '@redbutton/shared/i18n/en';
import createClient from 'openapi-fetch';

const client = createClient<paths>({ credentials: 'same-origin' });
const codes = Object.keys(en.error);

/** Called when an answer says that the session is over. */
let signedOut: (() => void) | undefined;
export function onSignedOut(listener: () => void): void {
  signedOut = listener;
}

/** Counts sign-ins: an answer to what was asked before the last one says nothing about the session there is now. */
let signedIn = 0;

/** How openapi-fetch types an answer: pairs become lists. The rest is checked against the generated type. */
type Listed<T> = T extends readonly (infer Item)[] ? Listed<Item>[] : T extends object ? { [K in keyof T]: Listed<T[K]> } : T;

/** What a call came to. Never rejects. */
async function outcome<T>(call: Promise<{ data?: Listed<T>; error?: unknown; response: Response }>): Promise<Result<T>> {
  const asked = signedIn;
  let failure: Failure;
  try {
    const { data, error, response } = await call;
    // A 204 has no data, and that is its result.
    if (response.ok) return { ok: true, value: data as T };
    failure = failureOf(response.status, error, codes, response.headers.get('Retry-After'));
  } catch (thrown) {
    // What came was no JSON: a proxy's page, say. Everything else means that nothing came.
    failure = thrown instanceof SyntaxError ? { kind: 'unexpected', status: 200 } : { kind: 'no_answer' };
  }
  if (isSignedOut(failure) && asked === signedIn) signedOut?.();
  return { ok: false, failure };
}

export const api = {
  session: () => outcome<Staff>(client.GET('/api/v1/session')),
  signIn: async (login: string, password: string): Promise<Result<Staff>> => {
    const result = await outcome<Staff>(client.POST('/api/v1/session', { body: { login, password } }));
    if (result.ok) signedIn += 1;
    return result;
  },
  signOut: () => outcome<undefined>(client.DELETE('/api/v1/session')),
  tickets: (query: { view: TicketView; category?: Category; q?: string; cursor?: string }) => outcome<TicketPage>(client.GET('/api/v1/tickets', { params: { query } })),
  members: (number: number) => outcome<TicketPage>(client.GET('/api/v1/tickets', { params: { query: { merged_into: number } } })),
  ticket: (number: number) => outcome<Ticket>(client.GET('/api/v1/tickets/{number}', { params: { path: { number } } })),
  take: (number: number, force: boolean) => outcome<Ticket>(client.POST('/api/v1/tickets/{number}/take', { params: { path: { number } }, body: { force } })),
  release: (number: number) => outcome<Ticket>(client.POST('/api/v1/tickets/{number}/release', { params: { path: { number } } })),
  reply: (number: number, text: string, asks: boolean) => outcome<Ticket>(client.POST('/api/v1/tickets/{number}/replies', { params: { path: { number } }, body: { text, asks } })),
  resolve: (number: number, text: string) => outcome<Ticket>(client.POST('/api/v1/tickets/{number}/resolve', { params: { path: { number } }, body: { text } })),
  reopen: (number: number) => outcome<Ticket>(client.POST('/api/v1/tickets/{number}/reopen', { params: { path: { number } } })),
  similar: (number: number) => outcome<Similar[]>(client.GET('/api/v1/tickets/{number}/similar', { params: { path: { number } } })),
  merge: (number: number, into: number) => outcome<Ticket>(client.POST('/api/v1/tickets/{number}/merge', { params: { path: { number } }, body: { into } })),
  split: (number: number) => outcome<Ticket>(client.POST('/api/v1/tickets/{number}/split', { params: { path: { number } } })),
  declareMajor: (number: number, body: { title: LocalText; keywords?: string[]; next_news_at?: string }) =>
    outcome<Ticket>(client.POST('/api/v1/tickets/{number}/major-incident', { params: { path: { number } }, body })),
  correct: (number: number, category: Category, team?: string) =>
    outcome<Ticket>(client.POST('/api/v1/tickets/{number}/category', { params: { path: { number } }, body: team ? { category, team } : { category } })),
  incidents: () => outcome<Proposal[]>(client.GET('/api/v1/incidents')),
  acceptIncident: (id: string, body: { title: LocalText; members: number[]; next_news_at?: string }) =>
    outcome<Ticket>(client.POST('/api/v1/incidents/{id}/accept', { params: { path: { id } }, body })),
  dismissIncident: (id: string, keepalive = false) => outcome<undefined>(client.POST('/api/v1/incidents/{id}/dismiss', { params: { path: { id } }, keepalive })),
  quality: (days: number) => outcome<Quality>(client.GET('/api/v1/triage/quality', { params: { query: { days } } })),
  sites: () => outcome<Site[]>(client.GET('/api/v1/triage/sites')),
  models: () => outcome<ModelVersion[]>(client.GET('/api/v1/triage/models')),
  activateModel: (version: number) => outcome<ModelVersion[]>(client.POST('/api/v1/triage/models/{version}/activate', { params: { path: { version } } })),
  takeBackMajor: (number: number) => outcome<Ticket>(client.POST('/api/v1/tickets/{number}/major-incident/undo', { params: { path: { number } } })),
  rules: () => outcome<Rules>(client.GET('/api/v1/triage/rules')),
  checkRules: (toml: string, last: number, signal: AbortSignal) => outcome<RulesCheck>(client.POST('/api/v1/triage/rules/check', { body: { toml, last }, signal })),
  publishRules: (toml: string, note: string) => outcome<Rules>(client.POST('/api/v1/triage/rules', { body: { toml, note } })),
  activateRules: (version: number) => outcome<Rules>(client.POST('/api/v1/triage/rules/{version}/activate', { params: { path: { version } } })),
  notices: () => outcome<OpenNotice[]>(client.GET('/api/v1/notices')),
  createNotice: (body: NewNotice) => outcome<Notice>(client.POST('/api/v1/notices', { body })),
  closeNotice: (id: string) => outcome<undefined>(client.POST('/api/v1/notices/{id}/close', { params: { path: { id } } })),
};

/** Where the bytes of an attachment are. */
export function attachmentAddress(reportId: string, n: number): string {
  return `/api/v1/reports/${encodeURIComponent(reportId)}/attachments/${n}`;
}
