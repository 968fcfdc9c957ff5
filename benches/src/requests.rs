//! The whole run: sizes, engines, requests, floors and bars.

use crate::{
    Outcome, bulk,
    client::Client,
    cpu, fill, floor, live, memory, notices,
    report::{figure, line, median, quantile},
    report_page, rules,
    server::Server,
    twin::{Twin, fresh_database},
    views, writers,
};
use std::{process::Command, time::Instant};

/// Requests of one round, and rounds. Many short ones: the machine is not the same for long.
const REQUESTS: u32 = 50;
const ROUNDS: usize = 60;
/// Lists and numbers cost the same from here on.
const FLAT_FROM: i64 = 10_000;

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
    rules(engines).await?;
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

/// What rules cost, on each engine that is there.
pub(crate) async fn rules(engines: &[&str]) -> Outcome<()> {
    if engines.contains(&"sqlite") {
        rules::measure("SQLite", "sqlite".to_owned(), "sqlite".to_owned()).await?;
    }
    if let Some(url) = std::env::var("SUPPORT_BENCH_POSTGRES_URL").ok().filter(|_| engines.contains(&"postgres")) {
        rules::measure("PostgreSQL", fresh_database(&url).await?, fresh_database(&url).await?).await?;
    }
    Ok(())
}

async fn engine(database: &str, sizes: &[i64]) -> Outcome<()> {
    let name = if database == "sqlite" { "SQLite" } else { "PostgreSQL" };
    let (mut tails, mut desks) = (Vec::new(), Vec::new());
    for size in sizes {
        line(&format!("\n== {name}, {size} tickets of 3 messages"));
        let folder = tempfile::tempdir()?;
        let data = folder.path().to_str().ok_or("the folder has a strange name")?;
        let url = if database == "sqlite" { database.to_owned() } else { fresh_database(database).await? };
        let filled = fill::fill(data, &url, *size).await?;
        let (twin, alone) = (Twin::of(data, &url).await?, Twin::of(data, &url).await?);
        // the first start makes the index of what was filled in; what is measured is a start after that
        Server::spawn(&["serve", data, &url])?.rests().await?;
        let server = Server::spawn(&["serve", data, &url])?;
        server.rests().await?;
        if size == sizes.last().unwrap_or(size) {
            figure(&format!("{name}: start to first answer"), server.first_answer_ms, "ms", 1_000.0, true);
            figure(&format!("{name}: resident memory idle"), server.memory(), "MB", 100.0, true);
        }
        requests(name, &server, &filled, &url, &twin).await?;
        creates(name, &server, &filled, &url, &twin, &alone).await?;
        server.rests().await?;
        tails.push(tail(&server, &filled.session).await?);
        let desk = views::tails(&server, &filled).await?;
        if *size >= FLAT_FROM {
            desks.push(desk);
        }
        if *size >= bulk::TICKETS && size == sizes.last().unwrap_or(size) {
            bulk_rate(name, &server, &filled.token).await?;
        }
        if size == sizes.last().unwrap_or(size) {
            let taken = live::rounds(&server.address, &filled, 200).await?;
            figure(&format!("{name}: change shown at another client, p99"), quantile(taken, 0.99), "ms", 150.0, true);
            figure(&format!("{name}: resident memory under 64 clients"), memory::under_clients(&server, &filled).await?, "MB", 200.0, true);
            if database == "sqlite" {
                grouped(&server, &filled.token, &twin.data).await?;
            }
        }
    }
    if let (Some(first), Some(last)) = (desks.first(), desks.last()) {
        figure(&format!("{name}: list with 12 views, p95"), last.list, "ms", 100.0, true);
        figure(&format!("{name}: live counts of 12 views, p95"), last.counts, "ms", 100.0, true);
        figure(&format!("{name}: list with 12 views, p95, largest to 10,000"), last.list / first.list, "x", 1.5, true);
        figure(&format!("{name}: live counts of 12 views, p95, largest to 10,000"), last.counts / first.counts, "x", 1.5, true);
    }
    if let (Some(first), Some(last)) = (tails.first(), tails.last()) {
        figure(&format!("{name}: list page p99, largest to smallest"), last / first, "x", 1.5, true);
    }
    Ok(())
}

