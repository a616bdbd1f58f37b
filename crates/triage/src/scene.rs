use serde_json::Value;

use crate::facts::Facts;
use crate::product::Product;
use crate::words::Said;

/// What the rules see of one report.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scene<'a> {
    pub facts: &'a Facts<'a>,
    /// Word lists found in the user's sentences.
    pub said: &'a Said<'a>,
    /// Word lists found on the screens.
    pub shown: &'a Said<'a>,
    /// The program in front, where it is one we know.
    pub product: Option<&'a Product>,
    /// The program the user names.
    pub named: Option<&'a Product>,
}

/// The item of a list a rule with `each` looks at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Item<'a> {
    pub probe: &'a str,
    /// JSON pointer of the list.
    pub path: &'a str,
    pub index: usize,
    pub value: &'a Value,
}
