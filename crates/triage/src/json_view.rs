//! Facts as CEL values without a copy: objects answer a field when it is asked for.

use cel::ExecutionError;
use cel::common::traits::Indexer;
use cel::common::types::{CelBool, CelDouble, CelInt, CelList, CelNull, CelString, CelUInt, Type};
use cel::common::value::{CowVal, Val};
use serde_json::Value;

use crate::facts::Facts;
use crate::fire::MAX_ITEMS;
use crate::words::Said;

/// A borrowed JSON object.
#[derive(Debug, Clone, Copy)]
struct Object<'a>(&'a serde_json::Map<String, Value>);

/// A JSON value as CEL sees it. Whole numbers are `int`, so that they compare and print as people write them; of a list
/// the first [`MAX_ITEMS`] are seen.
pub(crate) fn to_val<'a>(value: &'a Value) -> Box<dyn Val + 'a> {
    match value {
        Value::Null => Box::new(CelNull),
        Value::Bool(b) => Box::new(CelBool::from(*b)),
        Value::Number(n) => match (n.as_i64(), n.as_u64()) {
            (Some(i), _) => Box::new(CelInt::from(i)),
            (None, Some(u)) => Box::new(CelUInt::from(u)),
            _ => Box::new(CelDouble::from(n.as_f64().unwrap_or(f64::NAN))),
        },
        Value::String(s) => Box::new(CelString::from(s.as_str())),
        Value::Array(items) => Box::new(CelList::from(items.iter().take(MAX_ITEMS).map(to_val).collect::<Vec<_>>())),
        Value::Object(map) => Box::new(Object(map)),
    }
}

fn key(index: &dyn Val) -> Result<&str, ExecutionError> {
    index.downcast_ref::<CelString>().map(|s| s.inner()).ok_or_else(|| ExecutionError::UnexpectedType {
        got: index.get_type().name().to_owned(),
        want: "string".to_owned(),
    })
}

macro_rules! lazy_object {
    ($type:ident, |$this:ident, $key:ident| $get:expr) => {
        impl Val for $type<'_> {
            fn get_type(&self) -> &Type {
                <Self as Val>::cel_type()
            }
            fn cel_type() -> &'static Type {
                &cel::common::types::DYN_TYPE
            }
            fn as_indexer<'b, 'v>(&'b self) -> Option<&'b (dyn Indexer + 'v)>
            where
                Self: 'v,
            {
                Some(self)
            }
            fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v>
            where
                Self: 'v,
            {
                Box::new(*self)
            }
        }

        impl Indexer for $type<'_> {
            fn get<'b, 'v>(&'b self, index: &dyn Val) -> Result<CowVal<'b, 'v>, ExecutionError>
            where
                Self: 'v,
            {
                let $this = *self;
                let $key = key(index)?;
                let found: Option<Box<dyn Val + 'v>> = $get;
                found.map(CowVal::Owned).ok_or_else(|| ExecutionError::no_such_key($key))
            }
            fn steal<'v>(self: Box<Self>, index: &dyn Val) -> Result<Box<dyn Val + 'v>, ExecutionError>
            where
                Self: 'v,
            {
                self.get(index).map(CowVal::into_owned)
            }
        }
    };
}

lazy_object!(Object, |this, key| this.0.get(key).map(to_val));
lazy_object!(FactsView, |this, key| this.0.get(key).map(to_val));
lazy_object!(SaidView, |this, key| this.0.list(key).map(|hit| Box::new(CelBool::from(hit)) as Box<dyn Val>));

/// `facts.<probe>`: the data of each probe that answered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FactsView<'a>(pub &'a Facts<'a>);

/// `said.<list>` and `shown.<list>`: whether a word of the list stands in the text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SaidView<'a>(pub &'a Said<'a>);