/// Measures on SQLite, and on PostgreSQL if it is there: with the name of the engine and a fresh database.
pub(crate) async fn on_each(measure: impl AsyncFn(&str, String) -> Outcome<()>) -> Outcome<()> {
    measure("SQLite", "sqlite".to_owned()).await?;
    match std::env::var("SUPPORT_BENCH_POSTGRES_URL") {
        Ok(url) => measure("PostgreSQL", fresh_database(&url).await?).await,
        Err(_) => Ok(()),
    }
}

/// One event told to a thousand people, on each engine that is there.
pub(crate) async fn notices() -> Outcome<()> {
    on_each(async |name, url| notices::measure(name, url).await).await
}

/// The change of many tickets alone, on each engine that is there.
pub(crate) async fn bulk_alone() -> Outcome<()> {
    on_each(async |name, url| {
        let folder = tempfile::tempdir()?;
        let data = folder.path().to_str().ok_or("the folder has a strange name")?;
        let filled = fill::fill(data, &url, bulk::TICKETS).await?;
        let server = Server::spawn(&["serve", data, &url])?;
        bulk_rate(name, &server, &filled.token).await
    })
    .await
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

/// CPU of one list and one detail: ours beside the floors. The engine counts on both sides, as it does on SQLite, where
/// it is a part of the program; what the program costs without it is printed beside. Ours and the floors take turns, and
/// each turn has its own ratio: what slows the machine for a while slows all three. Each works on one core (`cpu::pin`).
async fn requests(name: &str, server: &Server, filled: &fill::Filled, url: &str, twin: &Twin) -> Outcome<()> {
    let detail = format!("/api/support/tickets/{}", filled.ticket);
    for (what, path) in [("list", "/api/support/tickets"), ("detail", detail.as_str())] {
        read(name, what, server, &filled.token, path, url, twin).await?;
    }
    Ok(())
}

/// CPU of one thing that is read, beside its floors.
pub(crate) async fn read(name: &str, what: &str, server: &Server, token: &str, path: &str, url: &str, twin: &Twin) -> Outcome<()> {
    read_beside(name, what, server, token, (path, path), url, twin).await
}

/// The same beside the statements of another path: of a page that is made anew, where this one is kept.
pub(crate) async fn read_beside(name: &str, what: &str, server: &Server, token: &str, paths: (&str, &str), url: &str, twin: &Twin) -> Outcome<()> {
    server.pin(true)?;
    cpu::pin_postgres(&backends(url).await?, true)?;
    let mut ours = Probe::new(server, token, paths.0, false, url).await?;
    let mut floor = Floor::new(&mut ours, token, paths.1, twin).await?;
    for round in 0..=ROUNDS {
        let cost = ours.round().await?.0;
        floor.beside(cost, round).await?;
    }
    floor.print(name, what);
    cpu::pin_postgres(&backends(url).await?, false)?;
    server.pin(false)
}

/// CPU of one create, by itself: nobody reads the journal there but live updates. What service levels, surveys and reports
/// then do, later and for many creates at once, is printed beside.
async fn creates(name: &str, server: &Server, filled: &fill::Filled, url: &str, twin: &Twin, alone: &Twin) -> Outcome<()> {
    let by_itself = Server::spawn(&["serve-alone", &alone.data, &alone.url])?;
    by_itself.pin(true)?;
    cpu::pin_postgres(&backends(&alone.url).await?, true)?;
    let mut ours = Probe::new(&by_itself, &filled.token, "/api/support/tickets", true, &alone.url).await?;
    let mut whole = Probe::new(server, &filled.token, "/api/support/tickets", true, url).await?;
    let mut floor = Floor::new(&mut ours, &filled.token, "", twin).await?;
    let (mut program, mut engine) = (Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let cost = ours.round().await?.0;
        floor.beside(cost, round).await?;
        let cost = whole.round().await?.0;
        if round > 0 {
            program.push(cost.program);
            engine.push(cost.engine);
        }
    }
    floor.print(name, "create");
    cpu::pin_postgres(&backends(url).await?, false)?;
    line(&format!("       create, with its readers: {:.0} + {:.0} us CPU (program + engine)", median(program), median(engine)));
    Ok(())
}

/// The floors of a request and the ratios of all turns.
struct Floor {
    bare: Server,
    client: Client,
    sql: floor::Sql,
    is_create: bool,
    size: usize,
    ratios: Vec<f64>,
    alone: Vec<f64>,
    costs: [Vec<f64>; 5],
}

impl Floor {
    /// A bare route that answers as much, and the same statements; an empty path is a create.
    async fn new(ours: &mut Probe<'_>, token: &str, path: &str, twin: &Twin) -> Outcome<Self> {
        let size = ours.round().await?.1;
        let bare = Server::spawn(&["bare-route", &size.to_string()])?;
        bare.pin(true)?;
        let sql = floor::Sql::spawn(&floor::Asked::of(token, path, &twin.data, &twin.url), REQUESTS)?;
        let client = Client::new(&bare.address, token).await?;
        Ok(Self { bare, client, sql, is_create: path.is_empty(), size, ratios: Vec::new(), alone: Vec::new(), costs: Default::default() })
    }

    /// A turn of the floors beside one of ours; the first warms all three.
    async fn beside(&mut self, ours: Cost, round: usize) -> Outcome<()> {
        let before = self.bare.cpu();
        for _ in 0..REQUESTS {
            if self.is_create {
                self.client.post("/", writers::CREATE).await?;
            } else {
                self.client.get("/").await?;
            }
        }
        let route = (self.bare.cpu() - before) / f64::from(REQUESTS);
        let (program, engine) = self.sql.round()?;
        if round > 0 {
            self.ratios.push((ours.program + ours.engine) / (route + program + engine));
            self.alone.push(ours.program / (route + program));
            for (costs, cost) in self.costs.iter_mut().zip([ours.program, ours.engine, route, program, engine]) {
                costs.push(cost);
            }
        }
        Ok(())
    }

    fn print(self, name: &str, what: &str) {
        let [ours, engine, route, sql, sql_engine] = self.costs.map(median);
        line(&format!(
            "       {what}: ours {ours:.0} + {engine:.0} us CPU (program + engine), bare route {route:.0}, bare SQL {sql:.0} + {sql_engine:.0}, program alone {:.2} x, answer {} bytes; of ten turns eight from {:.2} to {:.2} x",
            median(self.alone),
            self.size,
            quantile(self.ratios.clone(), 0.1),
            quantile(self.ratios.clone(), 0.9),
        ));
        figure(&format!("{name}: CPU per {what} / (bare route + bare SQL)"), median(self.ratios), "x", 1.5, true);
    }
}

/// The processes that serve a PostgreSQL database; none for SQLite.
pub(crate) async fn backends(url: &str) -> Outcome<Vec<i32>> {
    if url == "sqlite" {
        return Ok(Vec::new());
    }
    let mut conn = <sqlx::PgConnection as sqlx::Connection>::connect(url).await?;
    Ok(sqlx::query_scalar("SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()").fetch_all(&mut conn).await?)
}

/// One client of a server, and what the server spends on it.
struct Probe<'a> {
    server: &'a Server,
    client: Client,
    path: &'a str,
    is_create: bool,
    url: &'a str,
}

