use cel::common::ast::{EntryExpr, Expr, IdedExpr};

use crate::fire::MAX_ITEMS;

/// Steps of an operation that copies a text.
const COPYING_STEPS: u64 = 20;

/// What a condition may cost at worst, read off its expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cost {
    /// Parts evaluated when every list it goes over is as long as is looked at.
    pub steps: u64,
    /// Parts inside one another.
    pub depth: usize,
    /// Whether it compiles a regular expression, the cost of which cannot be told beforehand.
    pub matches_patterns: bool,
}

impl Cost {
    pub(crate) fn of(expr: &IdedExpr) -> Self {
        let one = Self { steps: 1, depth: 0, matches_patterns: false };
        let mut cost = match &expr.expr {
            Expr::Select(select) => Self::of(&select.operand),
            Expr::Call(call) => {
                let parts = call.target.iter().map(|target| Self::of(target)).chain(call.args.iter().map(Self::of));
                let mut cost = parts.fold(one, Self::beside);
                cost.matches_patterns |= call.func_name == "matches";
                if call.func_name == "_+_" {
                    cost.steps = cost.steps.saturating_add(COPYING_STEPS);
                }
                cost
            }
            Expr::List(list) => list.elements.iter().map(Self::of).fold(one, Self::beside),
            Expr::Map(map) => map.entries.iter().fold(one, |cost, entry| match &entry.expr {
                EntryExpr::MapEntry(entry) => cost.beside(Self::of(&entry.key)).beside(Self::of(&entry.value)),
                EntryExpr::StructField(field) => cost.beside(Self::of(&field.value)),
            }),
            Expr::Struct(made) => made.entries.iter().fold(one, |cost, entry| match &entry.expr {
                EntryExpr::MapEntry(entry) => cost.beside(Self::of(&entry.key)).beside(Self::of(&entry.value)),
                EntryExpr::StructField(field) => cost.beside(Self::of(&field.value)),
            }),
            Expr::Comprehension(c) => {
                let mut round = Self::of(&c.loop_cond).beside(Self::of(&c.loop_step));
                round.steps = round.steps.saturating_mul(MAX_ITEMS as u64);
                let once = Self::of(&c.iter_range).beside(Self::of(&c.accu_init)).beside(Self::of(&c.result));
                once.beside(round)
            }
            Expr::Literal(_) | Expr::Ident(_) | Expr::Unspecified => one,
        };
        cost.steps = cost.steps.saturating_add(1);
        cost.depth += 1;
        cost
    }

    fn beside(self, other: Self) -> Self {
        Self {
            steps: self.steps.saturating_add(other.steps),
            depth: self.depth.max(other.depth),
            matches_patterns: self.matches_patterns || other.matches_patterns,
        }
    }
}
