// A desktop in use, on which a dialog stands: a mail program with a list, a table of figures, icons, a task bar. Its own words are
// those of ordinary work: a number or a name there is no error.

const ROWS = {
  ru: [['Анна Иванова', 'Отчёт за февраль', 'Добрый день! Прошу согласовать до пятницы', '10:41'], ['Отдел кадров', 'График отпусков', 'Напоминаем: заявки принимаются до 15 марта', '10:22'], ['Сергей Петров', 'Re: Договор 2026-114', 'Коллеги, правки внесены, см. вложение', '9:58'], ['Бухгалтерия', 'Счёт № 80041 от 02.03', 'Оплачено, акт направим почтой', '9:30'], ['Склад', 'Остатки', 'Номенклатура 4711, ячейка 0815', 'Вчера']],
  en: [['Anna Brown', 'February report', 'Hi, please approve it by Friday', '10:41'], ['Human Resources', 'Holiday schedule', 'A reminder: requests are taken until March 15', '10:22'], ['Peter Smith', 'Re: Contract 2026-114', 'All, changes are in, see the attachment', '9:58'], ['Accounting', 'Invoice 80041 of March 2', 'Paid, the act follows by mail', '9:30'], ['Warehouse', 'Stock', 'Item 4711, cell 0815', 'Yesterday']],
};
const WORDS = {
  ru: { folders: ['Входящие 12', 'Отправленные', 'Черновики', 'Удалённые', 'Архив'], icons: ['Корзина', 'Этот компьютер', 'Отчёты', '1С'], sheet: ['Дата', 'Сумма', 'Контрагент'], mail: 'Входящие — Почта', table: 'Продажи.xlsx — Таблица' },
  en: { folders: ['Inbox 12', 'Sent Items', 'Drafts', 'Deleted Items', 'Archive'], icons: ['Recycle Bin', 'This PC', 'Reports', 'CRM'], sheet: ['Date', 'Amount', 'Customer'], mail: 'Inbox — Mail', table: 'Sales.xlsx — Spreadsheet' },
};

/** HTML of the whole desktop with `dialog` (HTML) over it, `width`×`height` CSS pixels. */
export function desktop(dialog, { theme, language, font, width, height, seed }) {
  const words = WORDS[language];
  const amount = (at) => (((seed + 7) * (at + 3) * 7919) % 900_000) / 100;
  const mail = [...ROWS[language], ...ROWS[language], ...ROWS[language]].map(([from, subject, text, at]) => `<div style="padding:7px 10px;border-bottom:1px solid ${theme.line}"><b>${from}</b> <span style="float:right;color:${theme.soft}">${at}</span><br>${subject}<br><span style="color:${theme.soft}">${text}</span></div>`).join('');
  const cells = Array.from({ length: 14 }, (_, at) => `<tr><td>0${(at % 9) + 1}.03.2026</td><td style="text-align:right">${amount(at).toFixed(2)}</td><td>${ROWS[language][at % 5][0]}</td></tr>`).join('');
  const icons = words.icons.map((name) => `<div style="width:80px;margin:14px 8px;text-align:center;color:#fff;font-size:12px;text-shadow:0 1px 2px #000"><div style="width:38px;height:38px;margin:0 auto 4px;background:#4aa3df"></div>${name}</div>`).join('');
  const panel = `position:absolute;background:${theme.page};color:${theme.text};border:1px solid ${theme.line};font-size:12px;overflow:hidden`;
  const left = 60 + ((seed * 53) % Math.max(60, width - 1000));
  const top = 60 + ((seed * 31) % Math.max(60, height - 620));
  return `<div style="position:relative;width:${width}px;height:${height}px;overflow:hidden;font-family:${font};background:linear-gradient(135deg,${theme.desk},#2f6f9f)">
    <div style="position:absolute">${icons}</div>
    <div style="${panel};left:110px;top:24px;width:${Math.round(width * 0.46)}px;height:${height - 110}px"><div style="padding:7px 10px;background:${theme.foot}">${words.mail}</div>
      <div style="display:flex"><div style="width:130px;background:${theme.foot};height:${height}px;padding:8px">${words.folders.map((name) => `<p>${name}</p>`).join('')}</div><div style="flex:1">${mail}</div></div></div>
    <div style="${panel};right:24px;top:70px;width:${Math.round(width * 0.4)}px;height:${height - 190}px"><div style="padding:7px 10px;background:#107c41;color:#fff">${words.table}</div>
      <table style="width:100%;font-size:12px;border-collapse:collapse" border="1"><tr>${words.sheet.map((name) => `<th>${name}</th>`).join('')}</tr>${cells}</table></div>
    <div style="position:absolute;bottom:0;width:100%;height:44px;background:${theme.foot};color:${theme.text};font-size:12px;text-align:right;padding:6px 14px;line-height:1.3">10:42<br>03.03.2026</div>
    <div id="over" style="position:absolute;left:${left}px;top:${top}px;box-shadow:0 8px 30px rgba(0,0,0,.5)">${dialog}</div></div>`;
}
