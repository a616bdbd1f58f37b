// Tickets as a collector would tell them, for developing the console without one. Times are offsets from the start.

const minutes = (n) => new Date(Date.now() - n * 60_000).toISOString();
let last = 0;
const id = () => `0197f000-0000-7000-8000-${String(++last).padStart(12, '0')}`;
const ok = (probe, data, took_ms, privacy = 'technical') => ({ probe, outcome: { status: 'ok', data }, took_ms, privacy });
const unavailable = (probe, reason, detail) => ({ probe, outcome: { status: 'unavailable', reason, ...(detail ? { detail } : {}) }, took_ms: 3, privacy: 'technical' });
const fact = (probe, pointer, value) => ({ source: 'fact', probe, pointer, value });
const text = (quote) => ({ source: 'text', quote });
const screen = (attachment, quote) => ({ source: 'screen', attachment, quote });
const judged = (value, confidence, evidence = []) => ({ value, confidence, evidence });
const part = (kind, level, en, ru, evidence = []) => ({ kind, level, says: { en, ru }, evidence });
/** What a verdict was made from, by what the report has. */
const sourcesOf = (verdict, sentences) => [
  'facts',
  ...(sentences.length > 0 ? ['text'] : []),
  ...(verdict.findings.some((finding) => finding.evidence.some((one) => one.source === 'screen')) ? ['screen'] : []),
];

const GB = 1024 ** 3;
const os = (over = {}) => ok('os', { family: 'windows', name: 'windows', version: '11 23H2', build: '22631.3296', kernel: '10.0', architecture: 'x86_64', last_update_at: minutes(9 * 1440), patch_age_days: 9, failed_updates: 0, pretty_name: 'Windows 11 Pro 23H2', ...over }, 12);
const boot = (over = {}) => ok('boot', { uptime_s: 93_400, booted_at: minutes(1556), last_boot_reason: 'normal', reboot_pending: false, reboot_pending_reasons: [], last_crash: null, ...over }, 21);
const clock = () => ok('clock', { skew_ms: 210, time_zone: 'Europe/Moscow', utc_offset_minutes: 180, synchronised: true }, 1);
const power = (over = {}) => ok('power', { on_battery: false, battery_percent: 97, battery_health_percent: 88, plan: 'balanced', throttled: false, ...over }, 5);
const session = (user) => ok('session', { kind: 'console', protocol: null, user, other_users: 0, locale: 'ru-RU', desktop: null }, 8, 'personal');
const load = (over = {}) => ok('load', { cpu_percent: 14.2, cpus: 8, memory_total_bytes: 16 * GB, memory_available_bytes: 7.4 * GB, memory_used_percent: 53.7, commit_percent: 48, swap_total_bytes: 4 * GB, swap_used_bytes: 0.2 * GB, pressure: { cpu_some_avg10: null }, disk_busy_percent: 3.1, load1: null, top_cpu: [{ name: 'chrome.exe', percent: 6.1, processes: 24 }, { name: 'Teams.exe', percent: 2.2, processes: 9 }], top_memory: [{ name: 'chrome.exe', bytes: 2.1 * GB, processes: 24 }, { name: 'Teams.exe', bytes: 0.9 * GB, processes: 9 }], hung_windows: [], ...over }, 280, 'personal');
const disks = (over = {}) => ok('disks', { volumes: [{ mount: 'C:\\', fs: 'ntfs', total_bytes: 237 * GB, free_bytes: 96 * GB, free_percent: 40.5, read_only: false, fs_errors: null }], devices: [{ name: 'PhysicalDrive0', model: 'Samsung SSD 980 500GB', rotational: false, size_bytes: 465 * GB, health: 'ok', health_reason: null }], ...over }, 44);
const app = (over = {}) => ok('foreground', { executable: 'chrome.exe', name: 'Google Chrome', version: '131.0.6778.86', publisher: 'Google LLC', title: 'Личный кабинет — Портал', pid: 8412, responding: true, session_type: 'windows', recent: [{ executable: 'OUTLOOK.EXE', name: 'Outlook' }, { executable: 'explorer.exe', name: 'Explorer' }], ...over }, 18, 'personal');
const service = (name, over = {}) => ({ name, check: { ok: true, tcp_ms: 3, tls: true, status: 200, error: null, ...over } });
const network = (over = {}) => ok('network', { interfaces: [{ name: 'Ethernet', kind: 'ethernet', up: true, addresses: ['10.2.14.37'], apipa: false }], link: { ok: true }, address: { ok: true, apipa: false }, gateway: { address: '10.2.0.1', ok: true, rtt_ms: 1.2 }, dns: { servers: ['10.2.0.10', '10.2.0.11'], ok: true, took_ms: 4, name: 'mail.example.org' }, proxy: { mode: 'none', url: null, ok: null }, captive_portal: { detected: false }, internet: { ok: true, status: 204, took_ms: 38 }, collector: { ok: true, tcp_ms: 2, tls: true, status: 200, error: null }, services: [service('mail.example.org'), service('files.example.org:445', { tls: null, status: null })], vpn: { up: false, interfaces: [] }, broken_rung: null, ...over }, 620);
const events = (list) => ok('events', { window_s: 900, groups: list.map(({ source, id, ...rest }) => ({ provider: source, id: String(id ?? ''), level: 'error', first_at: minutes(24), ...rest })), total: list.reduce((sum, each) => sum + each.count, 0), system_log_readable: true }, 410, 'personal');
const wifiNone = () => unavailable('wifi', 'not_present');
const finding = (rule, severity, en, ru, evidence) => ({ rule, says: { en, ru }, severity, evidence });
const shot = (n, state, monitor, size = [1920, 1080], bytes = 412_331) => ({ plan: { n, kind: 'screenshot', media_type: 'image/png', bytes, sha256: '0'.repeat(64), size, monitor }, state, ...(state === 'stored' ? { stored_at: minutes(1) } : {}) });

