//! What reports are told of tickets: how they stand, what they are told apart by, and how a list shows them.

use crate::{Category, Channel, Priority, Status, TicketId, batch, policy::Action};
use db::{Conn, Id, Query, Timestamp, record};
use futures::{FutureExt, future::BoxFuture};
use kernel::{Actor, Counted, Counting, Dimension, PersonId, Result, Shown, TeamId};
use std::collections::HashMap;
use uuid::Uuid;

macro_rules! values {
    ($of:ident: $($variant:ident),+) => { &[$(($of::$variant.word(), $of::$variant.label())),+] };
}

/// For the roof.
pub const COUNTING: Counting = Counting {
    dimensions: &[
        Dimension { name: "channel", label: "Channel", plural: "Channels", values: values!(Channel: Web, Email, Chat, Api, Community, Call) },
        Dimension {
            name: "category",
            label: "Category",
            plural: "Categories",
            values: values!(Category: Bug, FeatureRequest, GeneralInquiry, TechnicalSupport, Billing),
        },
        Dimension { name: "priority", label: "Priority", plural: "Priorities", values: values!(Priority: Urgent, High, Medium, Low) },
    ],
    counted,
    shown,
};

record! {
    struct Row {
        id: TicketId,
        created_at: Timestamp,
        team: Option<TeamId>,
        agent: Option<PersonId>,
        channel: Channel,
        category: Category,
        priority: Priority,
        status: Status,
    }
}

fn counted<'a>(conn: &'a mut Conn, ids: &'a [Uuid]) -> BoxFuture<'a, Result<Vec<Counted>>> {
    async move {
        let mut query = Query::with(
            "SELECT id, created_at, team_id, assignee_id, channel, category, priority, status FROM tickets WHERE trashed_at IS NULL AND id IN ",
            Vec::new(),
        );
        query.list(ids.iter().copied());
        let rows: Vec<Row> = conn.all(query).await?;
        let tickets: Vec<TicketId> = rows.iter().map(|row| row.id).collect();
        let mut tags = if tickets.is_empty() { HashMap::new() } else { batch::tags(conn, &tickets).await? };
        Ok(rows.into_iter().map(|row| row.counted(tags.remove(&row.id).unwrap_or_default())).collect())
    }
    .boxed()
}

impl Row {
    fn counted(&self, tags: Vec<String>) -> Counted {
        Counted {
            id: self.id.uuid(),
            created_at: self.created_at,
            team: self.team,
            agent: self.agent,
            words: vec![self.channel.word(), self.category.word(), self.priority.word()],
            tags,
            is_open: self.status.is_active(),
        }
    }
}

fn shown<'a>(conn: &'a mut Conn, actor: &'a Actor, ids: &'a [Uuid]) -> BoxFuture<'a, Result<Vec<Shown>>> {
    async move {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<TicketId> = ids.iter().copied().map(Id::from).collect();
        let held = batch::held(conn, actor, &ids).await?;
        let seen = held.into_values().filter(|held| held.may(actor, Action::Note) && held.ticket.trashed_at.is_none());
        Ok(seen
            .map(|held| {
                let ticket = held.ticket;
                let status = ticket.status_for_agents();
                Shown {
                    id: ticket.id.uuid(),
                    number: format!("#{}", ticket.number),
                    href: format!("/desk/tickets/{}", ticket.id),
                    status: status.s,
                    status_label: status.label.into_owned(),
                    title: ticket.title,
                    requester: ticket.requester_name,
                    team: ticket.team,
                    agent: ticket.assignee,
                }
            })
            .collect())
    }
    .boxed()
}
