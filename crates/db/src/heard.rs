//! Which statements a piece of work sends, for benches and for tests that count them.

use crate::Query;
use std::cell::RefCell;

tokio::task_local! {
    static HEARD: RefCell<Vec<Query>>;
}

/// Runs `work` and answers what its own task sent meanwhile, in order; the BEGIN and COMMIT of a `Tx` are not among it.
pub async fn heard<F: Future>(work: F) -> (F::Output, Vec<Query>) {
    HEARD
        .scope(RefCell::default(), async {
            let output = work.await;
            (output, HEARD.with(RefCell::take))
        })
        .await
}

/// Writes a statement down, if somebody listens.
pub(crate) fn hear(query: &Query) {
    let _ = HEARD.try_with(|heard| heard.borrow_mut().push(query.clone()));
}