/** The first stored picture is read, the second is being read, the rest failed. */
const screensOf = (attachments, verdict) =>
  attachments
    .filter((each) => each.state === 'stored')
    .map(({ plan: { n } }, index) => {
      const quotes = verdict.findings.flatMap((finding) => finding.evidence).filter((one) => one.source === 'screen' && one.attachment === n).map((one) => one.quote);
      if (quotes.length > 0 || index === 0) return { n, state: 'read', text: ['Зарплата и управление персоналом', 'Файл  Правка  Операции  Сервис  Окна  Справка', ...quotes, 'core83.dll, 0xc0000005', 'Закрыть программу    Ожидать'].join('\n'), read_at: minutes(1) };
      return { n, state: index === 1 ? 'waiting' : 'failed' };
    });

const ANNA = { id: 'a1', name: 'Анна Крылова' };
const PAVEL = { id: 'a2', name: 'Pavel Orlov' };

function report({ ago, hostname, user, language = 'ru', sentences = [], verdict, facts, attachments, omissions = [], os: family = 'windows', notice, withdrawn_at }) {
  return { id: id(), device_id: id(), pressed_at: minutes(ago + 0.1), received_at: minutes(ago), agent: { version: '0.1.0', os: family }, hostname, user, language, sentences: sentences.map((each) => ({ at: minutes(ago), text: each })), verdict: { signature: `${hostname}:${verdict.category.value}`, triage_version: '2026.11', against: [], sources: sourcesOf(verdict, sentences), ...verdict }, facts, attachments, omissions, screens: screensOf(attachments, verdict), ...(notice ? { notice } : {}), ...(withdrawn_at ? { withdrawn_at } : {}) };
}

function ticket(number, { status = 'new', holder, reports, timeline, extra = {} }) {
  const first = reports.at(-1);
  const verdict = reports[0].verdict;
  const worst = verdict.cause?.value.says ?? verdict.findings[0]?.says;
  const base = [{ seq: number * 100, at: first.received_at, actor: { who: 'user' }, kind: 'opened', report_id: first.id }];
  for (const each of reports.slice(0, -1).reverse()) base.push({ seq: number * 100 + base.length, at: each.received_at, actor: { who: 'user' }, kind: 'joined', report_id: each.id });
  for (const each of first.attachments.filter((one) => one.state === 'stored')) base.push({ seq: number * 100 + base.length, at: each.stored_at ?? first.received_at, actor: { who: 'collector' }, kind: 'attachment_stored', report_id: first.id, n: each.plan.n });
  for (const each of timeline ?? []) base.push({ seq: number * 100 + base.length, ...each });
  return {
    summary: { number, status, priority: verdict.priority.value, category: verdict.category.value, team: verdict.team.value, ...(worst ? { says: worst } : {}), confidence: verdict.category.confidence, ...(reports.flatMap((each) => each.sentences)[0] ? { text: reports.flatMap((each) => each.sentences)[0].text } : {}), hostname: first.hostname, user: first.user, ...(holder ? { holder } : {}), opened_at: first.received_at, last_report_at: reports[0].received_at, updated_at: base.at(-1).at, reports: reports.length, major: false, members: 0, people: new Set(reports.map((each) => each.device_id)).size, corrected: false, awaited: reports.flatMap((each) => each.attachments).filter((one) => one.state === 'announced').length, ...extra },
    reports,
    timeline: base,
  };
}

