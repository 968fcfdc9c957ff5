//! Connections that stay open between requests. deadpool, because sqlx's own pool asks the engine for a sign of life each
//! time a connection comes back, a round trip more for each request (decision 21). Here only a connection that comes back
//! in the middle of a statement or of a transaction is asked.

use crate::{Error, Result};
use deadpool::{
    Runtime,
    managed::{Manager, Metrics, Object, Pool, PoolError, QueueMode, RecycleError, RecycleResult},
};
use sqlx::{ConnectOptions as _, Connection, Executor as _, PgConnection, SqliteConnection};
use std::time::Duration;

/// Somebody waits this long for a connection.
const PATIENCE: Duration = Duration::from_secs(10);
/// A connection lives this long: what a server keeps for it does not grow for ever, and a server that moved is found.
const LIFE: Duration = Duration::from_mins(30);

/// Connections of one kind. Cheap to copy.
pub(crate) struct Connections<C: Kind>(Pool<Maker<C>>);

// derived, it would ask the connection to be `Clone` as well
impl<C: Kind> Clone for Connections<C> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

/// What can be lent.
pub(crate) trait Kind: Connection + 'static {
    /// Brings it to rest: takes back an open transaction, and reads what a statement left unread.
    fn settle(&mut self, is_open: bool) -> impl Future<Output = std::result::Result<(), sqlx::Error>> + Send;
}

impl Kind for SqliteConnection {
    /// Readers have no transactions.
    async fn settle(&mut self, _: bool) -> std::result::Result<(), sqlx::Error> {
        self.ping().await
    }
}

impl Kind for PgConnection {
    async fn settle(&mut self, is_open: bool) -> std::result::Result<(), sqlx::Error> {
        if is_open { self.execute("ROLLBACK").await.map(drop) } else { self.ping().await }
    }
}

/// Makes a connection, and says whether one may be lent again.
struct Maker<C: Connection>(C::Options);

impl<C: Kind> Manager for Maker<C> {
    type Type = C;
    type Error = sqlx::Error;

    async fn create(&self) -> std::result::Result<C, sqlx::Error> {
        self.0.connect().await
    }

    async fn recycle(&self, _: &mut C, metrics: &Metrics) -> RecycleResult<sqlx::Error> {
        if metrics.age() < LIFE { Ok(()) } else { Err(RecycleError::message("it is old")) }
    }
}

impl<C: Kind> Connections<C> {
    /// At most so many; the first is opened at once, so that a database that is not there is found at the start.
    pub(crate) async fn open(options: C::Options, most: usize) -> Result<Self> {
        let pool = Pool::builder(Maker(options))
            .max_size(most)
            .wait_timeout(Some(PATIENCE))
            .create_timeout(Some(PATIENCE))
            .runtime(Runtime::Tokio1)
            // the one used last is the warmest
            .queue_mode(QueueMode::Lifo)
            .build()
            .map_err(|error| Error::Unavailable(error.to_string()))?;
        let connections = Self(pool);
        connections.lend().await?;
        Ok(connections)
    }

    /// Lends one.
    pub(crate) async fn lend(&self) -> Result<Lent<C>> {
        match self.0.get().await {
            Ok(object) => Ok(Lent { object: Some(object), is_busy: false, is_open: false }),
            Err(PoolError::Backend(error)) => Err(error.into()),
            Err(error) => Err(Error::Unavailable(error.to_string())),
        }
    }

    /// True once `close` was called.
    pub(crate) fn is_closed(&self) -> bool {
        self.0.is_closed()
    }

    /// Closes each connection, waiting a while for those that are lent, and lends no more.
    pub(crate) async fn close(&self) {
        let began = tokio::time::Instant::now();
        loop {
            for idle in self.0.retain(|_, _| false).removed {
                let _ = idle.close().await;
            }
            if self.0.status().size == 0 || began.elapsed() > PATIENCE {
                break;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        self.0.close();
    }
}

impl Connections<PgConnection> {
    /// Lends one with a transaction begun.
    pub(crate) async fn begin(&self) -> Result<Lent<PgConnection>> {
        let mut lent = self.lend().await?;
        lent.is_open = true;
        lent.at_work()?.execute("BEGIN").await?;
        lent.rest();
        Ok(lent)
    }
}

/// A connection that goes back when it is dropped.
pub(crate) struct Lent<C: Kind> {
    object: Option<Object<Maker<C>>>,
    /// A statement is under way.
    is_busy: bool,
    /// A transaction is.
    is_open: bool,
}

impl<C: Kind> Lent<C> {
    /// The connection for one statement; `rest` says that it has ended.
    pub(crate) fn at_work(&mut self) -> Result<&mut C> {
        self.is_busy = true;
        self.object.as_deref_mut().ok_or_else(|| Error::Unavailable("the connection was given back".to_owned()))
    }

    /// The statement has ended well.
    pub(crate) fn rest(&mut self) {
        self.is_busy = false;
    }
}

impl Lent<PgConnection> {
    /// Ends the transaction. After a statement that failed PostgreSQL would answer COMMIT with a rollback, and call that a success.
    pub(crate) async fn commit(mut self) -> Result<()> {
        if self.is_busy {
            return Err(Error::Commit("a statement of it failed".to_owned()));
        }
        self.at_work()?.execute("COMMIT").await?;
        self.rest();
        self.is_open = false;
        Ok(())
    }
}

impl<C: Kind> Drop for Lent<C> {
    fn drop(&mut self) {
        let Some(mut object) = self.object.take() else { return };
        if !self.is_busy && !self.is_open {
            return;
        }
        let is_open = self.is_open;
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return drop(Object::take(object)) };
        runtime.spawn(async move {
            if object.settle(is_open).await.is_err() {
                drop(Object::take(object));
            }
        });
    }
}
