//! One walk through a folder, from the cursor on: by UID, in lots, the raw mails first, then the cursor, then their fates. Neither
//! the seen flag nor a date decides what is new.

use super::{
    Ground,
    connect::{Imap, STEP},
    keep::{HEAD, Place, too_large},
    source::Fetching,
    state::Cursor,
    trouble::Trouble,
};
use crate::{ArrivalId, MOST};
use async_imap::types::{Fetch, Mailbox};
use bytes::Bytes;
use futures::TryStreamExt as _;
use std::{collections::BTreeMap, time::Duration};
use tokio::time::timeout;

/// UIDs asked about at once; more where there are gaps.
const WINDOW: i64 = 1_000;
/// Mails taken at once, and their bytes.
const LOT: usize = 50;
const LOT_BYTES: usize = 8 * 1024 * 1024;
/// A lot must have come by then.
const PATIENCE: Duration = Duration::from_mins(10);
/// After so many tries, one mail that the server can't give has failed.
const TRIES: i64 = 3;
/// A date has no zone in a search, so the day before counts too (RFC 3501, 6.4.4).
const DAY: Duration = Duration::from_hours(24);

/// What is known of a mail before it is taken.
struct Known {
    uid: i64,
    size: usize,
    /// Seconds since 1970.
    came: Option<i64>,
}

pub(crate) struct Walk<'a> {
    pub(crate) ground: &'a Ground,
    pub(crate) fetching: &'a Fetching,
    pub(crate) session: &'a mut Imap,
}

impl Walk<'_> {
    /// Takes all that is new in the folder, as `EXAMINE` described it.
    pub(crate) async fn on(&mut self, folder: &Mailbox) -> Result<(), Trouble> {
        let validity = folder.uid_validity.map(i64::from).ok_or_else(|| Trouble::Refused("this folder has no lasting numbers (UIDVALIDITY)".to_owned()))?;
        let next = match folder.uid_next {
            Some(next) => i64::from(next),
            None => self.search("UID *").await?.last().map_or(1, |uid| uid + 1),
        };
        let mut cursor = self.cursor().await?;
        if cursor.uid_validity != Some(validity) {
            Cursor::renumber(&self.ground.intake.db, self.fetching, validity, next - 1).await?;
            cursor = self.cursor().await?;
        }
        let mut width = WINDOW;
        while cursor.uid + 1 < next {
            let (from, to) = (cursor.uid + 1, (cursor.uid + width).min(next - 1));
            let found = self.among(&cursor, from, to).await?;
            width = if found.is_empty() { width.saturating_mul(8).min(i64::from(u32::MAX)) } else { WINDOW };
            self.take(&cursor, validity, &found, next).await?;
            Cursor::advance(&self.ground.intake.db, self.fetching, to, next - 1 - to, false).await?;
            cursor = self.cursor().await?;
            if cursor.uid < to {
                return Err(Trouble::Taken);
            }
        }
        Ok(())
    }

    /// As it is now; another version is another task's.
    async fn cursor(&self) -> Result<Cursor, Trouble> {
        let cursor = Cursor::of(&mut self.ground.intake.db.read().await?, self.fetching.mailbox_id).await?;
        cursor.filter(|cursor| cursor.version == self.fetching.version).ok_or(Trouble::Taken)
    }

    /// The UIDs there are within bounds; of the old ones only those that came since it began.
    async fn among(&mut self, cursor: &Cursor, from: i64, to: i64) -> Result<Vec<i64>, Trouble> {
        if to <= cursor.old_until {
            let since = cursor.begun_at.minus(DAY).to_jiff().strftime("%d-%b-%Y").to_string();
            return self.search(&format!("UID {from}:{to} SINCE {since}")).await;
        }
        self.search(&format!("UID {from}:{to}")).await
    }

    async fn search(&mut self, query: &str) -> Result<Vec<i64>, Trouble> {
        let mut uids: Vec<i64> = timeout(PATIENCE, self.session.uid_search(query)).await??.into_iter().map(i64::from).collect();
        uids.sort_unstable();
        Ok(uids)
    }

    async fn take(&mut self, cursor: &Cursor, validity: i64, uids: &[i64], next: i64) -> Result<(), Trouble> {
        for some in uids.chunks(LOT) {
            let known = self.sizes(some).await?;
            let wanted: Vec<Known> = known.into_iter().filter(|mail| is_wanted(cursor, mail)).collect();
            for lot in lots(wanted, cursor.careful_until) {
                let kept = self.lot(cursor, validity, &lot).await?;
                let last = lot.last().map_or(cursor.uid, |mail| mail.uid);
                Cursor::advance(&self.ground.intake.db, self.fetching, last, next - 1 - last, !kept.is_empty()).await?;
                for id in kept {
                    self.ground.intake.decide(id).await?;
                }
            }
        }
        Ok(())
    }

    /// Size and time of each; those that are gone are not among them.
    async fn sizes(&mut self, uids: &[i64]) -> Result<Vec<Known>, Trouble> {
        let found = self.fetch(uids, "(UID RFC822.SIZE INTERNALDATE)").await?;
        let known = |(uid, mail): (i64, Fetch)| {
            Some(Known { uid, size: usize::try_from(mail.size?).unwrap_or(usize::MAX), came: mail.internal_date().map(|date| date.timestamp()) })
        };
        Ok(found.into_iter().filter_map(known).collect())
    }

    /// Keeps a lot; answers what waits for its fate now.
    async fn lot(&mut self, cursor: &Cursor, validity: i64, lot: &[Known]) -> Result<Vec<ArrivalId>, Trouble> {
        let uids: Vec<i64> = lot.iter().map(|mail| mail.uid).collect();
        match self.bodies(validity, lot, &uids).await {
            Err(trouble) if trouble.is_of_the_mail() => match lot {
                [mail] if cursor.stuck_uid == mail.uid && cursor.stuck_times + 1 >= TRIES => {
                    let place = Place { fetching: self.fetching, validity, uid: mail.uid };
                    Ok(vec![place.fail(self.ground, mail.size, &[], &format!("The server can't give it. {trouble}")).await?])
                }
                _ => {
                    Cursor::fail_at(&self.ground.intake.db, self.fetching, &uids).await?;
                    Err(trouble)
                }
            },
            other => other,
        }
    }

    async fn bodies(&mut self, validity: i64, lot: &[Known], uids: &[i64]) -> Result<Vec<ArrivalId>, Trouble> {
        let place = |uid| Place { fetching: self.fetching, validity, uid };
        let mut kept = Vec::new();
        if let [mail] = lot
            && mail.size > MOST
        {
            let place = place(mail.uid);
            let found = self.fetch(uids, &format!("(UID BODY.PEEK[HEADER]<0.{HEAD}>)")).await?;
            let Some(head) = found.get(&mail.uid).and_then(Fetch::header) else { return Ok(kept) };
            place.fail(self.ground, mail.size, head, &too_large(mail.size)).await?;
            return Ok(kept);
        }
        let mut found = self.fetch(uids, "(UID BODY.PEEK[])").await?;
        found.retain(|_, mail| mail.body().is_some());
        for (uid, mail) in &found {
            let raw = Bytes::copy_from_slice(mail.body().unwrap_or_default());
            kept.extend(Place { fetching: self.fetching, validity, uid: *uid }.keep(self.ground, raw).await?);
        }
        let missing: Vec<i64> = uids.iter().copied().filter(|uid| !found.contains_key(uid)).collect();
        if !missing.is_empty() && !self.sizes(&missing).await?.is_empty() {
            return Err(Trouble::Refused(format!("nothing for UID {}, though it is there", missing[0])));
        }
        Ok(kept)
    }

    async fn fetch(&mut self, uids: &[i64], what: &str) -> Result<BTreeMap<i64, Fetch>, Trouble> {
        let set = uids.iter().map(i64::to_string).collect::<Vec<_>>().join(",");
        timeout(PATIENCE, async {
            let found: Vec<Fetch> = timeout(STEP, self.session.uid_fetch(set, what)).await??.try_collect().await?;
            // flags of other mails may come between
            Ok(found.into_iter().filter_map(|mail| Some((i64::from(mail.uid?), mail))).filter(|(uid, _)| uids.contains(uid)).collect())
        })
        .await?
    }
}

