import type { ErrorCode } from '../api/types';
import { console } from './en.console';
import { facts } from './en.facts';
import { tray } from './en.tray';

/** English texts. `ru.ts` has the same keys; the compiler refuses a missing one. */
export const en = {
  app: 'Redbutton',
  /** Its own name, as a switch shows it. */
  language: 'English',

  category: {
    network: 'Network',
    access: 'Access',
    email: 'Email',
    printing: 'Printing',
    hardware: 'Hardware',
    performance: 'Performance',
    application: 'Application',
    storage: 'Files and shares',
    conferencing: 'Calls and meetings',
    security: 'Security',
    'operating-system': 'Operating system',
    request: 'Request',
    other: 'Not classified',
  },

  priority: {
    P1: { name: 'Critical', hint: 'Stops many people or a critical service' },
    P2: { name: 'High', hint: 'Stops a group, or degrades many' },
    P3: { name: 'Medium', hint: 'Stops one person, or degrades several' },
    P4: { name: 'Low', hint: 'One person, can wait' },
  },
  impact: { low: 'Low', medium: 'Medium', high: 'High' },
  urgency: { low: 'Low', medium: 'Medium', high: 'High' },
  severity: { info: 'Worth knowing', warning: 'Degraded', critical: 'Broken' },

  status: {
    new: 'New',
    in_progress: 'In progress',
    waiting_for_user: 'Waiting for user',
    resolved: 'Resolved',
    withdrawn: 'Withdrawn',
  },

  team: {
    'service-desk': 'Service desk',
    network: 'Network',
    workplace: 'Workplace',
    applications: 'Applications',
    security: 'Security',
    identity: 'Identity and access',
    printing: 'Printing',
    messaging: 'Messaging',
  },

  owner: {
    device: 'This computer',
    wi_fi: 'Wi-Fi',
    lan: 'Local network',
    dns: 'DNS',
    proxy: 'Proxy',
    vpn: 'VPN',
    provider: 'Provider',
    service: '{name}',
  },

  os: { windows: 'Windows', macos: 'macOS', linux: 'Linux' },

  omission: {
    off_by_policy: 'turned off by policy',
    redaction_failed: 'dropped on the device because personal data could not be removed',
    capture_failed: 'the screen could not be taken',
    too_large: 'over the size limit',
    outbox_full: 'dropped to make room on the device',
    withdrawn: 'taken back by the user',
  },

  unavailable: {
    timed_out: 'did not answer in time',
    panicked: 'the probe broke down',
    not_present: 'this computer has none',
    access_denied: 'the system does not let this user ask',
    not_supported: 'not available on this system',
    off_by_policy: 'turned off by policy',
    redaction_failed: 'dropped because personal data could not be removed',
    failed: 'the system answered with an error',
    too_large: 'dropped to keep the report within its limit',
  },

  notice: {
    major_incident: 'Known incident',
    maintenance: 'Planned maintenance',
  },

  error: {
    malformed_json: { title: 'The message arrived garbled', next: 'Try again. If it repeats, a proxy on the way may be changing traffic: tell IT.' },
    invalid_report: { title: 'The report does not fit the rules', next: 'Update Redbutton on this computer. The report stays here until then.' },
    invalid_request: { title: 'Something in the form is missing or too long', next: 'Check the fields and send again.' },
    unsupported_schema: { title: 'This version is not understood by the server', next: 'Update Redbutton on this computer or the collector.' },
    body_too_large: { title: 'Too large to be taken', next: 'Shorten it. Pictures over the limit are left out; everything else is kept.' },
    unsupported_media_type: { title: 'This kind of file is not taken', next: 'Update Redbutton on this computer.' },
    truncated_body: { title: 'The connection broke off half-way', next: 'It is sent again by itself; nothing was lost.' },
    checksum_mismatch: { title: 'The file was damaged on its way', next: 'It is sent again by itself. If it repeats, tell IT: something on the network changes files.' },
    not_a_picture: { title: 'The picture could not be read', next: 'The report is kept without it. Press again if the picture matters.' },
    picture_too_large: { title: 'The picture is too large', next: 'The report is kept without it.' },
    clock_skew: { title: 'The clock of this computer is wrong', next: 'Set date and time to automatic. The report is stamped anew and sent.' },
    id_reused: { title: 'Another report has this number already', next: 'Press the button again: a new report is made.' },
    unauthenticated: { title: 'You are signed out', next: 'Sign in again; what you typed is still here.' },
    unknown_device: { title: 'The server does not know this computer', next: 'Ask IT to enrol it again. Your report stays on this computer.' },
    device_revoked: { title: 'IT has blocked this computer', next: 'Call the service desk. Your report stays on this computer.' },
    invalid_enrolment_token: { title: 'The enrolment code is not valid', next: 'Ask IT for a new code.' },
    wrong_credentials: { title: 'Wrong login or password', next: 'Check the keyboard layout and Caps Lock, then try again.' },
    forbidden: { title: 'You are not allowed to do this', next: 'Ask an administrator for the right, or reload the page.' },
    not_found: { title: 'There is no such thing', next: 'It may belong to another organisation. Go back to the queue.' },
    method_not_allowed: { title: 'The server refused the call', next: 'Reload the page: it is older than the server.' },
    conflict: { title: 'The ticket has changed meanwhile', next: 'It was reloaded; look at it and decide again.' },
    invalid_rules: { title: 'These rules cannot be used', next: 'Correct the lines that are marked and check again.' },
    rate_limited: { title: 'Too many attempts', next: 'Wait a minute and try again.' },
    timeout: { title: 'The server did not answer in time', next: 'Try again.' },
    internal: { title: 'The server failed', next: 'Try again. If it repeats, give IT the time of this message.' },
    unavailable: { title: 'The server is starting or overloaded', next: 'Try again in a minute.' },
  } satisfies Record<ErrorCode, { title: string; next: string }>,

  /** Failures that have no code because no answer came. */
  noAnswer: { title: 'No connection to the server', next: 'Check the network. It is tried again by itself.' },
  unexpectedAnswer: { title: 'The server answered something unexpected', next: 'Reload the page. If it repeats, tell IT.' },

  common: {
    retry: 'Try again',
    cancel: 'Cancel',
    close: 'Close',
    undo: 'Undo',
    save: 'Save',
    copy: 'Copy',
    copied: 'Copied',
    loading: 'Loading',
    back: 'Back',
    dismiss: 'Dismiss',
    yes: 'yes',
    no: 'no',
    none: 'none',
    unknown: 'unknown',
    justNow: 'just now',
    theme: { label: 'Theme', system: 'As the system', light: 'Light', dark: 'Dark' },
    languageLabel: 'Language',
  },

  /** Units; `{n}` is a number written the language's way. */
  unit: {
    bytes: ['{n} B', '{n} KB', '{n} MB', '{n} GB', '{n} TB'],
    ms: '{n} ms',
    seconds: '{n} s',
    minutes: '{n} min',
    hours: '{n} h',
    days: '{n} d',
    dbm: '{n} dBm',
    percent: '{n} %',
    mhz: '{n} MHz',
    mbps: '{n} Mbit/s',
    celsius: '{n} °C',
    watts: '{n} W',
    per_second: '{n} /s',
  },

  facts,
  console,
  tray,
};
