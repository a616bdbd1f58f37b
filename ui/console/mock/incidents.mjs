// Proposals of major incidents, and which tickets are alike, as a collector would tell them.

const minutes = (n) => new Date(Date.now() - n * 60_000).toISOString();
const shared = (dimension, value, members_with, members, others_with, others) => ({ factor: { dimension, value }, members_with, members, others_with, others });

/** A burst of reports behind one gateway; its tickets are made by `burst`. */
export function makeProposals() {
  return [
    {
      id: '0197f000-0000-7000-a000-000000000001',
      raised_at: minutes(2),
      category: 'network',
      people: 13,
      reports: 15,
      members: [1042, 1031, 1041, 1038, 1037, 1028, 1035, 1033, 1022],
      shared: [shared('gateway', '10.2.0.1', 12, 13, 3, 400), shared('rung', 'gateway', 13, 13, 9, 400), shared('site', 'Москва, Тверская', 13, 13, 96, 400), shared('category', 'network', 11, 13, 41, 400)],
      says: { en: '13 people in 9 minutes; usual for this hour is 1. 12 of them sit behind gateway 10.2.0.1.', ru: '13 человек за 9 минут; обычно в этот час — 1. 12 из них за шлюзом 10.2.0.1.' },
      title: { en: 'No network on the second floor', ru: 'Нет сети на втором этаже' },
    },
    {
      id: '0197f000-0000-7000-a000-000000000002',
      raised_at: minutes(11),
      category: 'application',
      people: 5,
      reports: 5,
      members: [1039, 1036],
      shared: [shared('version', '1cv8c@8.3.24', 5, 5, 12, 380), shared('code', '0xc0000005', 4, 5, 2, 380)],
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
      says: { en: 'Both sit behind gateway 10.2.0.1; nearly the same words', ru: 'Обе машины за шлюзом 10.2.0.1; почти те же слова' },
    }));
}