fn is_wanted(cursor: &Cursor, mail: &Known) -> bool {
    let began = cursor.begun_at.to_jiff().as_second();
    mail.uid > cursor.old_until || mail.came.is_none_or(|came| came >= began)
}

/// Lots of bounded size; what is larger than all stands alone, and so does each up to `careful_until`.
fn lots(mails: Vec<Known>, careful_until: i64) -> Vec<Vec<Known>> {
    let mut lots: Vec<Vec<Known>> = Vec::new();
    let mut bytes = 0_usize;
    for mail in mails {
        let fits = bytes.saturating_add(mail.size) <= LOT_BYTES && mail.uid > careful_until;
        if let Some(lot) = lots.last_mut().filter(|lot| fits && lot.last().is_some_and(|last| last.uid > careful_until)) {
            bytes += mail.size;
            lot.push(mail);
        } else {
            bytes = mail.size;
            lots.push(vec![mail]);
        }
    }
    lots
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lots_are_bounded_and_what_is_large_or_doubtful_stands_alone() {
        let of = |sizes: &[usize], careful| {
            let mails = sizes.iter().zip(1..).map(|(size, uid)| Known { uid, size: *size, came: None }).collect();
            lots(mails, careful).into_iter().map(|lot| lot.len()).collect::<Vec<_>>()
        };
        let mb = 1024 * 1024;
        assert_eq!(of(&[10, 10, 10], 0), [3]);
        assert_eq!(of(&[10, 60 * mb, 10], 0), [1, 1, 1]);
        assert_eq!(of(&[5 * mb, 3 * mb, 1], 0), [2, 1]);
        assert_eq!(of(&[10, 10, 10, 10], 2), [1, 1, 2]);
        assert_eq!(of(&[], 0), [0_usize; 0]);
    }
}
