import type { Failure } from '@redbutton/shared/api/failure';
import type { Staff } from '@redbutton/shared/api/types';
import { i18n } from '@redbutton/shared/i18n/i18n.svelte';
import { api, onSignedOut } from './api';
import { live } from './live.svelte';

/** Who is signed in. */
class Session {
  staff = $state<Staff | null>(null);
  /** `expired`: signed in before, the server no longer agrees; the page stays as it is behind the sign-in. */
  state = $state<'loading' | 'in' | 'out' | 'expired'>('loading');
  failure = $state<Failure | null>(null);

  async start(): Promise<void> {
    this.state = 'loading';
    this.failure = null;
    onSignedOut(() => {
      live.stop();
      this.state = this.staff ? 'expired' : 'out';
    });
    const result = await api.session();
    if (result.ok) this.#enter(result.value);
    else if (result.failure.kind === 'coded' && result.failure.code === 'unauthenticated') this.state = 'out';
    else this.failure = result.failure;
  }

  /** The failure to show, or `null` when it worked. */
  async signIn(login: string, password: string): Promise<Failure | null> {
    const result = await api.signIn(login, password);
    if (!result.ok) return result.failure;
    this.#enter(result.value);
    return null;
  }

  async signOut(): Promise<void> {
    await api.signOut();
    // A fresh page: nothing of this person's view is left in memory.
    location.assign('/');
  }

  #enter(staff: Staff): void {
    this.staff = staff;
    this.state = 'in';
    if (!i18n.chosen) i18n.set(staff.language);
    live.start();
  }
}

export const session = new Session();
