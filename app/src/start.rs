//! Start and stop: open the database, bring its schema up to date, put the rooms together, serve.

use crate::{Config, Error, ready, reference};
use db::{Clock, Db, Migration};
use std::{any::Any, net::SocketAddr, path::Path, sync::Arc, time::Duration};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};
use web::{App, Room, Routes};

/// The rooms, in the order of their foreign keys. A new room is one line here.
pub fn rooms() -> Vec<Room> {
    vec![
        accounts::room(),
        files::room(),
        settings::room(),
        tickets::room(),
        sla::room(),
        satisfaction::room(),
        worklog::room(),
        macros::room(),
        incidents::room(),
        knowledge::room(),
        reuse::room(),
        mail::room(),
        analytics::room(),
        automation::room(),
        webhooks::room(),
        notifications::room(),
        search::room(),
    ]
}

/// What reports count, and who promises something about it.
pub const COUNTED: analytics::Sources = analytics::Sources { counting: tickets::COUNTING, promising: sla::PROMISING };

/// Who tells people of what.
pub const TOLD: notifications::Sources = notifications::Sources(&[tickets::TELLING, sla::TELLING, mail::TELLING, knowledge::TELLING]);

/// What can be found, in the order of the tabs, and what gives the texts within files.
pub const FOUND: search::Sources =
    search::Sources { kinds: &[knowledge::SEARCHABLE, tickets::SEARCHABLE, accounts::PEOPLE, accounts::ORGANIZATIONS], text_of: files::text_of };

/// What people looked for in vain, for the report of gaps.
const SEARCHES: reuse::Searches = reuse::Searches {
    without_hits: |conn, since, until, limit| Box::pin(async move { Ok(gaps(search::without_hits(conn, since, until, limit).await?, false)) }),
    without_clicks: |conn, since, until, limit| Box::pin(async move { Ok(gaps(search::without_clicks(conn, since, until, limit).await?, true)) }),
};

fn gaps(found: Vec<search::Gap>, has_hits: bool) -> Vec<reuse::Search> {
    found.into_iter().map(|gap| reuse::Search { query: gap.query, times: gap.count, followed: gap.followed, has_hits }).collect()
}

/// Every route of the program.
pub fn routes() -> Routes {
    web::ground().merge(own_routes())
}

/// What `web::router` does not add by itself.
pub fn own_routes() -> Routes {
    rooms().into_iter().fold(reference::routes().merge(ready::routes()), |routes, room| routes.merge((room.routes)()))
}

/// A database with its schema, and the house on it; nothing runs yet.
pub struct Opened {
    /// What every request can reach.
    pub app: App,
    /// The files.
    pub store: Arc<files::Store>,
}

/// A program at work.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// Where it listens for mail.
    pub mail: Vec<(mail::Protocol, SocketAddr)>,
    /// What every request can reach.
    pub app: App,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Running {
    /// Finishes requests and jobs under way, then ends.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        for task in self.tasks {
            let _ = task.await;
        }
        self.app.db.close().await;
    }
}

/// What the program runs on. SQLite's connections have threads of their own, which do half of the work: one core is left to
/// them. With a thread for each core, each row that they hand over woke a second thread that found nothing to do
/// (a tenth of the CPU of a ticket's page on two cores).
pub fn runtime(is_sqlite: bool) -> std::io::Result<tokio::runtime::Runtime> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    tokio::runtime::Builder::new_multi_thread().worker_threads(if is_sqlite { cores.saturating_sub(1).max(1) } else { cores }).enable_all().build()
}

/// Opens the database of a configuration and brings its schema up to date.
pub async fn database(config: &Config, clock: Clock) -> Result<Db, Error> {
    // nobody else on this machine reads the database, the files or the secret
    let made = std::os::unix::fs::DirBuilderExt::mode(&mut std::fs::DirBuilder::new(), 0o700).recursive(true).create(&config.data);
    made.map_err(Error::io(format!("{} can't be made", config.data.display())))?;
    let db = Db::open(&config.database(), clock).await?;
    let ground = jobs::MIGRATIONS.iter().chain(web::MIGRATIONS);
    let rooms = rooms();
    let migrations: Vec<Migration> = ground.chain(rooms.iter().flat_map(|room| room.migrations)).copied().collect();
    for name in db.migrate(&migrations).await? {
        tracing::info!(name, "applied a migration");
    }
    Ok(db)
}

