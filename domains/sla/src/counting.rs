//! What reports are told of promises: which were kept, which were broken, and how far the journal was read for that.

use crate::{Metric, State, follow, marks};
use db::{Conn, Query, Timestamp, journal, record};
use futures::{FutureExt, future::BoxFuture};
use kernel::{Promise, Promising, Result};
use tickets::TicketId;
use uuid::Uuid;

macro_rules! metrics {
    ($($metric:ident),+) => { &[$((Metric::$metric.word(), Metric::$metric.label())),+] };
}

/// For the roof. In the order of [`Metric::index`].
pub const PROMISING: Promising = Promising {
    metrics: metrics!(FirstResponse, NextResponse, FirstResolution, TotalResolution, PeriodicUpdate, RequesterWait, AgentWork),
    decided,
    read_up_to,
};

record! {
    struct Row {
        ticket: TicketId,
        metric: Metric,
        state: State,
        stopped: Option<Timestamp>,
        missed: Option<Timestamp>,
    }
}

fn decided<'a>(conn: &'a mut Conn, ids: &'a [Uuid]) -> BoxFuture<'a, Result<Vec<Promise>>> {
    async move {
        let mut query = Query::with(
            "SELECT ticket_id, metric, state, stopped_at, missed_at FROM sla_clocks WHERE state IN ('MET', 'MISSED') AND ticket_id IN ",
            Vec::new(),
        );
        query.list(ids.iter().copied()).push(" ORDER BY ticket_id, metric, cycle");
        let rows: Vec<Row> = conn.all(query).await?;
        Ok(rows.iter().filter_map(Row::promise).collect())
    }
    .boxed()
}

impl Row {
    fn promise(&self) -> Option<Promise> {
        let is_met = self.state == State::Met;
        let at = if is_met { self.stopped } else { self.missed.or(self.stopped) };
        Some(Promise { id: self.ticket.uuid(), metric: self.metric.index(), is_met, at: at? })
    }
}

/// The clocks follow the journal by their own reader: what it has not read yet says nothing of promises.
fn read_up_to(conn: &mut Conn, limit: i64) -> BoxFuture<'_, Result<i64>> {
    async move {
        let position = journal::position(conn, follow::READER).await?;
        if position >= limit {
            return Ok(limit);
        }
        let mut query = Query::with("SELECT seq FROM events WHERE subject_kind = 'ticket' AND kind IN ", Vec::new());
        query.list(marks::MATTERS.iter().copied()).push(" AND seq > ").bind(position).push(" AND seq <= ").bind(limit);
        query.push(" ORDER BY seq LIMIT 1");
        let waits: Option<i64> = conn.first(query).await?;
        Ok(waits.map_or(limit, |seq| seq - 1))
    }
    .boxed()
}
