//! The whole run: sizes, engines, requests, floors and bars.

use crate::{
    Outcome, bulk,
    client::Client,
    cpu, fill, live, memory,
    report::{figure, line, median, quantile},
    report_page,
    server::Server,
    writers,
};
use std::{process::Command, time::Instant};

/// Requests of one round, and rounds.
const REQUESTS: u32 = 300;
const ROUNDS: usize = 5;

/// Runs everything on these engines.
pub(crate) async fn all(sizes: &[i64], engines: &[&str]) -> Outcome<()> {
    for name in engines {
        if *name == "sqlite" {
            engine("sqlite", sizes).await?;
        } else {
            let url =
                std::env::var("SUPPORT_BENCH_POSTGRES_URL").map_err(|_| "SUPPORT_BENCH_POSTGRES_URL is not set; bin/bench starts a cluster and sets it")?;
            engine(&url, sizes).await?;
        }
    }
    if sizes.iter().any(|size| *size >= report_page::TICKETS) { reports(engines).await } else { Ok(()) }
}

/// The page of a report, on each engine that is there.
pub(crate) async fn reports(engines: &[&str]) -> Outcome<()> {
    let postgres = std::env::var("SUPPORT_BENCH_POSTGRES_URL").ok();
    if engines.contains(&"sqlite") {
        report_page::measure("SQLite", "sqlite").await?;
    }
    if let Some(url) = postgres.filter(|_| engines.contains(&"postgres")) {
        report_page::measure("PostgreSQL", &fresh_database(&url).await?).await?;
    }
    Ok(())
}

async fn engine(database: &str, sizes: &[i64]) -> Outcome<()> {
    let name = if database == "sqlite" { "SQLite" } else { "PostgreSQL" };
    let mut tails = Vec::new();
    for size in sizes {
        line(&format!("\n== {name}, {size} tickets of 3 messages"));
        let folder = tempfile::tempdir()?;
        let data = folder.path().to_str().ok_or("the folder has a strange name")?;
        let url = if database == "sqlite" { database.to_owned() } else { fresh_database(database).await? };
        let filled = fill::fill(data, &url, *size).await?;
        let server = Server::spawn(&["serve", data, &url])?;
        if size == sizes.last().unwrap_or(size) {
            figure(&format!("{name}: start to first answer"), server.first_answer_ms, "ms", 1_000.0, true);
            tokio::time::sleep(std::time::Duration::from_secs(2)).await;
            figure(&format!("{name}: resident memory idle"), server.memory(), "MB", 100.0, true);
        }
        requests(name, &server, &filled, data, &url).await?;
        tails.push(tail(&server, &filled.session).await?);
        if *size >= bulk::TICKETS && size == sizes.last().unwrap_or(size) {
            bulk_rate(name, &server, &filled.token).await?;
        }
        if size == sizes.last().unwrap_or(size) {
            let taken = live::rounds(&server.address, &filled, 200).await?;
            figure(&format!("{name}: change shown at another client, p99"), quantile(taken, 0.99), "ms", 150.0, true);
            figure(&format!("{name}: resident memory under 64 clients"), memory::under_clients(&server, &filled).await?, "MB", 200.0, true);
            if database == "sqlite" {
                grouped(&server, &filled.token, data).await?;
            }
        }
    }
    if let (Some(first), Some(last)) = (tails.first(), tails.last()) {
        figure(&format!("{name}: list page p99, largest to smallest"), last / first, "x", 1.5, true);
    }
    Ok(())
}

/// The change of many tickets alone, on each engine that is there.
pub(crate) async fn bulk_alone() -> Outcome<()> {
    let postgres = std::env::var("SUPPORT_BENCH_POSTGRES_URL").ok();
    for (name, database) in [("SQLite", Some("sqlite".to_owned())), ("PostgreSQL", postgres)] {
        let Some(database) = database else { continue };
        let folder = tempfile::tempdir()?;
        let data = folder.path().to_str().ok_or("the folder has a strange name")?;
        let url = if database == "sqlite" { database } else { fresh_database(&database).await? };
        let filled = fill::fill(data, &url, bulk::TICKETS).await?;
        let server = Server::spawn(&["serve", data, &url])?;
        bulk_rate(name, &server, &filled.token).await?;
    }
    Ok(())
}

async fn bulk_rate(name: &str, server: &Server, token: &str) -> Outcome<()> {
    let (change, undo) = bulk::rate(&server.address, token).await?;
    figure(&format!("{name}: bulk change of 10,000"), change, "tickets/s", 1_000.0, false);
    figure(&format!("{name}: its undo"), undo, "tickets/s", 1_000.0, false);
    Ok(())
}

/// CPU of one request: in our program, and in PostgreSQL's processes (SQLite works in the program).
#[derive(Clone, Copy)]
struct Cost {
    program: f64,
    engine: f64,
}

