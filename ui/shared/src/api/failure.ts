import type { ErrorCode } from './types';
import type { en } from '../i18n/en';
import type { Same } from '../i18n/message';

/**
 * Why a call gave no result. `coded`: the server said why. `no_answer`: nothing came back.
 * `unexpected`: something came back that is not of this API (a proxy's page, another version).
 */
export type Failure =
  | { kind: 'coded'; code: ErrorCode; detail?: string; retryAfterSeconds?: number }
  | { kind: 'no_answer' }
  | { kind: 'unexpected'; status: number };

export type Result<T> = { ok: true; value: T } | { ok: false; failure: Failure };

/** Reads the body of an answer that is not a success. Never throws. */
export function failureOf(status: number, body: unknown, codes: readonly string[], retryAfter: string | null = null): Failure {
  if (typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'string' && codes.includes(body.code)) {
    const failure: Failure = { kind: 'coded', code: body.code as ErrorCode };
    if ('detail' in body && typeof body.detail === 'string') failure.detail = body.detail;
    const seconds = Number(retryAfter);
    if (retryAfter !== null && Number.isFinite(seconds) && seconds >= 0) failure.retryAfterSeconds = seconds;
    return failure;
  }
  return { kind: 'unexpected', status };
}

/** What a person reads, with a next step. */
export function explain(failure: Failure, messages: Same<typeof en>): { title: string; next: string } {
  switch (failure.kind) {
    case 'coded':
      return messages.error[failure.code];
    case 'no_answer':
      return messages.noAnswer;
    case 'unexpected':
      return messages.unexpectedAnswer;
  }
}

/** Whether the session is over and sign-in is the next step. */
export function isSignedOut(failure: Failure): boolean {
  return failure.kind === 'coded' && failure.code === 'unauthenticated';
}
