//! Rows to values, by position, the same on both engines.

use crate::{Error, Id, Result, Timestamp, Value};
use sqlx::{Row as _, postgres::PgRow, sqlite::SqliteRow};
use uuid::Uuid;

/// A row of either engine.
pub enum Row {
    /// From SQLite.
    Sqlite(SqliteRow),
    /// From PostgreSQL.
    Postgres(PgRow),
}

/// Reads a row from its first column on.
pub struct Reader<'r> {
    row: &'r Row,
    column: usize,
}

impl<'r> Reader<'r> {
    pub(crate) fn new(row: &'r Row) -> Self {
        Self { row, column: 0 }
    }

    /// The next value; a `T` may take several columns.
    pub fn read<T: FromRow>(&mut self) -> Result<T> {
        T::from_row(self)
    }

    /// Says that the column just read held something unexpected.
    pub fn refuse(&self, reason: &str) -> Error {
        Error::Column { column: self.column.saturating_sub(1), reason: reason.to_owned() }
    }
}

/// What can be read from the next columns of a row.
pub trait FromRow: Sized {
    /// Takes as many columns as it needs, in order.
    fn from_row(reader: &mut Reader<'_>) -> Result<Self>;
}

/// What one column can hold.
pub trait Scalar: Sized {
    /// The value, or nothing when the column is NULL.
    fn column(row: &Row, column: usize) -> Result<Option<Self>>;
}

impl<T: Scalar> FromRow for Option<T> {
    fn from_row(reader: &mut Reader<'_>) -> Result<Self> {
        let column = reader.column;
        reader.column += 1;
        T::column(reader.row, column)
    }
}

macro_rules! scalars {
    ($($type:ty: $stored:ty => $convert:expr;)+) => {$(
        impl Scalar for $type {
            fn column(row: &Row, column: usize) -> Result<Option<Self>> {
                let stored: Option<$stored> = match row {
                    Row::Sqlite(row) => row.try_get_unchecked(column),
                    Row::Postgres(row) => row.try_get_unchecked(column),
                }
                .map_err(|error| Error::Column { column, reason: error.to_string() })?;
                let convert: fn($stored) -> $type = $convert;
                Ok(stored.map(convert))
            }
        }
        impl FromRow for $type {
            fn from_row(reader: &mut Reader<'_>) -> Result<Self> {
                reader.read::<Option<Self>>()?.ok_or_else(|| reader.refuse("is NULL"))
            }
        }
    )+};
}

scalars! {
    i64: i64 => |v| v;
    bool: bool => |v| v;
    String: String => |v| v;
    Uuid: Uuid => |v| v;
    Vec<u8>: Vec<u8> => |v| v;
    Timestamp: i64 => Timestamp::from_micros;
}

/// A closed set of words; made by `words!`.
pub trait Word: Copy {
    /// The word as stored and sent.
    fn word(self) -> &'static str;
    /// From its word.
    fn from_word(word: &str) -> Option<Self>;
}

impl<W: Word> From<W> for Value {
    fn from(value: W) -> Self {
        Self::from(value.word())
    }
}

impl<W: Word> From<Option<W>> for Value {
    fn from(value: Option<W>) -> Self {
        Self::from(value.map(Word::word))
    }
}

impl<W: Word> Scalar for W {
    fn column(row: &Row, column: usize) -> Result<Option<Self>> {
        // read in place: a row of a list has four words, and none of them is kept as text
        let word: Option<&str> = match row {
            Row::Sqlite(row) => row.try_get_unchecked(column),
            Row::Postgres(row) => row.try_get_unchecked(column),
        }
        .map_err(|error| Error::Column { column, reason: error.to_string() })?;
        let Some(word) = word else { return Ok(None) };
        W::from_word(word).map(Some).ok_or_else(|| Error::Column { column, reason: format!("unknown word {word}") })
    }
}

impl<W: Word> FromRow for W {
    fn from_row(reader: &mut Reader<'_>) -> Result<Self> {
        reader.read::<Option<Self>>()?.ok_or_else(|| reader.refuse("is NULL"))
    }
}

impl<T> Scalar for Id<T> {
    fn column(row: &Row, column: usize) -> Result<Option<Self>> {
        Ok(Uuid::column(row, column)?.map(Self::from))
    }
}

impl<T> FromRow for Id<T> {
    fn from_row(reader: &mut Reader<'_>) -> Result<Self> {
        Ok(Self::from(reader.read::<Uuid>()?))
    }
}

macro_rules! tuples {
    ($($name:ident)+) => {
        impl<$($name: FromRow),+> FromRow for ($($name,)+) {
            fn from_row(reader: &mut Reader<'_>) -> Result<Self> {
                Ok(($(reader.read::<$name>()?,)+))
            }
        }
    };
}
tuples!(A);
tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
tuples!(A B C D E);
tuples!(A B C D E F);
tuples!(A B C D E F G);

/// A struct that is read from a row, field by field in the order they are written.
#[macro_export]
macro_rules! record {
    ($(#[$meta:meta])* $vis:vis struct $name:ident { $($(#[$field_meta:meta])* $field_vis:vis $field:ident: $type:ty),+ $(,)? }) => {
        $(#[$meta])* $vis struct $name { $($(#[$field_meta])* $field_vis $field: $type),+ }
        impl $crate::FromRow for $name {
            fn from_row(reader: &mut $crate::Reader<'_>) -> $crate::Result<Self> {
                Ok(Self { $($field: reader.read()?),+ })
            }
        }
    };
}

/// A closed set of words, stored as text and sent in `UPPER_SNAKE`: `words! { pub enum Status { Open = "OPEN", … } }`.
#[macro_export]
macro_rules! words {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])* #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        $vis enum $name { $($(#[$variant_meta])* $variant),+ }
        impl $name {
            /// All of them, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// All words, in order.
            pub const WORDS: &'static [&'static str] = &[$($word),+];
            /// The word as stored and sent.
            pub const fn word(self) -> &'static str { match self { $(Self::$variant => $word),+ } }
            /// From its word.
            pub fn from_word(word: &str) -> Option<Self> { match word { $($word => Some(Self::$variant),)+ _ => None } }
        }
        impl $crate::Word for $name {
            fn word(self) -> &'static str { Self::word(self) }
            fn from_word(word: &str) -> Option<Self> { Self::from_word(word) }
        }
        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> ::std::result::Result<S::Ok, S::Error> { serializer.serialize_str(self.word()) }
        }
        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result { f.write_str(self.word()) }
        }
    };
}