/// CPU of one list, one detail, one create: ours beside the floors. The engine counts on both sides, as it does on
/// SQLite, where it is a part of the program; what the program costs without it is printed beside.
async fn requests(name: &str, server: &Server, filled: &fill::Filled, data: &str, url: &str) -> Outcome<()> {
    let detail = format!("/api/support/tickets/{}", filled.ticket);
    for (what, path, is_create) in [("list", "/api/support/tickets", false), ("detail", detail.as_str(), false), ("create", "/api/support/tickets", true)] {
        let (ours, size) = measure(server, &filled.token, path, is_create, url).await?;
        let bare = Server::spawn(&["bare-route", &size.to_string()])?;
        let (route, _) = measure(&bare, &filled.token, "/", is_create, "sqlite").await?;
        drop(bare);
        let output = Command::new(std::env::current_exe()?).args(["bare-sql", what, data, url, &REQUESTS.to_string()]).output()?;
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        let figures: Vec<f64> = printed.split_whitespace().filter_map(|word| word.parse().ok()).collect();
        let [program, engine] = figures[..] else { return Err(format!("bare-sql {what}: {printed}{}", String::from_utf8_lossy(&output.stderr)).into()) };
        let sql = Cost { program, engine };
        line(&format!(
            "       {what}: ours {:.0} + {:.0} us CPU (program + engine), bare route {:.0}, bare SQL {:.0} + {:.0}, program alone {:.2} x, answer {size} bytes",
            ours.program,
            ours.engine,
            route.program,
            sql.program,
            sql.engine,
            ours.program / (route.program + sql.program)
        ));
        let floor = route.program + sql.program + sql.engine;
        figure(&format!("{name}: CPU per {what} / (bare route + bare SQL)"), (ours.program + ours.engine) / floor, "x", 1.5, true);
    }
    Ok(())
}

/// The processes that serve a PostgreSQL database; none for SQLite.
async fn backends(url: &str) -> Outcome<Vec<i32>> {
    if url == "sqlite" {
        return Ok(Vec::new());
    }
    let mut conn = <sqlx::PgConnection as sqlx::Connection>::connect(url).await?;
    Ok(sqlx::query_scalar("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()").fetch_all(&mut conn).await?)
}

async fn measure(server: &Server, token: &str, path: &str, is_create: bool, url: &str) -> Outcome<(Cost, usize)> {
    let mut client = Client::new(&server.address, token).await?;
    let (mut program, mut engine, mut size) = (Vec::new(), Vec::new(), 0);
    for round in 0..=ROUNDS {
        let serving = backends(url).await?;
        let before = (server.cpu(), cpu::of_postgres(&serving));
        for _ in 0..REQUESTS {
            let (status, body) = if is_create { client.post(path, writers::CREATE).await? } else { client.get(path).await? };
            if !(200..300).contains(&status) {
                return Err(format!("{path} answered {status}: {}", String::from_utf8_lossy(&body)).into());
            }
            size = body.len();
        }
        if round > 0 {
            program.push((server.cpu() - before.0) / f64::from(REQUESTS));
            engine.push((cpu::of_postgres(&serving) - before.1) / f64::from(REQUESTS));
        }
    }
    Ok((Cost { program: median(program), engine: median(engine) }, size))
}

/// p99 of the desk's list page, the median of several rounds.
async fn tail(server: &Server, session: &str) -> Outcome<f64> {
    let mut client = Client::browser(&server.address, session).await?;
    let mut tails = Vec::new();
    for round in 0..=ROUNDS {
        let mut taken = Vec::new();
        for _ in 0..200 {
            let began = Instant::now();
            let (status, _) = client.get("/desk?view=open").await?;
            if status != 200 {
                return Err(format!("/desk answered {status}").into());
            }
            taken.push(began.elapsed().as_secs_f64() * 1_000.0);
        }
        if round > 0 {
            tails.push(quantile(taken, 0.99));
        }
    }
    let tail = median(tails);
    line(&format!("       list page p99 {tail:.2} ms"));
    Ok(tail)
}

/// Creates a second at 32 writers beside bare grouped inserts.
async fn grouped(server: &Server, token: &str, data: &str) -> Outcome<()> {
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        ours.push(writers::rate(&server.address, token, 32, 5).await?);
        let output = Command::new(std::env::current_exe()?).args(["bare-inserts", data, "5"]).output()?;
        bare.push(String::from_utf8_lossy(&output.stdout).trim().parse::<f64>()?);
    }
    let (ours, bare) = (median(ours), median(bare));
    line(&format!("       32 writers: ours {ours:.0} creates/s, bare grouped inserts {bare:.0}/s"));
    figure("SQLite: acknowledged creates/s / bare grouped inserts", ours / bare, "x", 0.6, false);
    Ok(())
}

/// A database of its own for each size.
async fn fresh_database(url: &str) -> Outcome<String> {
    let name = format!("bench_{}", uuid::Uuid::now_v7().simple());
    let admin = db::Db::open(&db::Options::Postgres(url.to_owned()), db::Clock::default()).await?;
    admin.raw(Box::leak(format!("CREATE DATABASE {name}").into_boxed_str())).await?;
    admin.close().await;
    let (server, _) = url.rsplit_once('/').ok_or("the URL names no database")?;
    Ok(format!("{server}/{name}"))
}