export function makeTickets() {
  const gateway = (host) => ({
    category: judged('network', 0.96, ['network.gateway_unreachable', 'network.dns_down', 'events.link_flap']),
    owner: judged({ kind: 'lan' }, 0.93, ['network.gateway_unreachable']),
    priority_parts: [
      part('people', 'high', '3 people on this floor in 4 minutes', '3 человека на этом этаже за 4 минуты'),
      part('criticality', 'medium', 'All services go through this gateway', 'Через этот шлюз идут все сервисы', ['network.gateway_unreachable']),
      part('site', 'medium', 'Head office, weight by policy', 'Головной офис, вес задан политикой'),
      part('disruption', 'high', 'Work is blocked: nothing beyond the gateway answers', 'Работа остановлена: за шлюзом не отвечает ничего', ['network.dns_down']),
    ],
    impact: judged('high', 0.82), urgency: judged('high', 0.9), priority: judged('P1', 0.82), team: judged('network', 0.94),
    cause: judged({ says: { en: 'The floor’s gateway 10.2.0.1 does not answer; the cable and the address are in order', ru: 'Шлюз этажа 10.2.0.1 не отвечает; кабель и адрес в порядке' }, staff_step: { en: 'Check the port and the uplink of switch SW-2-14; three computers of this floor report the same.', ru: 'Проверьте порт и аплинк коммутатора SW-2-14: о том же сообщают три компьютера этого этажа.' }, user_step: { en: 'Nothing to do: the break is not in your computer.', ru: 'Ничего делать не нужно: обрыв не в вашем компьютере.' } }, 0.91, ['network.gateway_unreachable']),
    findings: [
      finding('network.gateway_unreachable', 'critical', 'Gateway 10.2.0.1 does not answer', 'Шлюз 10.2.0.1 не отвечает', [fact('network', '/gateway/ok', 'false'), fact('network', '/broken_rung', 'gateway')]),
      finding('network.dns_down', 'critical', 'No name server answers', 'Ни один DNS-сервер не отвечает', [fact('network', '/dns/ok', 'false')]),
      finding('text.no_internet', 'info', 'The user says that the internet is gone', 'Пользователь пишет, что пропал интернет', [text('пропал интернет')]),
      finding('events.link_flap', 'warning', 'The network adapter lost its link 4 times in 15 minutes', 'Сетевой адаптер 4 раза за 15 минут терял подключение', [fact('events', '/groups/0/count', '4')]),
    ],
    host,
  });
  const clean = ({ host, ...verdict }) => verdict;
  const cut = { ok: false, tcp_ms: null, tls: null, status: null, error: 'timed_out' };
  const brokenNetwork = network({ gateway: { address: '10.2.0.1', ok: false, rtt_ms: null }, dns: { servers: ['10.2.0.10', '10.2.0.11'], ok: false, took_ms: null, name: 'mail.example.org' }, captive_portal: { detected: null }, internet: { ok: null, status: null, took_ms: null }, collector: cut, services: [service('mail.example.org', cut), service('files.example.org:445', cut)], broken_rung: 'gateway' });
  const flaps = events([{ source: 'e1dexpress', id: 27, count: 4, message: 'Intel(R) Ethernet Connection: network link is disconnected', last_at: minutes(4) }]);

  const tickets = [
    ticket(1042, {
      reports: [
        report({ ago: 2, hostname: 'WS-0237', user: 'e.smirnova', sentences: ['не открывается почта и 1С'], verdict: clean(gateway()), facts: [app({ executable: 'OUTLOOK.EXE', name: 'Outlook', title: 'Входящие — Outlook', responding: true }), flaps, brokenNetwork, wifiNone(), disks(), load(), boot(), clock(), os(), power({ battery_percent: null, battery_health_percent: null }), session('e.smirnova')], attachments: [shot(0, 'announced', '\\\\.\\DISPLAY1')] }),
        report({ ago: 5, hostname: 'WS-0241', user: 'i.petrov', verdict: clean(gateway()), facts: [app(), flaps, brokenNetwork, wifiNone(), disks(), load(), boot(), clock(), os(), power(), session('i.petrov')], attachments: [shot(0, 'stored', '\\\\.\\DISPLAY1')] }),
        report({ ago: 6, hostname: 'WS-0235', user: 'n.volkova', sentences: ['Пропал интернет, ничего не грузится. Коллега рядом тоже без сети.'], verdict: clean(gateway()), facts: [app(), flaps, brokenNetwork, wifiNone(), disks(), load(), boot(), clock(), os(), power(), session('n.volkova')], attachments: [shot(0, 'stored', '\\\\.\\DISPLAY1'), shot(1, 'stored', '\\\\.\\DISPLAY2', [1280, 1024], 288_120)] }),
      ],
    }),
    ticket(1039, {
      status: 'in_progress', holder: ANNA,
      reports: [report({ ago: 18, hostname: 'BUH-07', user: 'o.lebedeva', sentences: ['Вылетает 1С при формировании отчёта по зарплате'],
        verdict: {
          category: judged('application', 0.93, ['application.crash_loop', 'screen.error_dialog', 'text.application_crash']), owner: judged({ kind: 'service', name: '1С:Предприятие' }, 0.81, ['application.crash_loop']),
          priority_parts: [
            part('people', 'low', 'One person', 'Один человек'),
            part('criticality', 'medium', '1C is business-critical by policy', '1С по политике важна для дела'),
            part('disruption', 'high', 'The program does not run', 'Программа не работает', ['application.crash_loop']),
            part('vip', 'medium', 'Payroll week: accounting goes first by policy', 'Неделя зарплаты: бухгалтерия по политике первая'),
          ], impact: judged('medium', 0.7), urgency: judged('high', 0.78), priority: judged('P2', 0.74), team: judged('applications', 0.9),
          cause: judged({ says: { en: '1C:Enterprise 8.3.24 crashes in its own module core83.dll', ru: '1С:Предприятие 8.3.24 падает в собственном модуле core83.dll' }, staff_step: { en: 'Clear the client’s cache and update the platform to 8.3.25 or later: this crash is corrected there.', ru: 'Очистите кеш клиента и обновите платформу до 8.3.25 или новее: там этот сбой исправлен.' }, user_step: { en: 'Save other work and start 1C again; form the report for one department at a time.', ru: 'Сохраните остальное и запустите 1С заново; отчёт пока формируйте по одному подразделению.' } }, 0.84),
          findings: [
            finding('application.crash_loop', 'critical', '1cv8c.exe crashed 3 times in 15 minutes (core83.dll, 0xc0000005)', '1cv8c.exe падает: 3 раза за 15 минут (core83.dll, 0xc0000005)', [fact('events', '/groups/0/message', '1cv8c.exe, core83.dll, 0xc0000005'), fact('events', '/groups/0/count', '3')]),
            finding('screen.error_dialog', 'warning', 'An error window is on the screen', 'На экране окно с ошибкой', [screen(0, 'Программа не отвечает')]),
            finding('text.application_crash', 'info', 'The user says that the program closes by itself', 'Пользователь пишет, что программа вылетает', [text('Вылетает 1С')]),
            finding('load.memory_tight', 'info', 'Memory is 86 % used', 'Память занята на 86 %', [fact('load', '/memory_used_percent', '86.1')]),
          ], against: ['load.memory_tight'],
        },
        facts: [app({ executable: '1cv8c.exe', name: '1С:Предприятие', version: '8.3.24.1467', publisher: 'ООО «1С-Софт»', title: 'Зарплата и управление персоналом', responding: false }), events([{ source: 'Application Error', id: 1000, count: 3, message: '1cv8c.exe 8.3.24.1467, core83.dll, 0xc0000005', last_at: minutes(19) }, { source: 'Windows Error Reporting', id: 1001, count: 3, message: 'APPCRASH', last_at: minutes(19) }]), network(), wifiNone(), disks(), load({ memory_used_percent: 86.1, memory_available_bytes: 2.2 * GB, hung_windows: ['1cv8c.exe'] }), boot({ uptime_s: 1_212_000, booted_at: minutes(20_200) }), clock(), os(), power({ battery_percent: null, battery_health_percent: null }), session('o.lebedeva')],
        attachments: [shot(0, 'stored', '\\\\.\\DISPLAY1')], omissions: [{ item: 'fact:wifi', reason: 'off_by_policy' }] })],
      timeline: [{ at: minutes(12), actor: { who: 'staff', ...ANNA }, kind: 'taken' }, { at: minutes(10), actor: { who: 'staff', ...ANNA }, kind: 'replied', text: 'Здравствуйте! Вижу сбой платформы, обновляю её на вашем компьютере. Это займёт около десяти минут.' }, { at: minutes(3), actor: { who: 'user' }, kind: 'text_added', report_id: 'x', text: 'Хорошо, спасибо! Пока работаю в Excel.' }],
    }),
    ticket(1041, {
      reports: [report({ ago: 9, hostname: 'NB-ORLOV', user: 'd.orlov', language: 'en', os: 'linux', sentences: ['Everything is slow and I cannot save the file'],
        verdict: {
          category: judged('performance', 0.88, ['disks.volume_full', 'load.io_pressure', 'text.cannot_save']), owner: judged({ kind: 'device' }, 0.9, ['disks.volume_full']),
          priority_parts: [
            part('people', 'low', 'One person', 'Один человек'),
            part('criticality', 'medium', 'Files cannot be saved', 'Не сохраняются файлы', ['text.cannot_save']),
            part('disruption', 'medium', 'Work goes on, slowly', 'Работа идёт, но медленно', ['load.io_pressure']),
          ], impact: judged('medium', 0.66), urgency: judged('medium', 0.8), priority: judged('P3', 0.78), team: judged('workplace', 0.9),
          cause: judged({ says: { en: 'The volume /home is full: 212 MB of 228 GB are free', ru: 'Том /home заполнен: свободно 212 МБ из 228 ГБ' }, staff_step: { en: 'Free space on /home (trash, caches, old virtual machines), then ask to save again.', ru: 'Освободите место на /home (корзина, кеши, старые виртуальные машины) и попросите сохранить файл ещё раз.' }, user_step: { en: 'Empty the trash and the Downloads folder; then save again.', ru: 'Очистите корзину и папку «Загрузки», затем сохраните снова.' } }, 0.93),
          findings: [
            finding('disks.volume_full', 'critical', 'Volume /home has 0.1 % free (212 MB)', 'На томе /home свободно 0,1 % (212 МБ)', [fact('disks', '/volumes/0/free_percent', '0.1'), fact('disks', '/volumes/0/free_bytes', '222298112')]),
            finding('load.io_pressure', 'warning', 'Programs wait for the disk 41 % of the time', 'Программы ждут диска 41 % времени', [fact('load', '/pressure/io_some_avg10', '41.3')]),
            finding('text.cannot_save', 'info', 'The user cannot save a file', 'Пользователь не может сохранить файл', [text('cannot save the file')]),
            finding('boot.reboot_pending', 'info', 'A restart is pending: the kernel was replaced', 'Нужна перезагрузка: обновлено ядро', [fact('boot', '/reboot_pending', 'true')]),
          ],
        },
        facts: [app({ executable: 'soffice.bin', name: 'LibreOffice', session_type: 'wayland', version: '7.4.7', publisher: null, title: 'Budget 2027 — LibreOffice Calc' }), events([{ source: 'kernel', id: null, count: 2, message: 'EXT4-fs warning: mounted filesystem is nearly full', last_at: minutes(11) }]), network({ interfaces: [{ name: 'wlp2s0', kind: 'wifi', up: true, addresses: ['10.2.40.118'], apipa: false }, { name: 'wg0', kind: 'vpn', up: true, addresses: ['10.99.0.4'], apipa: false }], vpn: { up: true, interfaces: ['wg0'] } }), ok('wifi', { connected: true, signal_dbm: -58, signal_percent: 84, band_ghz: 5, ssid_hash: '7be1c90e44', interface: 'wlp2s0', link_mbps: 433 }, 60, 'personal'), disks({ volumes: [{ mount: '/home', fs: 'ext4', total_bytes: 228 * GB, free_bytes: 222_298_112, free_percent: 0.1, read_only: false, fs_errors: 0 }, { mount: '/', fs: 'ext4', total_bytes: 46 * GB, free_bytes: 21 * GB, free_percent: 45.8, read_only: false, fs_errors: 0 }, { mount: '/boot/efi', fs: 'vfat', total_bytes: 536_870_912, free_bytes: 530_000_000, free_percent: 98.7, read_only: false, fs_errors: null }], devices: [{ name: 'nvme0n1', model: 'KXG60ZNV256G', rotational: false, size_bytes: 256_060_514_304, health: 'unknown', health_reason: null }] }), load({ pressure: { cpu_some_avg10: 1.2, memory_some_avg10: 0, io_some_avg10: 41.3 }, load1: 6.4, disk_busy_percent: 97, hung_windows: null }), boot({ reboot_pending: true, reboot_pending_reasons: ['kernel_replaced'] }), clock(), os({ family: 'linux', name: 'debian', version: '12', build: null, kernel: '6.1.0-27-amd64', pretty_name: 'Debian GNU/Linux 12 (bookworm)' }), power({ on_battery: true, battery_percent: 64 }), unavailable('session', 'timed_out')],
        attachments: [shot(0, 'stored', 'eDP-1')], omissions: [{ item: 'screenshot:HDMI-1', reason: 'capture_failed' }] })],
    }),
    ticket(1040, {
      reports: [report({ ago: 13, hostname: 'HR-12', user: 'm.sokolova', sentences: ['Не работает!!! Срочно'],
        verdict: {
          category: judged('other', 0.31), impact: judged('low', 0.5), urgency: judged('medium', 0.5), priority: judged('P4', 0.5), team: judged('service-desk', 0.6),
          cause: null, findings: [finding('os.updates_old', 'info', 'Updates are 46 days old', 'Обновления не ставились 46 дней', [fact('os', '/patch_age_days', '46')])],
          abstention: { candidates: [{ category: 'application', confidence: 0.34 }, { category: 'printing', confidence: 0.27 }, { category: 'access', confidence: 0.19 }], question: { en: 'What exactly does not work: a program, printing, or signing in somewhere?', ru: 'Что именно не работает: программа, печать или вход куда-либо?' } },
        },
        facts: [app({ executable: 'explorer.exe', name: 'Explorer', publisher: 'Microsoft Corporation', title: null }), events([]), network(), wifiNone(), disks(), load(), boot(), clock(), os({ patch_age_days: 46, last_update_at: minutes(46 * 1440) }), power({ battery_percent: null, battery_health_percent: null }), session('m.sokolova')],
        attachments: [shot(0, 'dropped', '\\\\.\\DISPLAY1')], omissions: [{ item: 'screenshot:\\\\.\\DISPLAY1', reason: 'outbox_full' }] })],
    }),
    ticket(1036, {
      status: 'waiting_for_user', holder: PAVEL,
      reports: [report({ ago: 64, hostname: 'SALES-03', user: 'a.novikov', sentences: ['Почта не отправляется, письма висят в исходящих'],
        verdict: {
          category: judged('email', 0.95, ['network.service_5xx', 'text.mail']), owner: judged({ kind: 'service', name: 'mail.example.org' }, 0.95, ['network.service_5xx']),
          priority_parts: [part('people', 'high', '42 people by the open notice', '42 человека по открытому оповещению'), part('disruption', 'medium', 'Mail waits in the outbox', 'Письма ждут в исходящих', ['network.service_5xx'])], impact: judged('high', 0.9), urgency: judged('medium', 0.8), priority: judged('P2', 0.88), team: judged('messaging', 0.96),
          cause: judged({ says: { en: 'The mail server mail.example.org answers 503: it is overloaded or being restarted', ru: 'Почтовый сервер mail.example.org отвечает 503: перегружен или перезапускается' }, staff_step: { en: 'Link to the known mail incident; nothing to do on the computer.', ru: 'Свяжите с известным сбоем почты; на компьютере делать ничего не нужно.' } }, 0.9),
          findings: [finding('network.service_5xx', 'critical', 'mail.example.org answers 503', 'mail.example.org отвечает 503', [fact('network', '/services/0/check/status', '503')]), finding('text.mail', 'info', 'The user writes about mail', 'Пользователь пишет о почте', [text('Почта не отправляется')])],
        },
        notice: { id: 'n1', kind: 'major_incident', title: { en: 'Mail is not being delivered', ru: 'Почта не доставляется' }, category: 'email', starts_at: minutes(110), affected: 42 },
        facts: [app({ executable: 'OUTLOOK.EXE', name: 'Outlook', title: 'Исходящие — Outlook' }), events([]), network({ services: [service('mail.example.org', { ok: false, status: 503, error: 'server_error' }), service('files.example.org:445', { tls: null, status: null })], broken_rung: 'service' }), wifiNone(), disks(), load(), boot(), clock(), os(), power(), session('a.novikov')],
        attachments: [shot(0, 'stored', '\\\\.\\DISPLAY1')] })],
      timeline: [{ at: minutes(50), actor: { who: 'staff', ...PAVEL }, kind: 'taken' }, { at: minutes(48), actor: { who: 'staff', ...PAVEL }, kind: 'asked', text: 'Проверьте, пожалуйста: через веб-почту письма уходят?' }],
    }),
  ];
  const simple = [
    [1038, 'P3', 'printing', 'printing', 0.9, 26, 'SKLAD-02', 'v.kozlov', { en: 'The print queue of HP-LJ-2F is stopped: 7 jobs wait', ru: 'Очередь HP-LJ-2F остановлена: ждут 7 заданий' }, 'не печатает накладные'],
    [1037, 'P3', 'access', 'identity', 0.87, 41, 'WS-0112', 't.morozova', { en: 'The clock is 11 minutes behind: the domain refuses the sign-in', ru: 'Часы отстают на 11 минут: домен отклоняет вход' }, 'пишет что пароль неверный, хотя он верный'],
    [1035, 'P4', 'request', 'service-desk', 0.81, 95, 'NB-0417', 'k.belova', { en: 'Asks for a second monitor', ru: 'Просит второй монитор' }, 'Можно ли второй монитор?'],
    [1033, 'P3', 'conferencing', 'workplace', 0.79, 160, 'MEET-4', 'r.egorov', { en: 'The microphone of the meeting room is muted in the system', ru: 'Микрофон переговорной выключен в системе' }, 'нас не слышно на созвоне'],
    [1031, 'P2', 'storage', 'workplace', 0.9, 230, 'DES-09', 'l.frolova', { en: 'The share \\\\files\\projects does not answer; the network is in order', ru: 'Папка \\\\files\\projects не отвечает; сеть в порядке' }, null],
    [1028, 'P4', 'operating-system', 'workplace', 0.77, 1500, 'WS-0090', 's.pavlov', { en: 'Updates failed 5 times in a row', ru: 'Обновления не установились 5 раз подряд' }, 'компьютер просит перезагрузку каждый день'],
    [1024, 'P1', 'security', 'security', 0.86, 3, 'BUH-02', 'g.tarasova', { en: 'A ransom note is on the screen; the computer must be taken off the network', ru: 'На экране требование выкупа; компьютер нужно отключить от сети' }, 'все файлы с непонятным окончанием и просят деньги'],
    [1022, 'P3', 'hardware', 'workplace', 0.92, 2900, 'KASSA-1', 'kassa1', { en: 'The disk ST1000DM010 predicts its failure (SMART)', ru: 'Диск ST1000DM010 предсказывает отказ (SMART)' }, null],
  ];
  for (const [number, priority, category, team, confidence, ago, hostname, user, says, words] of simple) {
    tickets.push(ticket(number, { reports: [report({ ago, hostname, user, sentences: words ? [words] : [],
      verdict: { category: judged(category, confidence), impact: judged(priority === 'P1' || priority === 'P2' ? 'high' : 'low', 0.7), urgency: judged(priority === 'P1' || priority === 'P3' ? 'high' : priority === 'P2' ? 'medium' : 'low', 0.7), priority: judged(priority, 0.7), team: judged(team, confidence), cause: judged({ says, staff_step: { en: 'Look at the evidence and begin with the first finding.', ru: 'Посмотрите основания и начните с первого признака.' } }, confidence), findings: [finding(`${category}.first`, 'warning', says.en, says.ru, words ? [text(words)] : [])] },
      facts: [app(), events([]), network(), wifiNone(), disks(), load(), boot(), clock(), os(), power(), session(user)], attachments: [shot(0, 'stored', '\\\\.\\DISPLAY1')] })], ...(number === 1033 ? { status: 'in_progress', holder: PAVEL } : {}) }));
  }
  return tickets;
}