/// Opens everything but does not serve.
pub async fn open(config: &Config, clock: Clock) -> Result<Opened, Error> {
    let db = database(config, clock).await?;
    let store = Arc::new(files::Store::open(&config.data, config.s3.as_ref())?);
    let client = fetch::Client::new(config.outgoing.clone()).map_err(|failure| Error::Config(format!("no client for outgoing HTTP: {failure}")))?;
    let search = Arc::new(search::Search::open(&config.data, FOUND));
    let states: Vec<Arc<dyn Any + Send + Sync>> = vec![
        Arc::clone(&store) as _,
        Arc::new(settings::Live::default()),
        Arc::new(COUNTED),
        Arc::new(TOLD),
        Arc::new(client),
        Arc::new(ways(config)?),
        Arc::new(web::OnHome(vec![knowledge::ON_HOME])),
        Arc::new(knowledge::Pages::default()),
        Arc::new(search::finder(db.clone(), Arc::clone(&search))),
        search,
        Arc::new(SEARCHES),
    ];
    let app = App::new(db, config.web(), &rooms(), secret(&config.data)?, states);
    settings::load_into(&app).await?;
    sla::prepare(&app.db).await?;
    Ok(Opened { app, store })
}

/// What the ways of mail stand on.
fn ways(config: &Config) -> Result<mail::Ways, Error> {
    let url = config.public_url.split_once("://").map_or(config.public_url.as_str(), |(_, rest)| rest);
    let of_url = url.split(['/', ':']).next().unwrap_or_default();
    let host = config.mail.host.clone().unwrap_or_else(|| of_url.to_owned());
    let authentic = if config.mail.authenticate { Some(mail::Authentic::new(config.mail.dns_server, &host).map_err(Error::Config)?) } else { None };
    let machine = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let folder = std::path::absolute(&config.data).map_err(Error::io(format!("{} can't be found", config.data.display())))?;
    Ok(mail::Ways { node: format!("{} {}", machine.trim(), folder.display()), host, authentic })
}

/// Opens, listens and serves. Port 0 takes a free one.
pub async fn start(config: &Config, clock: Clock) -> Result<Running, Error> {
    let Opened { app, store } = open(config, clock).await?;
    automation::begin(&app).await?;
    webhooks::begin(&app).await?;
    notifications::begin(&app).await?;
    let listener = TcpListener::bind(config.listen).await.map_err(Error::io(format!("can't listen on {}", config.listen)))?;
    let address = listener.local_addr().map_err(Error::io("the listener has no address"))?;
    let (stop, stopping) = watch::channel(false);
    let (mut mail_addresses, mut mail_tasks) = (Vec::new(), Vec::new());
    for (protocol, address) in [(mail::Protocol::Lmtp, config.mail.lmtp_listen), (mail::Protocol::Smtp, config.mail.smtp_listen)] {
        let Some(address) = address else { continue };
        let listener = TcpListener::bind(address).await.map_err(Error::io(format!("can't listen for mail on {address}")))?;
        mail_addresses.push((protocol, listener.local_addr().map_err(Error::io("the listener has no address"))?));
        mail_tasks.push(tokio::spawn(mail::listen(app.clone(), listener, protocol, stopping.clone())));
    }
    let worker = worker(&app, &store);
    let router = web::router(app.clone(), own_routes());
    let mut tasks = vec![
        tokio::spawn(web::Live::follow(app.clone(), stopping.clone())),
        tokio::spawn(settings::follow(app.clone(), stopping.clone())),
        tokio::spawn(automation::follow(app.clone(), stopping.clone())),
        tokio::spawn(sla::follow(app.db.clone(), stopping.clone())),
        tokio::spawn(worker.run(stopping.clone())),
        tokio::spawn(mail::follow(app.clone(), stopping.clone())),
        tokio::spawn(mail::send(app.clone(), stopping.clone())),
        tokio::spawn(mail::fetch(app.clone(), stopping.clone())),
        tokio::spawn(reuse::follow(app.clone(), stopping.clone())),
        tokio::spawn(satisfaction::follow(app.clone(), stopping.clone())),
        tokio::spawn(analytics::follow(app.db.clone(), COUNTED, stopping.clone())),
        tokio::spawn(webhooks::follow(app.clone(), stopping.clone())),
        tokio::spawn(webhooks::send(app.clone(), stopping.clone())),
        tokio::spawn(search::follow(app.clone(), stopping.clone())),
        tokio::spawn(notifications::follow(app.clone(), stopping.clone())),
        tokio::spawn(notifications::send_mail(app.clone(), stopping.clone())),
        tokio::spawn(notifications::send_out(app.clone(), stopping.clone())),
        tokio::spawn(web::serve(listener, router, stopping)),
    ];
    tasks.extend(mail_tasks);
    Ok(Running { address, mail: mail_addresses, app, stop, tasks })
}

