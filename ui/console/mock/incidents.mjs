// Proposals of major incidents, and which tickets are alike, as a collector would tell them.

const minutes = (n) => new Date(Date.now() - n * 60_000).toISOString();
const shared = (dimension, value, [en, ru], members_with, members, others_with, others) => ({ factor: { dimension, value }, says: { en, ru }, members_with, members, others_with, others });

/** Two bursts of reports, one behind a gateway and one of a program; their tickets are made by `makeBursts`. */
export function makeProposals() {
  return [
    {
      id: '0197f000-0000-7000-a000-000000000001',
      raised_at: minutes(2),
      category: 'network',
      people: 13,
      reports: 15,
      members: [1042, 1051, 1052, 1053, 1054, 1055, 1056, 1057, 1058, 1059, 1060],
      shared: [
        shared('gateway', '10.2.0.1', ['gateway 10.2.0.1', 'шлюз 10.2.0.1'], 12, 13, 3, 400),
        shared('rung', 'gateway', ['broken step of the network: gateway', 'сеть обрывается на ступени: шлюз'], 13, 13, 9, 400),
        shared('finding', 'network.gateway_unreachable', ['finding "The way out of the local network is cut"', 'признак «Нет выхода из локальной сети»'], 13, 13, 9, 400),
        shared('category', 'network', ['category "Network"', 'категория «Сеть»'], 13, 13, 41, 400),
        shared('site', 'msk', ['site Moscow, Tverskaya', 'площадка Москва, Тверская'], 13, 13, 96, 400),
      ],
      says: { en: '13 people in 9 minutes; usual for this hour is 1. 12 of them sit behind gateway 10.2.0.1.', ru: '13 человек за 9 минут; обычно в этот час — 1. 12 из них за шлюзом 10.2.0.1.' },
      title: { en: 'No network on the second floor', ru: 'Нет сети на втором этаже' },
    },
    {
      id: '0197f000-0000-7000-a000-000000000002',
      raised_at: minutes(11),
      category: 'application',
      people: 5,
      reports: 5,
      members: [1039, 1061, 1062, 1063, 1064],
      shared: [shared('code', '0xc0000005', ['error code 0xc0000005', 'код ошибки 0xc0000005'], 4, 5, 2, 380), shared('version', '1cv8c@8.3.24', ['version 1С 8.3.24', 'версия 1С 8.3.24'], 5, 5, 12, 380)],
      says: { en: '5 people in 40 minutes with the same crash', ru: '5 человек за 40 минут с одним и тем же падением' },
      title: { en: '1C crashes when a report is made', ru: '1С падает при формировании отчёта' },
    },
  ];
}

/** Tickets like `of`, with what they share and why in words. */
export function similarTo(of, tickets) {
  return tickets
    .filter(({ summary }) => summary.number !== of.number && !summary.merged_into && summary.category === of.category && summary.status !== 'resolved')
    .slice(0, 5)
    .map(({ summary }) => ({
      ticket: summary,
      shared: [{ dimension: 'category', value: of.category }, { dimension: 'gateway', value: '10.2.0.1' }],
      says: { en: 'The same: version 1С 8.3.24.1624, gateway 10.2.0.1; nearly the same words', ru: 'Общее: версия 1С 8.3.24.1624, шлюз 10.2.0.1; почти те же слова' },
    }));
}
