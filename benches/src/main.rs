//! `bin/bench`: what a request costs beside what it must cost. For each engine and size it prints the medians of
//! several rounds and, from the same run, the floors: a bare axum route with an answer of the same size, and the
//! same SQL through the bare driver. CPU is read from /proc, so that other work on the machine does not count.

mod bulk;
mod client;
mod cpu;
mod fill;
mod floor;
mod live;
mod mails;
mod memory;
mod notices;
mod report;
mod report_page;
mod requests;
mod rules;
mod search;
mod server;
mod twin;
mod views;
mod writers;

use std::process::ExitCode;

/// What a bench may fail with.
pub(crate) type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // what the program warns of explains what is measured
    tracing_subscriber::fmt().with_env_filter("warn").with_writer(std::io::stderr).init();
    // what serves, bare or not, runs on what the program runs on
    let Ok(runtime) = support::runtime(arguments.iter().any(|word| word == "sqlite")) else { return ExitCode::FAILURE };
    match runtime.block_on(run(&arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report::wrong(error.as_ref());
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &[String]) -> Outcome<()> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["serve", data, database] => server::child(data, database).await,
        ["serve-alone", data, database] => server::child_alone(data, database).await,
        ["bare-route", size] => floor::child_route(size.parse()?).await,
        ["bare-sql", token, path, data, database, requests] => {
            // a task, as in any server: a runtime wakes its main thread for less than a task
            let (asked, requests) = (floor::Asked::of(token, path, data, database), requests.parse()?);
            tokio::spawn(floor::child_sql(asked, requests)).await?
        }
        ["bare-inserts", token, data, seconds] => floor::child_inserts(floor::Asked::of(token, "", data, "sqlite"), seconds.parse()?).await,
        ["bulk"] => requests::bulk_alone().await,
        ["report"] => requests::reports(&["sqlite", "postgres"]).await,
        ["mail"] => {
            mails::rate();
            mails::intake().await
        }
        ["notifications"] => requests::notices().await,
        ["search", "tickets", words @ ..] => search::tickets(words).await,
        ["search", words @ ..] => search::all(words).await,
        ["import", words @ ..] => search::import(words).await,
        ["rules"] => requests::rules(&["sqlite", "postgres"]).await,
        words => {
            let sizes: Vec<i64> = words.iter().filter_map(|word| word.parse().ok()).collect();
            let sizes = if sizes.is_empty() { vec![1_000, 10_000, 100_000] } else { sizes };
            let engines: Vec<&str> = words.iter().copied().filter(|word| ["sqlite", "postgres"].contains(word)).collect();
            requests::all(&sizes, if engines.is_empty() { &["sqlite", "postgres"] } else { &engines }).await
        }
    }
}
