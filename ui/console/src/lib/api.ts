import { failureOf, type Failure, type Result } from '@redbutton/shared/api/failure';
import type { Category, NewNotice, Notice, Staff, Ticket, TicketPage, TicketView } from '@redbutton/shared/api/types';
import { en } from '@redbutton/shared/i18n/en';

const codes = Object.keys(en.error);

/** Called when an answer says that the session is over. */
let signedOut: (() => void) | undefined;
export function onSignedOut(listener: () => void): void {
  signedOut = listener;
}

async function call<T>(method: string, path: string, body?: unknown): Promise<Result<T>> {
  let failure: Failure;
  try {
    const response = await fetch(path, {
      method,
      headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: 'same-origin',
    });
    const text = await response.text();
    const value: unknown = text === '' ? undefined : tryParse(text);
    if (response.ok) {
      return { ok: true, value: value as T };
    }
    failure = failureOf(response.status, value, codes, response.headers.get('Retry-After'));
  } catch {
    failure = { kind: 'no_answer' };
  }
  if (failure.kind === 'coded' && failure.code === 'unauthenticated') signedOut?.();
  return { ok: false, failure };
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const api = {
  session: () => call<Staff>('GET', '/api/v1/session'),
  signIn: (login: string, password: string) => call<Staff>('POST', '/api/v1/session', { login, password }),
  signOut: () => call<undefined>('DELETE', '/api/v1/session'),
  tickets: (filter: { view: TicketView; category?: Category; q?: string; cursor?: string }) => {
    const query = new URLSearchParams({ view: filter.view });
    if (filter.category) query.set('category', filter.category);
    if (filter.q) query.set('q', filter.q);
    if (filter.cursor) query.set('cursor', filter.cursor);
    return call<TicketPage>('GET', `/api/v1/tickets?${query}`);
  },
  ticket: (number: number) => call<Ticket>('GET', `/api/v1/tickets/${number}`),
  take: (number: number, force: boolean) => call<Ticket>('POST', `/api/v1/tickets/${number}/take`, { force }),
  release: (number: number) => call<Ticket>('POST', `/api/v1/tickets/${number}/release`),
  reply: (number: number, text: string, asks: boolean) => call<Ticket>('POST', `/api/v1/tickets/${number}/replies`, { text, asks }),
  resolve: (number: number, text: string) => call<Ticket>('POST', `/api/v1/tickets/${number}/resolve`, { text }),
  reopen: (number: number) => call<Ticket>('POST', `/api/v1/tickets/${number}/reopen`),
  notices: () => call<Notice[]>('GET', '/api/v1/notices'),
  createNotice: (notice: NewNotice) => call<Notice>('POST', '/api/v1/notices', notice),
  closeNotice: (id: string) => call<undefined>('POST', `/api/v1/notices/${encodeURIComponent(id)}/close`),
};

/** Where the bytes of an attachment are. */
export function attachmentAddress(reportId: string, n: number): string {
  return `/api/v1/reports/${encodeURIComponent(reportId)}/attachments/${n}`;
}