/** Tickets of the bursts that the detector proposes: who pressed and what they wrote. */
export function makeBursts() {
  const cut = { en: 'The way out of the local network is cut.', ru: 'Нет выхода из локальной сети.' };
  const crash = { en: 'A program crashed shortly before the press.', ru: 'Незадолго до нажатия упала программа.' };
  const one = (number, ago, hostname, user, words, says, [category, team, priority]) => {
    const confidence = words ? 0.99 : 0.97;
    const verdict = { category: judged(category, confidence), impact: judged('high', 0.8), urgency: judged('medium', 0.8), priority: judged(priority, 0.8), team: judged(team, confidence), cause: judged({ says, staff_step: { en: 'Look at the evidence and begin with the first finding.', ru: 'Посмотрите основания и начните с первого признака.' } }, 0.88), findings: [] };
    return ticket(number, { reports: [report({ ago, hostname, user, sentences: words ? [words] : [], verdict, facts: [app(), network(), os(), session(user)], attachments: [] })] });
  };
  const net = ['network', 'network', 'P2'];
  const app1c = ['application', 'applications', 'P2'];
  return [
    one(1051, 9, 'WS-0201', 'o.lebedeva', 'нет сети', cut, net),
    one(1052, 8, 'WS-0203', 'm.sokolova', 'сеть отвалилась у всего отдела', cut, net),
    one(1053, 8, 'WS-0205', 'a.novikov', null, cut, net),
    one(1054, 7, 'WS-0206', 'v.kozlov', 'ничего не работает', cut, net),
    one(1055, 7, 'WS-0209', 'r.egorov', 'нет интернета на втором этаже', cut, net),
    one(1056, 6, 'WS-0210', 'l.frolova', 'Не работает почта', cut, net),
    one(1057, 5, 'WS-0214', 'y.gromova', null, cut, net),
    one(1058, 5, 'WS-0217', 'm.vinogradov', 'интернет пропал', cut, net),
    one(1059, 4, 'WS-0218', 'j.brown', 'no network', cut, net),
    one(1060, 3, 'WS-0222', 's.rozhdestvenskaya', 'не открывается почта и 1С', cut, net),
    one(1061, 30, 'BUH-02', 'g.tarasova', '1С вылетает когда делаю отчёт по зарплате', crash, app1c),
    one(1062, 24, 'BUH-04', 'p.zaytsev', '1С закрылась сама при формировании отчёта', crash, app1c),
    one(1063, 17, 'BUH-11', 'e.kuznetsova', null, crash, app1c),
    one(1064, 13, 'BUH-12', 'i.fedorov', 'опять вылетела 1С на отчёте', crash, app1c),
  ];
}

