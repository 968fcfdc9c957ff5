//! What the desk shows of the columns of a list.

use super::Choice;
use db::Timestamp;

/// What stands in a column of a ticket.
pub struct Cell {
    /// The name of the column.
    pub label: String,
    /// What stands there.
    pub value: CellValue,
}

/// What can stand in a column.
pub enum CellValue {
    /// Nothing.
    Nothing,
    /// Words.
    Text(String),
    /// Somebody of the staff, by name.
    Agent(String),
    /// A priority.
    Priority(&'static str),
    /// What was promised next.
    Due(ui::Countdown),
    /// A moment.
    At(Timestamp),
    /// Labels.
    Tags(Vec<String>),
}

/// The columns of the list.
pub struct Columns {
    /// The names of the chosen ones; none is the usual list.
    pub heads: Vec<String>,
    /// All there are: the chosen ones in their order, then the others.
    pub choices: Vec<Choice>,
    /// The list without columns.
    pub clear_href: String,
}
