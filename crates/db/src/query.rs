//! Statements: fixed text and bound values. Text is `&'static str` only, so input can't be glued in.

use crate::{Id, Timestamp};
use std::{borrow::Cow, fmt::Write as _};
use uuid::Uuid;

/// A registered `sql!` text and where it stands; `Statement::all` lists every one in the program.
pub struct Statement {
    /// The SQL.
    pub text: &'static str,
    /// Source file.
    pub file: &'static str,
    /// Source line.
    pub line: u32,
}

inventory::collect!(Statement);

impl Statement {
    /// Every `sql!` text of the program.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        inventory::iter::<Self>.into_iter()
    }
}

/// A statement with its values: `sql!("SELECT … WHERE id = $1", id)`. Placeholders are `$1`, `$2`… on both engines.
#[macro_export]
macro_rules! sql {
    ($text:expr $(, $value:expr)* $(,)?) => {{
        $crate::inventory::submit! { $crate::Statement { text: $text, file: file!(), line: line!() } }
        $crate::Query::with($text, vec![$($crate::Value::from($value)),*])
    }};
}

/// The closed set of what may be bound.
#[derive(Clone, Debug)]
pub enum Value {
    /// BIGINT
    Int(Option<i64>),
    /// TEXT
    Text(Option<String>),
    /// BOOLEAN, 0 or 1 on SQLite
    Bool(Option<bool>),
    /// UUID, 16 bytes on SQLite
    Id(Option<Uuid>),
    /// BYTEA, BLOB
    Bytes(Option<Vec<u8>>),
}

/// A statement ready to run, or one that is still being put together from fixed pieces.
#[derive(Clone, Debug)]
pub struct Query {
    pub(crate) text: Cow<'static, str>,
    pub(crate) values: Vec<Value>,
}

impl Query {
    /// A fixed text with its values in the order of `$1`, `$2`…; `sql!` is the way to call it.
    pub fn with(text: &'static str, values: Vec<Value>) -> Self {
        Self { text: Cow::Borrowed(text), values }
    }

    /// Adds a fixed piece.
    pub fn push(&mut self, piece: &'static str) -> &mut Self {
        self.text.to_mut().push_str(piece);
        self
    }

    /// Adds the next placeholder with its value.
    pub fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.values.push(value.into());
        let number = self.values.len();
        // writing to a String can't fail
        let _ = write!(self.text.to_mut(), "${number}");
        self
    }

    /// Adds ` LIKE '%…%'` for words anywhere in a lower-case column, in their order. What `LIKE` reads specially is escaped.
    pub fn like(&mut self, text: &str) -> &mut Self {
        let mut pattern = String::from("%");
        for c in text.trim().to_lowercase().chars() {
            match c {
                '%' | '_' | '\\' => {
                    pattern.push('\\');
                    pattern.push(c);
                }
                c if c.is_whitespace() => pattern.push('%'),
                c => pattern.push(c),
            }
        }
        pattern.push('%');
        self.push(" LIKE ").bind(pattern).push(" ESCAPE '\\'")
    }

    /// Adds ` LIMIT 51`. The number stands in the text: with a placeholder PostgreSQL never trusts its stored plan, because
    /// it guesses that a tenth of all rows is wanted, and plans each list anew (8 ms for a list of tickets, 1 ms to run it).
    pub fn limit(&mut self, rows: i64) -> &mut Self {
        // writing to a String can't fail, and a number can't be glued-in input
        let _ = write!(self.text.to_mut(), " LIMIT {rows}");
        self
    }

    /// Adds `($n, $n+1, …)` for `IN`; an empty list becomes `(NULL)`, which matches nothing. The last value is repeated up to
    /// a power of two: few different texts, so that engines keep their plans.
    pub fn list<V: Into<Value>>(&mut self, values: impl IntoIterator<Item = V>) -> &mut Self {
        let mut values: Vec<Value> = values.into_iter().map(Into::into).collect();
        let Some(last) = values.last().cloned() else { return self.push("(NULL)") };
        values.resize(values.len().next_power_of_two(), last);
        self.row(values)
    }

    /// Adds `($n, $n+1, …)`, a row for `VALUES`.
    pub fn row(&mut self, values: impl IntoIterator<Item = Value>) -> &mut Self {
        let mut before = "(";
        for value in values {
            self.push(before).bind(value);
            before = ", ";
        }
        self.push(")")
    }

    /// The values in the order of their placeholders.
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// The values, to put others in their places.
    pub fn values_mut(&mut self) -> &mut [Value] {
        &mut self.values
    }

    /// The text as it will be sent.
    pub fn text(&self) -> &str {
        &self.text
    }
}

macro_rules! value_from {
    ($($kind:ident: $($type:ty => $convert:expr),+;)+) => {$($(
        impl From<$type> for Value {
            fn from(value: $type) -> Self {
                let convert: fn($type) -> _ = $convert;
                Self::$kind(Some(convert(value)))
            }
        }
        impl From<Option<$type>> for Value {
            fn from(value: Option<$type>) -> Self {
                let convert: fn($type) -> _ = $convert;
                Self::$kind(value.map(convert))
            }
        }
    )+)+};
}

value_from! {
    Int: i64 => |v| v, i32 => i64::from, u32 => i64::from, Timestamp => Timestamp::micros;
    Text: &str => str::to_owned, String => |v| v, &String => Clone::clone;
    Bool: bool => |v| v;
    Id: Uuid => |v| v;
    Bytes: Vec<u8> => |v| v, &[u8] => <[u8]>::to_vec;
}

impl<T> From<Id<T>> for Value {
    fn from(id: Id<T>) -> Self {
        Self::Id(Some(id.uuid()))
    }
}

impl<T> From<Option<Id<T>>> for Value {
    fn from(id: Option<Id<T>>) -> Self {
        Self::Id(id.map(Id::uuid))
    }
}
