//! Databases for tests: an SQLite file, or a database in a PostgreSQL server of the test process's own (Debian's package
//! `postgresql-15`, started on first use in a temporary folder, stopped when the process ends).

use std::io::{Read as _, Seek as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::net::TcpSocket;

use crate::{Backend, StoreOptions};

/// Ends what hangs; measures nothing.
const PATIENCE_S: &str = "600";

const POSTGRES_BIN: &str = "/usr/lib/postgresql/15/bin";

/// A database nobody else uses, and a folder for its blobs; gone when dropped (PostgreSQL's with the server).
pub struct Fresh {
    /// How to open it.
    pub options: StoreOptions,
    folder: tempfile::TempDir,
}

impl Fresh {
    /// The temporary folder that holds the SQLite file and the blobs.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

/// A fresh database; `None` when PostgreSQL is not installed, after saying so plainly.
///
/// # Panics
/// When the server does not start, and when it is not installed but the environment says `CI=true`.
pub fn fresh(backend: Backend) -> Option<Fresh> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = match backend {
        Backend::Sqlite => format!("sqlite://{}", folder.path().join("store.db").display()),
        Backend::Postgres => postgres()?.create_database(),
    };
    let options = StoreOptions::new(url, folder.path().join("blobs"));
    Some(Fresh { options, folder })
}

/// The PostgreSQL of this process; `None` when the package is not installed.
///
/// # Panics
/// As [`fresh`].
pub fn postgres() -> Option<&'static PostgresServer> {
    static SERVER: OnceLock<Option<PostgresServer>> = OnceLock::new();
    let server = SERVER.get_or_init(|| {
        if Path::new(POSTGRES_BIN).join("postgres").exists() {
            return Some(PostgresServer::start());
        }
        assert!(
            std::env::var("CI").as_deref() != Ok("true"),
            "package postgresql-15 is not installed, and CI=true asks for it"
        );
        None
    });
    if server.is_none() {
        eprintln!("PostgreSQL skipped: package postgresql-15 not installed");
    }
    server.as_ref()
}

/// A PostgreSQL server on a port of its own, trusting everybody on 127.0.0.1.
pub struct PostgresServer {
    port: KeptPort,
    databases: AtomicU64,
}

impl PostgresServer {
    fn start() -> Self {
        let folder = tempfile::Builder::new().prefix("store-postgres-").tempdir().expect("a temporary folder").keep();
        let data = folder.join("data");
        std::fs::create_dir(&data).expect("a folder for the cluster");
        if is_root() {
            run(Command::new("chown").args(["-R", "postgres"]).arg(&folder));
        }
        run(as_postgres("initdb")
            .args(["-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-locale", "-D"])
            .arg(&data));
        let port = KeptPort::new();
        let settings = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=1000 \
             -c shared_buffers=64MB",
            port.address().port()
        );
        run(as_postgres("pg_ctl").args(["-w", "-t", PATIENCE_S, "-o", &settings, "-D"]).arg(&data).arg("start"));
        stop_with_this_process(&data, &folder);
        Self { port, databases: AtomicU64::new(0) }
    }

    /// Makes an empty database and returns its address.
    ///
    /// # Panics
    /// When the server refuses.
    pub fn create_database(&self) -> String {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let port = self.port.address().port().to_string();
        let mut create = Command::new(Path::new(POSTGRES_BIN).join("createdb"));
        run(create.args(["-h", "127.0.0.1", "-U", "postgres", "-p", &port, &name]));
        format!("postgres://postgres@127.0.0.1:{port}/{name}")
    }
}

/// A test process may end in any way, by a signal too, so the server is stopped by a shell that waits for the end of a
/// pipe whose other end only this process holds.
#[expect(clippy::zombie_processes, reason = "the shell outlives this process; that is what it is for")]
fn stop_with_this_process(data: &Path, folder: &Path) {
    let stop = format!(
        "cat >/dev/null; {} ; rm -rf '{}'",
        shell_line(as_postgres("pg_ctl").args(["-m", "immediate", "-D"]).arg(data).arg("stop")),
        folder.display()
    );
    let mut guard = Command::new("setsid");
    guard.args(["sh", "-c", &stop]).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut guard = guard.spawn().expect("the shell that stops PostgreSQL");
    // Held open for as long as this process lives.
    std::mem::forget(guard.stdin.take());
}

fn as_postgres(program: &str) -> Command {
    let program = PathBuf::from(POSTGRES_BIN).join(program);
    if !is_root() {
        return Command::new(program);
    }
    // PostgreSQL refuses to run as root.
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]).arg(program);
    command
}

fn shell_line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| format!("'{}'", word.to_string_lossy())).collect::<Vec<_>>().join(" ")
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().expect("the program id");
    id.stdout.trim_ascii() == b"0"
}

/// A port of 127.0.0.1 for a program that is started later, or again: taken at once and never listened on, so that nobody
/// else gets it meanwhile. Who listens there sets `SO_REUSEADDR`, as servers do.
pub struct KeptPort(TcpSocket);

impl KeptPort {
    /// Any free one.
    ///
    /// # Panics
    /// When there is none.
    pub fn new() -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_reuseaddr(true).expect("an address others may share");
        socket.bind(SocketAddr::from(([127, 0, 0, 1], 0))).expect("a free port");
        Self(socket)
    }

    /// Where to listen.
    ///
    /// # Panics
    /// Never, as it is bound.
    pub fn address(&self) -> SocketAddr {
        self.0.local_addr().expect("its address")
    }
}

impl Default for KeptPort {
    fn default() -> Self {
        Self::new()
    }
}

fn run(command: &mut Command) {
    // A file, not a pipe: the server inherits it and would keep a pipe open for ever.
    let mut log = tempfile::tempfile().expect("a temporary file");
    let [copy, second] = [(); 2].map(|()| log.try_clone().expect("another handle"));
    let status = command.current_dir("/").stdin(Stdio::null()).stdout(copy).stderr(second).status();
    let status = status.unwrap_or_else(|error| panic!("{command:?}: {error}"));
    if !status.success() {
        let mut said = String::new();
        let read = log.rewind().and_then(|()| log.read_to_string(&mut said));
        panic!(
            "{command:?} ended with {status}: {said}{}",
            read.err().map(|error| error.to_string()).unwrap_or_default()
        );
    }
}
