/** Where a text that is not published is kept between visits, for each organisation. */
export function draftKey(organisation: string): string {
  return `redbutton.rules.${organisation}`;
}

/** A draft and the version it began from. */
export interface Draft {
  base: number | null;
  toml: string;
}

/** The kept draft; `null` where there is none or it is not one. */
export function readDraft(kept: string | null): Draft | null {
  if (kept === null) return null;
  try {
    const value: unknown = JSON.parse(kept);
    if (typeof value !== 'object' || value === null || !('toml' in value) || typeof value.toml !== 'string') return null;
    return { base: 'base' in value && typeof value.base === 'number' ? value.base : null, toml: value.toml };
  } catch {
    return null;
  }
}

/** A rule to begin with: in comments, so that nothing is judged by it before somebody meant it. */
export const TEMPLATE = `# [[rule]]
# id = "application.own_crm_down"            # category.what_it_finds, unique
# when = "named.key == 'crm' || said.slow"   # a condition over facts, said, shown, product, named
# category = "application"
# weight = 2.0                               # 1 a hint, 2 a reason, 3 and more decide
# severity = "warning"                       # info, warning, critical
# says = { en = "Our CRM does not open", ru = "Не открывается наша CRM" }
# urgency = "medium"                         # low, medium, high
# team = "applications"
#
# [[rule.example]]                           # each rule proves itself on its examples
# text = "CRM не открывается"
# expect = "application"
`;
