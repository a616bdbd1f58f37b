use std::sync::{Arc, LazyLock};

use cel::common::ast::{EntryExpr, Expr, IdedExpr};
use cel::common::types::CelBool;
use cel::common::value::CowVal;
use cel::{Context, Env, Program, Value};
use serde_json::Value as Json;

use crate::cost::Cost;
use crate::facts::{Facts, KNOWN_PROBES};
use crate::json_view::{FactsView, SaidView, to_val};
use crate::product::Product;
use crate::words::{Said, WordLists};

/// The standard environment, built once; contexts share it.
static ENV: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(Env::stdlib()));

/// A CEL expression, compiled once.
#[derive(Debug)]
pub(crate) struct Condition {
    program: Program,
    /// Word lists it asks about in sentences (`said`) and on screens (`shown`).
    pub said: Vec<String>,
    pub shown: Vec<String>,
    /// Probes it reads.
    pub probes: Vec<String>,
    variables: Vec<String>,
}

/// Why an expression was refused: place in it (line and column from 1) and reason.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub line: usize,
    pub column: usize,
    pub reason: String,
}

impl Condition {
    /// Compiles an expression and checks every name in it: `facts.<probe>`, `said.<list>`, `shown.<list>`, `product`,
    /// `named`, and `it` where the rule goes over a list.
    pub(crate) fn compile(source: &str, lists: &WordLists, has_it: bool) -> Result<Self, Refusal> {
        let program = ENV.compile(source).map_err(|errors| {
            let first = errors.errors.first();
            let position = first.map_or((1, 1), |e| e.pos);
            Refusal {
                line: usize::try_from(position.0).unwrap_or(1).max(1),
                column: usize::try_from(position.1).unwrap_or(1).max(1),
                reason: first.map_or_else(|| errors.to_string(), |e| e.msg.clone()),
            }
        })?;
        let mut names = Names::default();
        names.walk(program.expression(), &mut Vec::new());
        let refuse = |reason: String| Err(Refusal { line: 1, column: 1, reason });
        for name in &names.variables {
            let known =
                matches!(name.as_str(), "facts" | "said" | "shown" | "product" | "named") || (has_it && name == "it");
            if !known {
                return refuse(format!("unknown name `{name}`"));
            }
        }
        if let Some(unknown) = names.probes.iter().find(|p| !KNOWN_PROBES.contains(&p.as_str())) {
            return refuse(format!("unknown probe `{unknown}`"));
        }
        if let Some(unknown) = names.said.iter().chain(&names.shown).find(|list| !lists.has(list)) {
            return refuse(format!("unknown word list `{unknown}`"));
        }
        Ok(Self { program, said: names.said, shown: names.shown, probes: names.probes, variables: names.variables })
    }

    /// What it may cost at most.
    pub(crate) fn cost(&self) -> Cost {
        Cost::of(self.program.expression())
    }

    /// Whether it reads the program in front, a fact.
    pub(crate) fn asks_for_product(&self) -> bool {
        self.variables.iter().any(|name| name == "product")
    }

    /// Whether it reads the program the user names.
    pub(crate) fn asks_for_named(&self) -> bool {
        self.variables.iter().any(|name| name == "named")
    }

    /// Whether it holds. What is missing or of another type makes it not hold.
    pub(crate) fn holds(&self, scope: &Context<'_, '_>) -> bool {
        Value::resolve_val(self.program.expression(), scope)
            .ok()
            .and_then(|value: CowVal<'_, '_>| value.downcast_ref::<CelBool>().map(|b| *b.inner()))
            .unwrap_or(false)
    }
}

/// Names every rule may use, bound to one report.
pub(crate) fn scope<'a>(
    facts: &'a Facts<'a>,
    said: &'a Said<'a>,
    shown: &'a Said<'a>,
    product: Option<&'a Product>,
    named: Option<&'a Product>,
) -> Context<'a, 'a> {
    let mut scope = Context::with_env(Arc::clone(&ENV));
    scope.add_variable_as_val("facts", Box::new(FactsView(facts)));
    scope.add_variable_as_val("said", Box::new(SaidView(said)));
    scope.add_variable_as_val("shown", Box::new(SaidView(shown)));
    // A product that is not there has no fields, so that a rule that reads them does not hold.
    scope.add_variable_as_val("product", to_val(product.map_or(&EMPTY, |p| &p.as_json)));
    scope.add_variable_as_val("named", to_val(named.map_or(&EMPTY, |p| &p.as_json)));
    let declared = scope.add_function("seconds_between", seconds_between);
    debug_assert!(declared.is_ok(), "the standard library has no such function");
    scope
}

/// Seconds between two RFC 3339 times, whichever is first; more than any limit where one is no time.
fn seconds_between(a: Arc<String>, b: Arc<String>) -> i64 {
    let time = |text: &str| chrono::DateTime::parse_from_rfc3339(text).ok();
    match (time(&a), time(&b)) {
        (Some(a), Some(b)) => (a - b).num_seconds().abs(),
        _ => i64::MAX,
    }
}

static EMPTY: LazyLock<Json> = LazyLock::new(|| Json::Object(serde_json::Map::new()));

/// Names an expression uses.
#[derive(Default)]
struct Names {
    variables: Vec<String>,
    probes: Vec<String>,
    said: Vec<String>,
    shown: Vec<String>,
}

impl Names {
    fn walk(&mut self, expr: &IdedExpr, bound: &mut Vec<String>) {
        match &expr.expr {
            Expr::Ident(name) if !bound.contains(name) => push(&mut self.variables, name),
            Expr::Select(select) => {
                if let Expr::Ident(root) = &select.operand.expr {
                    match root.as_str() {
                        "facts" => push(&mut self.probes, &select.field),
                        "said" => push(&mut self.said, &select.field),
                        "shown" => push(&mut self.shown, &select.field),
                        _ => {}
                    }
                }
                self.walk(&select.operand, bound);
            }
            Expr::Call(call) => {
                call.target.iter().for_each(|target| self.walk(target, bound));
                call.args.iter().for_each(|arg| self.walk(arg, bound));
            }
            Expr::List(list) => list.elements.iter().for_each(|item| self.walk(item, bound)),
            Expr::Comprehension(c) => {
                self.walk(&c.iter_range, bound);
                self.walk(&c.accu_init, bound);
                let before = bound.len();
                bound.extend([c.iter_var.clone(), c.accu_var.clone()]);
                bound.extend(c.iter_var2.clone());
                for part in [&c.loop_cond, &c.loop_step, &c.result] {
                    self.walk(part, bound);
                }
                bound.truncate(before);
            }
            Expr::Map(map) => {
                for entry in &map.entries {
                    if let EntryExpr::MapEntry(entry) = &entry.expr {
                        self.walk(&entry.key, bound);
                        self.walk(&entry.value, bound);
                    }
                }
            }
            Expr::Literal(_) | Expr::Ident(_) | Expr::Struct(_) | Expr::Unspecified => {}
        }
    }
}

fn push(names: &mut Vec<String>, name: &str) {
    if !names.iter().any(|n| n == name) {
        names.push(name.to_owned());
    }
}