/// Jobs and clockwork of every room.
fn worker(app: &App, store: &Arc<files::Store>) -> jobs::Worker {
    let mut worker = jobs::Worker::new(app.db.clone());
    files::register(&mut worker, &app.db, store);
    tickets::register(&mut worker, &app.db);
    knowledge::register(&mut worker, &app.db, store);
    automation::register(&mut worker, app);
    macros::register(&mut worker, &app.db);
    incidents::register(&mut worker, &app.db);
    sla::register(&mut worker, &app.db);
    let of = |app: &App| app.clone();
    let (presence, limits, hourly) = (of(app), of(app), of(app));
    worker.every(
        Duration::from_secs(1),
        Arc::new(move |_| {
            presence.live.presence.sweep();
            Box::pin(async { Ok(()) })
        }),
    );
    worker.every(
        Duration::from_mins(1),
        Arc::new(move |_| {
            limits.limits.sweep();
            Box::pin(async { Ok(()) })
        }),
    );
    worker.every(
        Duration::from_hours(1),
        Arc::new(move |_| {
            let db = hourly.db.clone();
            Box::pin(async move {
                jobs::sweep(&db).await?;
                web::sweep(&db).await?;
                accounts::sweep(&db).await?;
                automation::sweep(&db).await?;
                tickets::sweep(&db).await?;
                knowledge::sweep(&db).await?;
                knowledge::remind(&db).await?;
                webhooks::sweep(&db).await?;
                notifications::sweep(&db).await?;
                search::sweep(&db).await?;
                sla::sweep(&db).await
            })
        }),
    );
    worker
}

/// The key for signed links: from `SUPPORT_SECRET` (64 hex digits, the same on all nodes) or made once in the data folder.
fn secret(data: &Path) -> Result<[u8; 32], Error> {
    if let Ok(text) = std::env::var("SUPPORT_SECRET") {
        return from_hex(&text).ok_or_else(|| Error::Config("SUPPORT_SECRET must be 64 hex digits".to_owned()));
    }
    let path = data.join("secret");
    match std::fs::read_to_string(&path) {
        Ok(text) => from_hex(text.trim()).ok_or_else(|| Error::Config(format!("{} must hold 64 hex digits", path.display()))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let mut key = [0_u8; 32];
            getrandom::fill(&mut key).map_err(|error| Error::Config(format!("no random numbers: {error}")))?;
            write_private(&path, &to_hex(&key))?;
            Ok(key)
        }
        Err(error) => Err(Error::Io { what: format!("{} can't be read", path.display()), error }),
    }
}

fn to_hex(key: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    key.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    let mut key = [0_u8; 32];
    for (index, byte) in key.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[index * 2..index * 2 + 2], 16).ok()?;
    }
    Some(key)
}

fn write_private(path: &Path, text: &str) -> Result<(), Error> {
    use std::{io::Write as _, os::unix::fs::OpenOptionsExt as _};
    let what = format!("{} can't be written", path.display());
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(Error::io(what.clone()))?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(Error::io(what))
}
