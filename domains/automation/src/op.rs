//! How conditions compare: which comparisons a field takes, how they read, and what they need to know.

use kernel::FieldKind;

/// Hours that a condition counts at most: more than a hundred years.
pub(crate) const OFTEN: f64 = 1_000_000.0;

db::words! {
    /// A comparison.
    pub enum Op {
        /// Equal; of texts, whatever the case.
        Is = "is",
        /// Not equal.
        IsNot = "is_not",
        /// One of several; of tags, has one of them.
        AnyOf = "any_of",
        /// None of several.
        NoneOf = "none_of",
        /// Has the text in it, whatever the case.
        Contains = "contains",
        /// Has the text not in it.
        Lacks = "lacks",
        /// Below a number.
        Less = "less",
        /// Above a number.
        More = "more",
        /// A time more than some hours ago.
        Older = "older_hours",
        /// A time less than some hours ago.
        Newer = "newer_hours",
        /// A time that comes within some hours.
        Within = "within_hours",
        /// Nothing is there.
        IsEmpty = "is_empty",
        /// Something is there.
        IsSet = "is_set",
        /// True.
        Yes = "yes",
        /// False.
        No = "no",
        /// This event changed it.
        Changed = "changed",
        /// This event changed it from a value.
        ChangedFrom = "changed_from",
        /// This event changed it to a value.
        ChangedTo = "changed_to",
    }
}

/// What a comparison needs to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing.
    Nothing,
    /// One value.
    One,
    /// One or more.
    Several,
    /// A number.
    Number,
}

impl Op {
    /// Comparisons of a field, the usual one first.
    pub const fn of(kind: &FieldKind) -> &'static [Self] {
        match kind {
            FieldKind::Text => &[Self::Contains, Self::Lacks, Self::Is, Self::IsNot, Self::IsEmpty, Self::IsSet, Self::Changed],
            FieldKind::Number => &[Self::Is, Self::Less, Self::More, Self::IsEmpty, Self::IsSet, Self::Changed],
            FieldKind::YesNo => &[Self::Yes, Self::No, Self::Changed],
            FieldKind::Time => &[Self::Older, Self::Newer, Self::Within, Self::IsEmpty, Self::IsSet],
            FieldKind::Choice(_) => {
                &[Self::AnyOf, Self::NoneOf, Self::Is, Self::IsNot, Self::IsEmpty, Self::IsSet, Self::Changed, Self::ChangedFrom, Self::ChangedTo]
            }
            FieldKind::Words | FieldKind::Choices(_) => &[Self::AnyOf, Self::NoneOf, Self::IsEmpty, Self::IsSet, Self::Changed],
        }
    }

    /// As read after the name of the field: `is any of`.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Is => "is",
            Self::IsNot => "is not",
            Self::AnyOf => "is any of",
            Self::NoneOf => "is none of",
            Self::Contains => "contains",
            Self::Lacks => "does not contain",
            Self::Less => "is less than",
            Self::More => "is more than",
            Self::Older => "was more than",
            Self::Newer => "was less than",
            Self::Within => "comes in less than",
            Self::IsEmpty => "is empty",
            Self::IsSet => "is set",
            Self::Yes => "is true",
            Self::No => "is false",
            Self::Changed => "changed",
            Self::ChangedFrom => "changed from",
            Self::ChangedTo => "changed to",
        }
    }

    /// As read after the value.
    pub const fn after(self) -> &'static str {
        match self {
            Self::Older | Self::Newer => " hours ago",
            Self::Within => " hours",
            _ => "",
        }
    }

    /// Its number is one of hours.
    pub const fn counts_hours(self) -> bool {
        matches!(self, Self::Older | Self::Newer | Self::Within)
    }

    /// What it needs to know.
    pub const fn needs(self) -> Needs {
        match self {
            Self::IsEmpty | Self::IsSet | Self::Yes | Self::No | Self::Changed => Needs::Nothing,
            Self::Is | Self::IsNot | Self::Contains | Self::Lacks | Self::ChangedFrom | Self::ChangedTo => Needs::One,
            Self::AnyOf | Self::NoneOf => Needs::Several,
            Self::Less | Self::More | Self::Older | Self::Newer | Self::Within => Needs::Number,
        }
    }

    /// It asks what an event changed, so a rule of time can't use it.
    pub const fn asks_of_change(self) -> bool {
        matches!(self, Self::Changed | Self::ChangedFrom | Self::ChangedTo)
    }
}
