//! What is due for somebody about something, ready to go out: what was read in the app meanwhile, or may not be seen any more,
//! is left out, and what comes too early is put off. One look is one transaction with the note of what became of it.

use crate::{
    browser::BrowserId,
    catalog::Sources,
    channel::Channel,
    choice::{Digest, Hours},
    delivery::{self, DeliveryId, End},
    notice::{Notice, NoticeId, Shown, notice_columns},
    quiet,
};
use db::{Query, Timestamp, Tx, record, sql};
use jiff::tz::TimeZone;
use kernel::{Actor, PersonId, Result};
use std::collections::HashMap;
use uuid::Uuid;

/// Notices that go out in one piece at most; more go with the next.
const MOST: i64 = 100;

record! {
    /// What is due, for somebody about something.
    #[derive(Clone, Copy)]
    pub(crate) struct Due {
        pub person: PersonId,
        pub subject: Uuid,
        pub channel: Channel,
        /// To this browser, where it is pushed.
        pub browser: Option<BrowserId>,
        pub since: Timestamp,
    }
}

record! {
    /// A delivery with its notice.
    struct Waiting {
        id: DeliveryId,
        notice: Notice,
    }
}

/// What goes out in one piece.
pub(crate) struct Bundle {
    pub actor: Actor,
    /// What may be shown, the oldest first; never empty.
    pub shown: Vec<Shown>,
    /// The deliveries of these.
    pub ids: Vec<DeliveryId>,
    pub is_digest: bool,
}

/// What is due by a channel, the oldest first; what another node has in hand is not.
pub(crate) fn due(channel: Channel, now: Timestamp, limit: i64) -> Query {
    let mut query = sql!(
        "SELECT person_id, subject_id, channel, browser_id, created_at FROM notice_deliveries
         WHERE channel = $1 AND state = 'WAITING' AND due_at <= $2 AND (locked_until IS NULL OR locked_until <= $2) ORDER BY due_at, id",
        channel,
        now
    );
    query.limit(limit);
    query
}

impl Bundle {
    /// What is due together with this; all that waits for mail where somebody wants mail in one piece. None when nothing goes out now.
    pub(crate) async fn take(tx: &mut Tx, sources: &Sources, one: &Due) -> Result<Option<Self>> {
        let hours = Hours::of(tx, one.person).await?;
        let is_digest = one.channel == Channel::Mail && hours.digest != Digest::Off;
        let waiting = waiting(tx, one, is_digest).await?;
        let ids: Vec<DeliveryId> = waiting.iter().map(|waiting| waiting.id).collect();
        let Some(actor) = accounts::on_behalf_of(tx, one.person).await? else {
            delivery::end(tx, &ids, End::Skipped("The account is closed.")).await?;
            return Ok(None);
        };
        let (now, zone) = (tx.now(), TimeZone::get(&actor.zone).unwrap_or(TimeZone::UTC));
        let at = if one.channel == Channel::Mail { quiet::mail_at(&hours, &zone, one.since, now) } else { quiet::after_quiet(&hours, &zone, now) };
        if at > now {
            delivery::put_off(tx, &ids, at).await?;
            return Ok(None);
        }
        Self::of(tx, sources, actor, waiting, is_digest).await
    }

    async fn of(tx: &mut Tx, sources: &Sources, actor: Actor, waiting: Vec<Waiting>, is_digest: bool) -> Result<Option<Self>> {
        let (read, unread): (Vec<Waiting>, Vec<Waiting>) = waiting.into_iter().partition(|waiting| waiting.notice.read_at.is_some());
        delivery::end(tx, &read.iter().map(|waiting| waiting.id).collect::<Vec<_>>(), End::Skipped("It was read in the app.")).await?;
        let of_notice: HashMap<NoticeId, DeliveryId> = unread.iter().map(|waiting| (waiting.notice.id, waiting.id)).collect();
        let shown = Notice::shown(tx, sources, &actor, unread.into_iter().map(|waiting| waiting.notice).collect()).await?;
        let ids: Vec<DeliveryId> = shown.iter().filter_map(|shown| of_notice.get(&shown.notice.id).copied()).collect();
        let gone: Vec<DeliveryId> = of_notice.into_values().filter(|id| !ids.contains(id)).collect();
        delivery::end(tx, &gone, End::Skipped("It may not be seen any more.")).await?;
        Ok((!ids.is_empty()).then_some(Self { actor, shown, ids, is_digest }))
    }
}

async fn waiting(tx: &mut Tx, one: &Due, is_digest: bool) -> Result<Vec<Waiting>> {
    let now = tx.now();
    let mut query = sql!(
        concat!(
            "SELECT d.id, ",
            notice_columns!(),
            " FROM notice_deliveries d JOIN notices n ON n.id = d.notice_id WHERE d.state = 'WAITING' AND d.channel = $1 AND d.person_id = $2
              AND (d.locked_until IS NULL OR d.locked_until <= $3)"
        ),
        one.channel,
        one.person,
        now
    );
    if !is_digest {
        query.push(" AND d.subject_id = ").bind(one.subject);
    }
    if let Some(browser) = one.browser {
        query.push(" AND d.browser_id = ").bind(browser);
    }
    // what is due first: each look gets on
    query.push(" ORDER BY d.due_at, d.id").limit(MOST);
    Ok(tx.all(query).await?)
}
