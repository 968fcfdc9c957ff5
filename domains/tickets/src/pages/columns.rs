//! The columns of the desk's list: which are chosen, what stands in them, and the menu that chooses. All that the rows of a
//! page lack is read by one statement for tags and one for custom fields.

use super::list::list_href;
use crate::{
    Field, TicketId, batch,
    column::{Column, Fact},
    field::ask::Values,
    list::{Filter, Listed},
    views::{self, CellValue},
};
use db::Conn;
use kernel::Result;
use std::collections::HashMap;

/// The chosen columns of a page of a list.
pub(super) struct Columns<'a> {
    /// All custom fields.
    pub(super) fields: &'a [Field],
    chosen: Vec<Chosen<'a>>,
    tags: HashMap<TicketId, Vec<String>>,
    values: HashMap<TicketId, Values>,
}

/// A chosen column; that of a field which there is not is passed over.
#[derive(Clone, Copy)]
enum Chosen<'a> {
    Fact(Fact),
    Field(&'a Field),
}

impl Chosen<'_> {
    fn is(self, other: Chosen<'_>) -> bool {
        match (self, other) {
            (Self::Fact(one), Chosen::Fact(other)) => one == other,
            (Self::Field(one), Chosen::Field(other)) => one.key == other.key,
            _ => false,
        }
    }

    fn label(self) -> String {
        match self {
            Self::Fact(fact) => fact.label().to_owned(),
            Self::Field(field) => field.label.clone(),
        }
    }

    fn choice(self, selected: bool) -> views::Choice {
        let column = match self {
            Self::Fact(fact) => Column::Fact(fact),
            Self::Field(field) => Column::Field(field.key.clone()),
        };
        views::Choice { value: column.word(), label: self.label(), selected }
    }
}

impl<'a> Columns<'a> {
    pub(super) async fn of(conn: &mut Conn, filter: &Filter, fields: &'a [Field], rows: &[Listed]) -> Result<Self> {
        let chosen = filter.columns.iter().filter_map(|column| match column {
            Column::Fact(fact) => Some(Chosen::Fact(*fact)),
            Column::Field(key) => fields.iter().find(|field| field.key == *key).map(Chosen::Field),
        });
        let chosen: Vec<Chosen<'a>> = chosen.collect();
        let ids: Vec<TicketId> = rows.iter().map(|row| row.ticket.id).collect();
        let keys: Vec<&str> = chosen.iter().filter_map(|column| if let Chosen::Field(field) = column { Some(field.key.as_str()) } else { None }).collect();
        let has_tags = chosen.iter().any(|column| matches!(column, Chosen::Fact(Fact::Tags)));
        Ok(Self {
            fields,
            tags: if has_tags && !ids.is_empty() { batch::tags(conn, &ids).await? } else { HashMap::new() },
            values: if keys.is_empty() || ids.is_empty() { HashMap::new() } else { batch::values(conn, &ids, &keys).await? },
            chosen,
        })
    }

    /// The menu that chooses, and the heads of the table. A chosen one keeps its place, one that is added comes last.
    pub(super) fn menu(&self, query: &[(&'static str, String)]) -> views::Columns {
        let asked = self.fields.iter().filter(|field| field.archived_at.is_none()).map(Chosen::Field);
        let all = Fact::ALL.iter().copied().map(Chosen::Fact).chain(asked);
        let others = all.filter(|column| !self.chosen.iter().any(|chosen| chosen.is(*column)));
        let rest: Vec<(&'static str, String)> = query.iter().filter(|(name, _)| *name != "columns").cloned().collect();
        views::Columns {
            heads: self.chosen.iter().map(|column| column.label()).collect(),
            choices: self.chosen.iter().map(|column| column.choice(true)).chain(others.map(|column| column.choice(false))).collect(),
            clear_href: list_href("/desk", &rest, &[]),
        }
    }

    /// What stands in the columns of a row.
    pub(super) fn cells(&self, row: &Listed) -> Vec<views::Cell> {
        self.chosen.iter().map(|column| views::Cell { label: column.label(), value: self.value(*column, row) }).collect()
    }

    fn value(&self, column: Chosen<'_>, row: &Listed) -> CellValue {
        let ticket = &row.ticket;
        let text = |text: Option<String>| text.filter(|text| !text.is_empty()).map_or(CellValue::Nothing, CellValue::Text);
        match column {
            Chosen::Fact(Fact::Status) => CellValue::Text(ticket.status_for_agents().label.into_owned()),
            Chosen::Fact(Fact::Priority) => CellValue::Priority(ticket.priority.word()),
            Chosen::Fact(Fact::Category) => CellValue::Text(ticket.category.label().to_owned()),
            Chosen::Fact(Fact::Team) => text(ticket.team.clone()),
            Chosen::Fact(Fact::Assignee) => ticket.assignee.clone().map_or(CellValue::Nothing, CellValue::Agent),
            Chosen::Fact(Fact::Requester) => CellValue::Text(ticket.requester_name.clone()),
            Chosen::Fact(Fact::Organization) => text(ticket.organization.clone()),
            Chosen::Fact(Fact::Channel) => CellValue::Text(ticket.channel.label().to_owned()),
            Chosen::Fact(Fact::Tags) => self.tags.get(&ticket.id).map_or(CellValue::Nothing, |tags| CellValue::Tags(tags.clone())),
            Chosen::Fact(Fact::Due) => ticket.deadline.countdown(ticket.status).map_or(CellValue::Nothing, CellValue::Due),
            Chosen::Fact(Fact::Created) => CellValue::At(ticket.created_at),
            Chosen::Fact(Fact::Updated) => CellValue::At(ticket.updated_at),
            Chosen::Fact(Fact::Number) => CellValue::Text(format!("#{}", ticket.number)),
            Chosen::Field(field) => text(self.values.get(&ticket.id).and_then(|values| values.get(&field.key)).map(|values| field.words(values))),
        }
    }
}