/** One more press, as if it had come just now. */
export function arriving(number) {
  return ticket(number, { reports: [report({ ago: 0, hostname: 'WS-0300', user: 'y.gromova', sentences: ['Не могу войти в портал'], verdict: { category: judged('access', 0.9), impact: judged('low', 0.7), urgency: judged('high', 0.7), priority: judged('P2', 0.7), team: judged('identity', 0.9), cause: judged({ says: { en: 'The account is locked after five wrong passwords', ru: 'Учётная запись заблокирована после пяти неверных паролей' }, staff_step: { en: 'Unlock the account.', ru: 'Разблокируйте учётную запись.' } }, 0.8), findings: [] }, facts: [app(), network(), os()], attachments: [shot(0, 'announced', '\\\\.\\DISPLAY1')] })] });
}

export function makeNotices() {
  return [
    { id: '0197f000-0000-7000-9000-000000000001', kind: 'major_incident', title: { en: 'Mail is not being delivered', ru: 'Почта не доставляется' }, category: 'email', keywords: ['outlook', 'почта'], origin: 'monitoring', factors: [{ dimension: 'site', value: 'north' }], concerns: [{ en: 'site Northern warehouse', ru: 'площадка Северный склад' }], ticket: 1036, starts_at: minutes(110), next_news_at: minutes(-25), affected: 42 },
    { id: '0197f000-0000-7000-9000-000000000002', kind: 'maintenance', title: { en: 'The file server is being moved; shares may be slow', ru: 'Переносим файловый сервер: общие папки могут работать медленно' }, category: 'storage', keywords: [], concerns: [], starts_at: minutes(-300), ends_at: minutes(-480), affected: 0 },
  ];
}
