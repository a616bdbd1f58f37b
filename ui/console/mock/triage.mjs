// The quality report, model versions and rules, as a collector would tell them.

const days = (n) => new Date(Date.now() - n * 86_400_000).toISOString();

export function makeModels() {
  const shipped = { shipped_accuracy: 0.868, shipped_macro_f1: 0.873 };
  return [
    { version: 4, created_at: days(1), created_by: null, corrections: 61, held_out_accuracy: 0.861, held_out_macro_f1: 0.858, ...shipped, state: 'refused', reason: { en: 'Worse than the shipped model on the held-out set', ru: 'Хуже поставляемой модели на контрольном наборе' } },
    { version: 3, created_at: days(4), created_by: 'Анна Крылова', corrections: 52, held_out_accuracy: 0.884, held_out_macro_f1: 0.881, ...shipped, state: 'active' },
    { version: 2, created_at: days(12), created_by: 'Анна Крылова', corrections: 27, held_out_accuracy: 0.876, held_out_macro_f1: 0.879, ...shipped, state: 'available' },
    { version: 0, created_at: days(60), created_by: null, corrections: 0, held_out_accuracy: 0.868, held_out_macro_f1: 0.873, ...shipped, state: 'available' },
  ];
}

export function makeQuality(model) {
  const category = (name, count, precision, recall) => ({ category: name, count, precision, recall, f1: (2 * precision * recall) / (precision + recall) });
  const bin = (from, count, right) => ({ from, to: from + 0.1, count, said: from + 0.052, right });
  return {
    tickets: 1284, known: 1102, corrected: 73, abstained: 118, accuracy: 0.943, answered_accuracy: 0.961, ece: 0.031,
    calibration: [bin(0.3, 22, 0.32), bin(0.4, 41, 0.39), bin(0.5, 73, 0.52), bin(0.6, 96, 0.69), bin(0.7, 164, 0.77), bin(0.8, 322, 0.87), bin(0.9, 566, 0.97)],
    categories: [category('network', 311, 0.97, 0.96), category('application', 246, 0.92, 0.94), category('email', 171, 0.97, 0.95), category('access', 140, 0.95, 0.97), category('printing', 118, 0.98, 0.97), category('performance', 96, 0.88, 0.86), category('hardware', 61, 0.91, 0.9), category('storage', 52, 0.9, 0.88), category('request', 47, 0.93, 0.98), category('conferencing', 24, 0.92, 0.88), category('operating-system', 11, 0.82, 0.73), category('security', 7, 1, 0.86)],
    confusion: [['network', 'network', 299], ['application', 'application', 231], ['email', 'email', 162], ['access', 'access', 136], ['printing', 'printing', 114], ['performance', 'performance', 83], ['hardware', 'hardware', 55], ['storage', 'storage', 46], ['request', 'request', 46], ['network', 'email', 6], ['network', 'storage', 3], ['application', 'performance', 9], ['performance', 'application', 8], ['performance', 'hardware', 4], ['application', 'email', 3], ['hardware', 'performance', 4], ['storage', 'network', 5], ['access', 'application', 4], ['printing', 'hardware', 2], ['application', 'operating-system', 3]].map(([said, was, count]) => ({ said, was, count })),
    drift: Array.from({ length: 8 }, (_, i) => ({ week_of: days(56 - i * 7), tickets: 120 + ((i * 37) % 60), accuracy: [0.95, 0.947, 0.952, 0.944, 0.951, 0.938, 0.921, 0.943][i], mean_confidence: [0.93, 0.93, 0.94, 0.93, 0.93, 0.92, 0.9, 0.93][i], psi: [0.02, 0.03, 0.02, 0.04, 0.03, 0.09, 0.14, 0.06][i] })),
    model,
    held_out: { accuracy: model.held_out_accuracy, macro_f1: model.held_out_macro_f1, shipped_accuracy: model.shipped_accuracy, shipped_macro_f1: model.shipped_macro_f1 },
  };
}

const OWN = `# Rules of the organisation, beside the shipped ones.
[[rule]]
id = "application.payroll_week"
when = "product.key == '1c' && said.slow"
category = "application"
weight = 2.0
severity = "warning"
says = { en = "1C is slow in the week of payroll", ru = "1С тормозит в неделю зарплаты" }

[[rule.example]]
text = "1С очень долго открывает отчёт"
expect = "application"
`;

export function makeRules() {
  return {
    active: 2,
    broken: [],
    toml: OWN,
    versions: [
      { version: 2, created_at: days(3), created_by: 'Анна Крылова', note: 'Зарплатная неделя', active: true },
      { version: 1, created_at: days(20), created_by: 'Pavel Orlov', note: 'First rules of ours', active: false },
    ],
    shipped: [
      { file: 'network.toml', toml: '[[rule]]\nid = "network.gateway_unreachable"\nwhen = "facts.network.gateway.ok == false"\ncategory = "network"\nweight = 4.0\n' },
      { file: 'categories.toml', toml: '[[category]]\nkey = "network"\nteam = "network"\nthreshold = 0.55\n' },
    ],
  };
}

/** What a check finds: a mistake where the text has the word "wrong", else changed verdicts. */
export function checkRules(toml, last) {
  const lines = toml.split('\n');
  const line = lines.findIndex((each) => each.includes('wrong')) + 1;
  if (line > 0) return { errors: [{ file: 'own.toml', line, column: 10, rule: 'application.payroll_week', reason: 'in when: unknown name `wrong`' }], judged: 0, changed: [], slower: { before_us: 0, after_us: 0 } };
  const brief = (category, confidence, priority, team) => ({ category, confidence, priority, team });
  return {
    errors: [], judged: last, slower: { before_us: 412, after_us: 431 },
    changed: [
      { report_id: 'r1', ticket: 1041, before: brief('performance', 0.71, 'P3', 'workplace'), after: brief('application', 0.83, 'P2', 'applications'), because: ['application.payroll_week'] },
      { report_id: 'r2', ticket: 1040, before: brief('other', 0.31, 'P4', 'service-desk'), after: brief('application', 0.66, 'P3', 'applications'), because: ['application.payroll_week'] },
      { report_id: 'r3', ticket: 1039, before: brief('application', 0.86, 'P3', 'applications'), after: brief('application', 0.93, 'P2', 'applications'), because: ['application.payroll_week'] },
    ],
  };
}

export function makeSites() {
  return [
    { key: 'msk', name: { en: 'Moscow, Tverskaya', ru: 'Москва, Тверская' } },
    { key: 'spb', name: { en: 'Saint Petersburg, Ligovsky', ru: 'Санкт-Петербург, Лиговский' } },
  ];
}
