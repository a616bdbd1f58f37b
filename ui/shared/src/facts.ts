import type { Formats } from './format';
import type { Messages } from './i18n/i18n.svelte';

/** What a fact shows: pairs, groups of pairs, tables. Pointers are JSON Pointers (RFC 6901) into its data. */
export type FactPart =
  | { kind: 'pair'; label: string; pointer: string; text: string }
  | { kind: 'group'; label: string; pointer: string; parts: FactPart[] }
  | { kind: 'table'; label: string; pointer: string; columns: { key: string; label: string; numeric: boolean }[]; rows: { pointer: string; cells: { pointer: string; text: string }[] }[] };

type Json = string | number | boolean | null | undefined | Json[] | { [key: string]: Json };

/** Deeper than this it is shown as JSON: a page is not a debugger. */
const MAX_DEPTH = 4;

/** Units as they stand at the end of key names. */
const UNITS: readonly [RegExp, (n: number, f: Formats, m: Messages) => string][] = [
  [/(^|_)bytes$/, (n, f) => f.bytes(n)],
  [/_ms$/, (n, f) => f.duration(n)],
  [/_(s|seconds)$/, (n, f) => f.duration(n * 1000)],
  [/_minutes$/, (n, f) => f.duration(n * 60_000)],
  [/_days$/, (n, f, m) => f.unit(m.unit.days, n)],
  [/((^|_)percent|_avg10|_avg60)$/, (n, f, m) => f.unit(m.unit.percent, n)],
  [/_dbm$/, (n, f, m) => f.unit(m.unit.dbm, n)],
  [/_mhz$/, (n, f, m) => f.unit(m.unit.mhz, n)],
  [/_mbps$/, (n, f, m) => f.unit(m.unit.mbps, n)],
  [/_celsius$/, (n, f, m) => f.unit(m.unit.celsius, n)],
];

/** What is looked for first: whether it works, what it is called; the network as the way out of the computer goes. Keys that are not here follow as they come. */
const ORDER = [
  'broken_rung', 'ok', 'connected', 'name', 'mount', 'executable', 'model', 'provider', 'id', 'level', 'kind', 'message', 'count',
  'link', 'address', 'gateway', 'dns', 'proxy', 'captive_portal', 'internet', 'vpn', 'collector', 'services', 'interfaces',
];

/** Numbers that are names, not amounts: no thousands separator. */
const PLAIN = /^(id|event_id|pid|port|status|version|build|channel)$/;

/** The label of a key; unknown keys are made readable from their own name. */
export function labelOf(key: string, messages: Messages): string {
  const label = known(messages.facts.key, key);
  if (label !== undefined) return label;
  const words = key.replace(/_(bytes|ms|s|seconds|minutes|days|percent|dbm|mhz|mbps|celsius|at)$/, '').replace(/[_-]+/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function probeName(probe: string, messages: Messages): string {
  return known(messages.facts.probe, probe) ?? labelOf(probe, messages);
}

/** A single value, written for reading. */
export function textOf(key: string, value: Json, format: Formats, messages: Messages): string {
  if (value === null || value === undefined) return '—';
  if (typeof value === 'boolean') return value ? messages.common.yes : messages.common.no;
  if (typeof value === 'number') {
    if (PLAIN.test(key)) return String(value);
    const unit = UNITS.find(([suffix]) => suffix.test(key));
    return unit ? unit[1](value, format, messages) : format.number(value);
  }
  if (typeof value === 'string') {
    if (/(^|_)at$/.test(key) && !Number.isNaN(Date.parse(value))) return format.full(value);
    return known(messages.facts.value, value) ?? value;
  }
  if (Array.isArray(value)) return value.length === 0 ? messages.common.none : value.map((item) => textOf(key, item, format, messages)).join(', ');
  return JSON.stringify(value);
}

/** Lays a fact's data out. `null` means "the machine does not tell" and is left out. */
export function partsOf(data: unknown, format: Formats, messages: Messages, pointer = '', depth = 0): FactPart[] {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    return [{ kind: 'pair', label: '', pointer, text: textOf('', data as Json, format, messages) }];
  }
  const parts: FactPart[] = [];
  for (const [key, value] of Object.entries(data as Record<string, Json>).sort(([a], [b]) => rank(a) - rank(b))) {
    if (value === null || value === undefined) continue;
    const at = `${pointer}/${escapePointer(key)}`;
    const label = labelOf(key, messages);
    if (Array.isArray(value) && value.length > 0 && value.every(isRecord)) {
      parts.push(tableOf(label, at, value, format, messages));
    } else if (isRecord(value) && depth < MAX_DEPTH) {
      const inner = partsOf(value, format, messages, at, depth + 1);
      if (inner.length > 0) parts.push({ kind: 'group', label, pointer: at, parts: inner });
    } else {
      parts.push({ kind: 'pair', label, pointer: at, text: textOf(key, value, format, messages) });
    }
  }
  return parts;
}

function tableOf(label: string, pointer: string, rows: Record<string, Json>[], format: Formats, messages: Messages): FactPart {
  const keys: string[] = [];
  for (const row of rows) {
    for (const [key, value] of Object.entries(row)) {
      if (value !== null && value !== undefined && !keys.includes(key)) keys.push(key);
    }
  }
  keys.sort((a, b) => rank(a) - rank(b));
  return {
    kind: 'table',
    label,
    pointer,
    columns: keys.map((key) => ({ key, label: labelOf(key, messages), numeric: rows.every((row) => row[key] == null || typeof row[key] === 'number') })),
    rows: rows.map((row, index) => ({
      pointer: `${pointer}/${index}`,
      cells: keys.map((key) => ({ pointer: `${pointer}/${index}/${escapePointer(key)}`, text: cellText(key, row[key], format, messages) })),
    })),
  };
}

function rank(key: string): number {
  const place = ORDER.indexOf(key);
  return place < 0 ? ORDER.length : place;
}

/** A record inside a cell becomes `label: value` pairs. */
function cellText(key: string, value: Json, format: Formats, messages: Messages): string {
  if (!isRecord(value)) return textOf(key, value, format, messages);
  return Object.entries(value)
    .sort(([a], [b]) => rank(a) - rank(b))
    .filter(([, inner]) => inner !== null && inner !== undefined)
    .map(([inner, content]) => `${labelOf(inner, messages)}: ${textOf(inner, content, format, messages)}`)
    .join('; ');
}

/** The text of a name that comes from a machine, where there is one. */
function known(texts: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(texts, name) ? texts[name] : undefined;
}

function isRecord(value: Json): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function escapePointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** The value at a pointer, written for reading; `null` where there is none, or nothing as short as a value. */
export function textAt(data: unknown, pointer: string, format: Formats, messages: Messages): string | null {
  let value = data as Json;
  let name = '';
  for (const step of pointer.split('/').slice(1)) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(value)) value = value[Number(key)];
    else if (isRecord(value)) value = value[key];
    else return null;
    if (!/^\d+$/.test(key)) name = key;
  }
  if (value === null || value === undefined || isRecord(value) || (Array.isArray(value) && value.some((item) => typeof item === 'object'))) return null;
  return textOf(name, value, format, messages);
}

/** Whether evidence at `evidence` concerns the value at `pointer`: that very value, or something inside it. */
export function concerns(evidence: string, pointer: string): boolean {
  return evidence === pointer || evidence.startsWith(`${pointer}/`) || (evidence !== '' && pointer.startsWith(`${evidence}/`));
}