impl<'a> Probe<'a> {
    async fn new(server: &'a Server, token: &str, path: &'a str, is_create: bool, url: &'a str) -> Outcome<Self> {
        Ok(Self { server, client: Client::new(&server.address, token).await?, path, is_create, url })
    }

    /// One round of requests: the CPU of one, and the bytes of its answer.
    async fn round(&mut self) -> Outcome<(Cost, usize)> {
        let serving = backends(self.url).await?;
        let (program, engine, mut size) = (self.server.cpu(), cpu::of_postgres(&serving), 0);
        for _ in 0..REQUESTS {
            let (status, body) = if self.is_create { self.client.post(self.path, writers::CREATE).await? } else { self.client.get(self.path).await? };
            if !(200..300).contains(&status) {
                return Err(format!("{} answered {status}: {}", self.path, String::from_utf8_lossy(&body)).into());
            }
            size = body.len();
        }
        let per = |micros: f64| micros / f64::from(REQUESTS);
        Ok((Cost { program: per(self.server.cpu() - program), engine: per(cpu::of_postgres(&serving) - engine) }, size))
    }
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
        let output = Command::new(std::env::current_exe()?).args(["bare-inserts", token, data, "5"]).output()?;
        bare.push(String::from_utf8_lossy(&output.stdout).trim().parse::<f64>()?);
    }
    let (ours, bare) = (median(ours), median(bare));
    line(&format!("       32 writers: ours {ours:.0} creates/s, bare grouped inserts {bare:.0}/s"));
    figure("SQLite: acknowledged creates/s / bare grouped inserts", ours / bare, "x", 0.6, false);
    Ok(())
}
