// How dialogs look: one function a look, from what a dialog says to HTML. Fonts are free ones near to the systems' own: Open Sans and
// Noto Sans for Segoe UI, Liberation Sans for Arial, Cantarell as GNOME has it. Sizes are those of the systems, in CSS pixels at 100 %.

const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const lines = (text) => text.map((line) => `<p>${escape(line)}</p>`).join('');
const buttons = (names, kind) => names.map((name, at) => `<span class="button ${at === 0 ? 'first' : ''} ${kind}">${escape(name)}</span>`).join('');

const ICONS = {
  error: '<svg width="32" height="32"><circle cx="16" cy="16" r="15" fill="#d13438"/><path d="M10 10 22 22M22 10 10 22" stroke="#fff" stroke-width="3"/></svg>',
  warning: '<svg width="32" height="32"><path d="M16 2 31 30 1 30Z" fill="#ffb900"/><path d="M16 12v10M16 24v3" stroke="#000" stroke-width="3"/></svg>',
};

function titleBar(title, theme, height = 31) {
  return `<div class="bar" style="height:${height}px"><span>${escape(title)}</span><svg width="46" height="${height}"><path d="M18 ${height / 2 - 5} l10 10 M28 ${height / 2 - 5} l-10 10" stroke="${theme.text}" fill="none"/></svg></div>`;
}

function message({ title, text, buttons: names, icon }, theme, font) {
  return `<div class="window" style="width:430px;font:12px ${font};background:${theme.window};color:${theme.text}">${titleBar(title, theme)}
    <div style="display:flex;gap:12px;padding:22px 16px;background:${theme.page}">${ICONS[icon] ?? ''}<div style="flex:1">${lines(text)}</div></div>
    <div class="row" style="background:${theme.foot}">${buttons(names, 'flat')}</div></div>`;
}

function outlook({ title, text, buttons: names, icon }, theme, font) {
  return `<div class="window" style="width:520px;font:12px ${font};background:${theme.window};color:${theme.text}">
    <div style="background:#0f6cbd;color:#fff;padding:8px 12px;font-size:12px">${escape(title)}</div>
    <div style="display:flex;gap:12px;padding:18px 14px;background:${theme.page}">${ICONS[icon] ?? ''}<div style="flex:1;border:1px solid ${theme.line};padding:8px">${lines(text)}</div></div>
    <div class="row" style="background:${theme.foot}">${buttons(names, 'flat')}</div></div>`;
}

function explorer({ title, text, buttons: names }, theme, font) {
  const [first, ...rest] = text;
  return `<div class="window" style="width:600px;font:13px ${font};background:${theme.page};color:${theme.text}">
    <div style="padding:14px 24px;font-size:26px;font-weight:600">${escape(title)}</div>
    <div style="margin:0 24px 14px;padding:14px;background:${theme.foot};border:1px solid ${theme.line}"><p style="color:${theme.accent};font-size:15px">${escape(first)}</p>${lines(rest)}</div>
    <div class="row">${buttons(names, 'accent')}</div></div>`;
}

function browser({ title, text, buttons: names }, theme, font) {
  return `<div class="window" style="width:700px;font:15px ${font};background:${theme.page};color:${theme.soft}">
    <div style="background:${theme.foot};padding:6px 10px;font-size:12px;color:${theme.text}"><span style="background:${theme.page};padding:5px 14px;border-radius:8px 8px 0 0">${escape(title.slice(0, 24))}</span></div>
    <div style="padding:6px 60px 6px 12px;font-size:13px;border-bottom:1px solid ${theme.line}">←&nbsp; →&nbsp; ⟳ &nbsp;&nbsp;https://portal.contoso.com/start</div>
    <div style="padding:50px 90px"><h1 style="font-size:24px;font-weight:500;color:${theme.text}">${escape(title)}</h1>
    ${text.map((line) => (/^[A-Z:_]+$/.test(line) ? `<p style="font-size:12px">${escape(line)}</p>` : `<p>${escape(line)}</p>`)).join('')}<div style="margin-top:24px">${buttons(names, 'accent')}</div></div></div>`;
}

function onec({ title, text, buttons: names }, theme, _font) {
  const bar = theme.dark ? '#3a3a2a' : '#fbed9e';
  return `<div class="window" style="width:480px;font:12px 'Liberation Sans';background:${theme.page};color:${theme.text}">
    <div style="background:${bar};padding:6px 10px;font-weight:bold">${escape(title)}</div>
    <div style="display:flex;gap:10px;padding:16px 12px"><svg width="28" height="28"><circle cx="14" cy="14" r="13" fill="#f2c200"/><path d="M14 6v10M14 19v3" stroke="#000" stroke-width="3"/></svg><div style="flex:1">${lines(text)}</div></div>
    <div class="row">${buttons(names, 'yellow')}</div></div>`;
}

function bsod({ title, text }, theme) {
  const colour = theme.dark ? '#000' : '#0078d7';
  return `<div style="width:900px;padding:60px 70px;background:${colour};color:#fff;font-family:'Open Sans';font-weight:300">
    <div style="font-size:80px;line-height:1">:(</div><p style="font-size:22px;line-height:1.4">${escape(title)}</p>
    ${text.map((line, at) => `<p style="font-size:${at < 2 ? 20 : 13}px">${escape(line)}</p>`).join('')}</div>`;
}

function gnome({ title, text, buttons: names }, theme) {
  return `<div class="window" style="width:440px;border-radius:14px;font:15px Cantarell;background:${theme.dark ? '#353535' : '#fafafa'};color:${theme.text};text-align:center">
    <div style="padding:26px 30px 18px"><b style="font-size:18px">${escape(title)}</b>${lines(text)}</div>
    <div class="row" style="justify-content:center">${buttons(names, 'flat')}</div></div>`;
}

const LOOKS = { message, outlook, explorer, browser, onec, bsod, gnome };

export const THEMES = {
  light: { dark: false, window: '#fff', page: '#fff', foot: '#f3f3f3', text: '#1b1b1b', soft: '#5f6368', line: '#ccc', accent: '#005fb8', desk: '#1b4b7a', button: '#fdfdfd' },
  dark: { dark: true, window: '#202020', page: '#2b2b2b', foot: '#202020', text: '#fff', soft: '#9aa0a6', line: '#4a4a4a', accent: '#60cdff', desk: '#101820', button: '#373737' },
};

/** CSS of all looks in one theme. */
export function style(theme) {
  return `*{box-sizing:border-box} body{margin:0} p{margin:0 0 8px;line-height:1.4} .window{border:1px solid ${theme.line};overflow:hidden}
    .bar{display:flex;justify-content:space-between;align-items:center;padding-left:10px}
    .row{display:flex;gap:8px;justify-content:flex-end;padding:12px 14px}
    .button{min-width:80px;padding:5px 12px;text-align:center;border:1px solid ${theme.line};background:${theme.button};border-radius:4px;display:inline-block}
    .button.first.accent{background:${theme.accent};color:${theme.dark ? '#000' : '#fff'}} .button.yellow.first{background:#ffe24d;color:#000}`;
}

/** A dialog as HTML. `font` is the stack of the system's own face. */
export const render = (dialog, theme, font) => LOOKS[dialog.look](dialog, theme, font);
