// A stand-in for the collector, for developing and testing the console alone: the same paths, the same headers, data
// in memory. `npm run build && npm run mock`, then http://127.0.0.1:8090 (any login; the password "wrong" is refused).
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { dirname, extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeProposals, similarTo } from './incidents.mjs';
import { picture } from './picture.mjs';
import { arriving, makeBursts, makeNotices, makeTickets } from './tickets.mjs';
import { checkRules, makeModels, makeQuality, makeRules, makeSites } from './triage.mjs';

const DIST = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist');
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const ORDER = { P1: 1, P2: 2, P3: 3, P4: 4 };

/** Starts it on `port` (0: any). Returns its address, ways to make things happen, and `close`. */
export async function start(port = 0) {
  let notices = makeNotices();
  let proposals = [];
  /** Proposals that were accepted, by the ticket that stands for all. */
  const accepted = new Map();
  let models = makeModels();
  let rules = makeRules();
  let fewData = false;
  let seq = 1;
  let failing = false;
  let empty = false;
  let delayMs = 0;
  const sessions = new Set();
  const streams = new Set();
  const me = { id: 'me', login: 'anna', name: 'Анна Крылова', role: 'lead', organisation: 'Северный банк', language: 'ru' };
  /** The tickets of the one who is signed in are theirs. */
  const freshTickets = () => {
    const all = makeTickets();
    for (const { summary } of all) if (summary.holder?.id === 'a1') summary.holder = { id: me.id, name: me.name };
    return all;
  };
  let tickets = freshTickets();

  const say = (number) => {
    seq += 1;
    for (const stream of streams) stream.write(`event: ticket\nid: ${seq}\ndata: ${JSON.stringify({ number, seq })}\n\n`);
  };
  const sayIncident = (id) => {
    seq += 1;
    for (const stream of streams) stream.write(`event: incident\nid: ${seq}\ndata: ${JSON.stringify({ id, seq })}\n\n`);
  };
  const of = (number) => tickets.find((each) => each.summary.number === number);
  /** What a ticket that stands for others counts. */
  const recount = (number) => {
    const ticket = of(number);
    const members = tickets.filter((each) => each.summary.merged_into === number);
    ticket.summary.members = members.length;
    ticket.summary.people = new Set([ticket, ...members].flatMap((each) => each.reports.map((report) => report.device_id))).size;
    ticket.summary.updated_at = new Date().toISOString();
    say(number);
  };
  const server = createServer((request, response) => {
    handle(request, response).catch(() => fail(response, 500, 'internal'));
  });

  async function handle(request, response) {
    const url = new URL(request.url, 'http://mock');
    const path = decodeURIComponent(url.pathname);
    if (!path.startsWith('/api/')) return page(path, response);
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
    if (failing) return fail(response, 503, 'unavailable');
    const body = await read(request);
    if (path === '/api/v1/session' && request.method === 'POST') {
      if (body.password === 'wrong') return fail(response, 401, 'wrong_credentials');
      const token = String(Math.random());
      sessions.add(token);
      return json(response, 200, me, { 'Set-Cookie': `redbutton_session=${token}; HttpOnly; SameSite=Strict; Path=/` });
    }
    const token = /redbutton_session=([\d.]+)/.exec(request.headers.cookie ?? '')?.[1];
    if (!token || !sessions.has(token)) return fail(response, 401, 'unauthenticated');
    if (path === '/api/v1/session') {
      if (request.method === 'DELETE') sessions.delete(token);
      return request.method === 'DELETE' ? json(response, 204) : json(response, 200, me);
    }
    if (path === '/api/v1/tickets/stream') {
      response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
      response.write(`event: ready\nid: ${seq}\ndata: {"seq":${seq}}\n\n`);
      streams.add(response);
      request.on('close', () => streams.delete(response));
      return undefined;
    }
    if (path === '/api/v1/tickets') return json(response, 200, queue(url.searchParams));
    if (path === '/api/v1/incidents') return json(response, 200, proposals);
    const proposed = /^\/api\/v1\/incidents\/([^/]+)\/(accept|dismiss)$/.exec(path);
    if (proposed) return decide(proposed[1], proposed[2], body, response);
    if (path.startsWith('/api/v1/triage/')) return triage(path.slice('/api/v1/triage/'.length), request.method, body, response);
    const one = /^\/api\/v1\/tickets\/(\d+)(?:\/([\w-]+(?:\/undo)?))?$/.exec(path);
    if (one) {
      const ticket = tickets.find((each) => each.summary.number === Number(one[1]));
      if (!ticket) return fail(response, 404, 'not_found');
      return one[2] ? act(ticket, one[2], body, response) : json(response, 200, ticket);
    }
    const file = /^\/api\/v1\/reports\/[^/]+\/attachments\/(\d+)$/.exec(path);
    if (file) {
      const bytes = picture(Number(file[1]));
      response.writeHead(200, { 'Content-Type': 'image/png', 'Content-Length': bytes.length, 'Content-Security-Policy': 'sandbox', 'X-Content-Type-Options': 'nosniff' });
      return response.end(bytes);
    }
    if (path === '/api/v1/notices' && request.method === 'GET') return json(response, 200, empty ? [] : notices);
    if (path === '/api/v1/notices') {
      const notice = { affected: 0, concerns: [], ...body, id: `0197f000-0000-7000-9000-0000000001${String(seq).padStart(2, '0')}` };
      notices = [notice, ...notices];
      return json(response, 201, notice);
    }
    const close = /^\/api\/v1\/notices\/([^/]+)\/close$/.exec(path);
    if (close) {
      notices = notices.filter((notice) => notice.id !== close[1]);
      return json(response, 204);
    }
    return fail(response, 404, 'not_found');
  }

  function queue(query) {
    const is = {
      open: (ticket) => !['resolved', 'withdrawn'].includes(ticket.status),
      mine: (ticket) => is.open(ticket) && ticket.holder?.id === me.id,
      unassigned: (ticket) => is.open(ticket) && !ticket.holder,
      resolved: (ticket) => ticket.status === 'resolved',
    };
    if (query.get('merged_into')) return { tickets: tickets.map((each) => each.summary).filter((each) => each.merged_into === Number(query.get('merged_into'))), counts: { open: 0, mine: 0, unassigned: 0, resolved: 0 } };
    const all = empty ? [] : tickets.map((ticket) => ticket.summary).filter((ticket) => !ticket.merged_into);
    const words = (query.get('q') ?? '').toLowerCase();
    const list = all
      .filter(is[query.get('view') ?? 'open'])
      .filter((ticket) => !query.get('category') || ticket.category === query.get('category'))
      .filter((ticket) => JSON.stringify(ticket).toLowerCase().includes(words.replace(/^inc-/, '')))
      .sort((a, b) => ORDER[a.priority] - ORDER[b.priority] || a.opened_at.localeCompare(b.opened_at));
    return { tickets: list, counts: Object.fromEntries(Object.entries(is).map(([view, test]) => [view, all.filter(test).length])) };
  }

  function act(ticket, action, body, response) {
    const { summary } = ticket;
    const by = { who: 'staff', id: me.id, name: me.name };
    const note = (entry) => {
      ticket.timeline.push({ seq: ++seq, at: new Date().toISOString(), actor: by, ...entry });
      summary.updated_at = new Date().toISOString();
    };
    if (action === 'take') {
      if (summary.holder && summary.holder.id !== me.id && !body.force) return fail(response, 409, 'conflict', `held by ${summary.holder.name}`);
      note({ kind: 'taken', ...(summary.holder ? { from: summary.holder } : {}) });
      Object.assign(summary, { holder: { id: me.id, name: me.name }, status: 'in_progress' });
    } else if (action === 'release') {
      delete summary.holder;
      summary.status = 'new';
      note({ kind: 'released' });
    } else if (action === 'replies') {
      if (!body.text) return fail(response, 422, 'invalid_request', 'text: is empty');
      if (body.asks) summary.status = 'waiting_for_user';
      note({ kind: body.asks ? 'asked' : 'replied', text: body.text });
    } else if (action === 'resolve') {
      if (!body.text) return fail(response, 422, 'invalid_request', 'text: is empty');
      Object.assign(summary, { status: 'resolved', resolved_at: new Date().toISOString() });
      note({ kind: 'resolved', text: body.text });
    } else if (action === 'reopen') {
      summary.status = summary.holder ? 'in_progress' : 'new';
      note({ kind: 'reopened' });
    } else if (action === 'similar') {
      return json(response, 200, similarTo(summary, tickets));
    } else if (action === 'merge') {
      const target = of(body.into);
      if (!target) return fail(response, 404, 'not_found');
      if (body.into === summary.number || summary.members > 0 || summary.merged_into) return fail(response, 409, 'conflict');
      summary.merged_into = body.into;
      note({ kind: 'merged', into: body.into });
      target.timeline.push({ seq: ++seq, at: new Date().toISOString(), actor: by, kind: 'member_added', number: summary.number });
      recount(body.into);
      say(summary.number);
      return json(response, 200, target);
    } else if (action === 'split') {
      const from = summary.merged_into;
      if (!from) return fail(response, 409, 'conflict');
      delete summary.merged_into;
      note({ kind: 'split', from });
      of(from).timeline.push({ seq: ++seq, at: new Date().toISOString(), actor: by, kind: 'member_left', number: summary.number });
      recount(from);
    } else if (action === 'major-incident') {
      summary.major = true;
      note({ kind: 'made_major', title: body.title, members: [] });
    } else if (action === 'major-incident/undo') {
      if (!summary.major) return fail(response, 409, 'conflict', 'the ticket is not a major incident');
      const made = ticket.timeline.findLast((entry) => entry.kind === 'made_major');
      for (const number of made.members) delete of(number).summary.merged_into;
      summary.major = false;
      note({ kind: 'major_taken_back', major: summary.number, members: made.members });
      recount(summary.number);
      if (accepted.has(summary.number)) {
        proposals = [accepted.get(summary.number), ...proposals];
        sayIncident(proposals[0].id);
      }
    } else if (action === 'category') {
      note({ kind: 'recategorised', from: summary.category, to: body.category, team: body.team ?? summary.team });
      Object.assign(summary, { category: body.category, team: body.team ?? summary.team, corrected: true });
    } else return fail(response, 404, 'not_found');
    say(summary.number);
    return json(response, 200, ticket);
  }

  function decide(id, what, body, response) {
    const proposal = proposals.find((each) => each.id === id);
    if (!proposal) return fail(response, 409, 'conflict');
    proposals = proposals.filter((each) => each !== proposal);
    sayIncident(id);
    if (what === 'dismiss') return json(response, 204);
    const [first, ...others] = body.members;
    const major = of(first);
    for (const number of others) of(number).summary.merged_into = first;
    major.summary.major = true;
    accepted.set(first, proposal);
    major.timeline.push({ seq: ++seq, at: new Date().toISOString(), actor: { who: 'staff', id: me.id, name: me.name }, kind: 'made_major', title: body.title, members: others });
    recount(first);
    return json(response, 200, major);
  }

  function triage(path, method, body, response) {
    if (path === 'quality') {
      const quality = makeQuality(models.find((each) => each.state === 'active'));
      return json(response, 200, fewData ? { ...quality, tickets: 14, known: 4, corrected: 0, abstained: 1, accuracy: null, answered_accuracy: null, ece: null, calibration: [], categories: [], confusion: [], drift: [] } : quality);
    }
    if (path === 'sites') return json(response, 200, makeSites());
    if (path === 'models') return json(response, 200, models);
    const model = /^models\/(\d+)\/activate$/.exec(path);
    if (model) {
      models = models.map((each) => ({ ...each, state: each.version === Number(model[1]) ? 'active' : each.state === 'active' ? 'available' : each.state }));
      return json(response, 200, models);
    }
    if (path === 'rules/check') return json(response, 200, checkRules(body.toml, body.last));
    const activate = /^rules\/(\d+)\/activate$/.exec(path);
    if (path === 'rules' && method === 'POST') {
      const version = Math.max(0, ...rules.versions.map((each) => each.version)) + 1;
      const made = { version, created_at: new Date().toISOString(), created_by: me.name, note: body.note, active: true };
      rules = { ...rules, active: version, toml: body.toml, versions: [made, ...rules.versions.map((each) => ({ ...each, active: false }))] };
      return json(response, 201, rules);
    }
    if (activate) {
      const version = Number(activate[1]);
      rules = { ...rules, active: version || null, toml: version ? rules.toml : '', versions: rules.versions.map((each) => ({ ...each, active: each.version === version })) };
    }
    return json(response, 200, rules);
  }

  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${server.address().port}`,
    /** A new press. */
    press(number = 1043) {
      tickets.push(arriving(number));
      say(number);
    },
    /** Somebody else takes a ticket, without this being told. */
    takeByAnother(number) {
      Object.assign(tickets.find((each) => each.summary.number === number).summary, { holder: { id: 'a2', name: 'Павел Орлов' }, status: 'in_progress' });
    },
    /** The detector proposes major incidents. */
    propose() {
      proposals = makeProposals();
      const known = new Set(tickets.map((each) => each.summary.number));
      const bursts = makeBursts().filter((each) => !known.has(each.summary.number));
      tickets.push(...bursts);
      for (const each of bursts) say(each.summary.number);
      sayIncident(proposals[0].id);
    },
    /** How many proposals the collector has. */
    proposed: () => proposals.length,
    /** Who is signed in from now on. */
    actAs(role) {
      me.role = role;
    },
    set(over) {
      fewData = over.fewData ?? fewData;
      failing = over.failing ?? failing;
      empty = over.empty ?? empty;
      delayMs = over.delayMs ?? delayMs;
    },
    /** Ends the live streams, and refuses new ones while `failing`. */
    dropStreams() {
      for (const stream of streams) stream.destroy();
    },
    expireSessions: () => sessions.clear(),
    reset() {
      tickets = freshTickets();
      notices = makeNotices();
      proposals = [];
      accepted.clear();
      models = makeModels();
      rules = makeRules();
      fewData = false;
      me.role = 'lead';
    },
    async close() {
      for (const stream of streams) stream.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function page(path, response) {
  const name = normalize(path).replace(/^(\.\.[/\\])+/, '');
  const file = extname(name) ? name : '/index.html';
  try {
    const bytes = await readFile(join(DIST, file));
    response.writeHead(200, { 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream', 'Content-Security-Policy': CSP, 'X-Content-Type-Options': 'nosniff' });
    response.end(bytes);
  } catch {
    response.writeHead(404).end();
  }
}

async function read(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? {} : JSON.parse(text);
}

function json(response, status, value, headers = {}) {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', ...headers });
  response.end(value === undefined ? '' : JSON.stringify(value));
}

function fail(response, status, code, detail) {
  json(response, status, { code, ...(detail ? { detail } : {}) }, status === 503 ? { 'Retry-After': '2' } : {});
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const mock = await start(Number(process.env.PORT ?? 8090));
  process.stdout.write(`${mock.address}\n`);
}
