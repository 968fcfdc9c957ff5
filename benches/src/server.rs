//! The program under test, as a process of its own.

use crate::{Outcome, cpu};
use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// An index of 100,000 tickets is built within this, also on a slow machine.
const PATIENCE: Duration = Duration::from_mins(15);

/// A running child with its first line of output.
pub(crate) struct Server {
    child: Child,
    /// Where it listens.
    pub(crate) address: String,
    /// Milliseconds from its start to its first answer.
    pub(crate) first_answer_ms: f64,
}

impl Server {
    /// Starts this program in another role and waits for the address it prints.
    pub(crate) fn spawn(arguments: &[&str]) -> Outcome<Self> {
        let began = Instant::now();
        let mut child = Command::new(std::env::current_exe()?).args(arguments).stdout(Stdio::piped()).spawn()?;
        let mut address = String::new();
        BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut address)?;
        let address = address.trim().to_owned();
        let mut stream = std::net::TcpStream::connect(&address)?;
        std::io::Write::write_all(&mut stream, b"GET /healthz HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        std::io::Read::read_to_string(&mut stream, &mut answer)?;
        Ok(Self { child, address, first_answer_ms: began.elapsed().as_secs_f64() * 1_000.0 })
    }

    /// Waits until it has done what it owes to the data it found (the index, the readers of the journal), so that nothing is
    /// measured but what is asked: two seconds with less than 3 % of a core each.
    pub(crate) async fn rests(&self) -> Outcome<()> {
        let (began, mut quiet) = (Instant::now(), 0);
        while quiet < 2 {
            if began.elapsed() > PATIENCE {
                return Err("the server does not come to rest".into());
            }
            let before = self.cpu();
            tokio::time::sleep(Duration::from_secs(1)).await;
            quiet = if self.cpu() - before < 30_000.0 { quiet + 1 } else { 0 };
        }
        Ok(())
    }

    /// Has it work on one core, or on all again.
    pub(crate) fn pin(&self, is_alone: bool) -> Outcome<()> {
        cpu::pin(self.child.id(), is_alone)
    }

    /// CPU so far, in microseconds.
    pub(crate) fn cpu(&self) -> f64 {
        cpu::micros(self.child.id())
    }

    /// Resident memory, in MB.
    pub(crate) fn memory(&self) -> f64 {
        cpu::resident_mb(self.child.id())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The configuration of a bench: no rate limits, a free port.
pub(crate) fn config(data: &str, database: &str) -> support::Config {
    let mut config = support::Config::in_folder(data);
    config.listen = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    config.rate_limits = false;
    config.database_url = (database != "sqlite").then(|| database.to_owned());
    config
}

/// `serve`: the real program until it is killed.
pub(crate) async fn child(data: &str, database: &str) -> Outcome<()> {
    let running = support::start(&config(data, database), db::Clock::default()).await?;
    crate::report::line(&running.address.to_string());
    std::future::pending::<()>().await;
    Ok(())
}

/// `serve-alone`: answers requests, and nothing reads the journal but live updates: what a request costs by itself.
pub(crate) async fn child_alone(data: &str, database: &str) -> Outcome<()> {
    let app = support::open(&config(data, database), db::Clock::default()).await?.app;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    crate::report::line(&listener.local_addr()?.to_string());
    let (_stop, stopping) = tokio::sync::watch::channel(false);
    tokio::spawn(web::Live::follow(app.clone(), stopping.clone()));
    web::serve(listener, web::router(app, support::own_routes()), stopping).await;
    Ok(())
}
