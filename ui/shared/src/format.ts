import type { Messages } from './i18n/i18n.svelte';
import { fill, type Language } from './i18n/message';

const LOCALE: Record<Language, string> = { en: 'en-GB', ru: 'ru-RU' };

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Numbers, sizes and times as people of one language write them. */
export class Formats {
  readonly #locale: string;
  readonly #m: Messages;
  readonly #number: Intl.NumberFormat;
  readonly #relative: Intl.RelativeTimeFormat;

  constructor(language: Language, messages: Messages) {
    this.#locale = LOCALE[language];
    this.#m = messages;
    this.#number = new Intl.NumberFormat(this.#locale, { maximumFractionDigits: 2 });
    this.#relative = new Intl.RelativeTimeFormat(this.#locale, { numeric: 'auto', style: 'short' });
  }

  number(n: number): string {
    return this.#number.format(n);
  }

  /** At most one digit after the point, none from 100 up. */
  short(n: number): string {
    return new Intl.NumberFormat(this.#locale, { maximumFractionDigits: Math.abs(n) >= 100 ? 0 : 1 }).format(n);
  }

  unit(pattern: string, n: number): string {
    return fill(pattern, { n: this.short(n) });
  }

  /** Binary multiples, as every system's own tools show them. */
  bytes(n: number): string {
    const patterns = this.#m.unit.bytes;
    let step = 0;
    let value = n;
    while (Math.abs(value) >= 1024 && step < patterns.length - 1) {
      value /= 1024;
      step += 1;
    }
    return this.unit(patterns[step] ?? '{n}', value);
  }

  percent(ratio: number): string {
    return fill(this.#m.unit.percent, { n: this.#number.format(Math.round(ratio * 100)) });
  }

  /** With one digit after the point, for shares that are compared. */
  percentExact(ratio: number): string {
    return fill(this.#m.unit.percent, { n: new Intl.NumberFormat(this.#locale, { maximumFractionDigits: 1 }).format(ratio * 100) });
  }

  /** The largest fitting unit, with the next one where it says something: `3 d 4 h`, `12 min`, `850 ms`. */
  duration(ms: number): string {
    const sign = ms < 0 ? '−' : '';
    const whole = Math.abs(ms);
    const unit = this.#m.unit;
    if (whole < SECOND) return sign + this.unit(unit.ms, Math.round(whole));
    if (whole < MINUTE) return sign + this.unit(unit.seconds, whole / SECOND);
    const two = (big: number, bigUnit: string, small: number, smallUnit: string): string => {
      const first = Math.floor(whole / big);
      const second = Math.floor((whole % big) / small);
      const head = this.unit(bigUnit, first);
      return sign + (second > 0 && first < 10 ? `${head} ${this.unit(smallUnit, second)}` : head);
    };
    if (whole < HOUR) return two(MINUTE, unit.minutes, SECOND, unit.seconds);
    if (whole < DAY) return two(HOUR, unit.hours, MINUTE, unit.minutes);
    return two(DAY, unit.days, HOUR, unit.hours);
  }

  /** One unit only, for narrow columns: `5 min`, `2 h`, `3 d`. */
  age(ms: number): string {
    const unit = this.#m.unit;
    if (ms < MINUTE) return this.#m.common.justNow;
    if (ms < HOUR) return this.unit(unit.minutes, Math.floor(ms / MINUTE));
    if (ms < DAY) return this.unit(unit.hours, Math.floor(ms / HOUR));
    return this.unit(unit.days, Math.floor(ms / DAY));
  }

  /** `5 min ago`, `in 2 hr`, `yesterday`. */
  relative(at: string | number, now: number): string {
    const difference = time(at) - now;
    const size = Math.abs(difference);
    if (size < MINUTE) return this.#m.common.justNow;
    if (size < HOUR) return this.#relative.format(Math.trunc(difference / MINUTE), 'minute');
    if (size < DAY) return this.#relative.format(Math.trunc(difference / HOUR), 'hour');
    return this.#relative.format(Math.trunc(difference / DAY), 'day');
  }

  /** Time alone on the same day, day and time otherwise. */
  moment(at: string | number, now: number): string {
    const date = new Date(at);
    const today = new Date(now);
    return sameDay(date, today)
      ? this.time(at)
      : new Intl.DateTimeFormat(this.#locale, {
          day: 'numeric',
          month: 'short',
          ...(date.getFullYear() === today.getFullYear() ? {} : { year: 'numeric' }),
          hour: '2-digit',
          minute: '2-digit',
        }).format(date);
  }

  /** The day without its time. */
  day(at: string | number, now: number): string {
    const date = new Date(at);
    const year = date.getFullYear() === new Date(now).getFullYear() ? {} : { year: 'numeric' as const };
    return new Intl.DateTimeFormat(this.#locale, { day: 'numeric', month: 'short', ...year }).format(date);
  }

  time(at: string | number): string {
    return new Intl.DateTimeFormat(this.#locale, { hour: '2-digit', minute: '2-digit' }).format(new Date(at));
  }

  /** In full, for tooltips. */
  full(at: string | number): string {
    return new Intl.DateTimeFormat(this.#locale, { dateStyle: 'long', timeStyle: 'medium' }).format(new Date(at));
  }
}

function time(at: string | number): number {
  return typeof at === 'number' ? at : Date.parse(at);
}

function sameDay(a: Date, b: Date): boolean {
  return a.getFullYear() === b.getFullYear() && a.getMonth() === b.getMonth() && a.getDate() === b.getDate();
}
