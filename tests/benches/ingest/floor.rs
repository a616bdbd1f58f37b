//! The least a server can do: the JSON into SQLite with `synchronous=FULL`, many in one commit, and the picture into a
//! file, flushed. No authentication, no checks, no classification.

use std::{io::Write as _, path::Path, path::PathBuf, sync::Arc};

use anyhow::Context as _;
use axum::{
    Router,
    body::{Body, Bytes},
    extract::{DefaultBodyLimit, State},
    http::StatusCode,
    routing::{post, put},
};
use futures_util::StreamExt as _;
use sea_orm::{ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, DbBackend, Statement};
use tokio::{
    net::TcpListener,
    sync::{mpsc, oneshot},
};

type Write = (Bytes, oneshot::Sender<bool>);

struct Floor {
    folder: PathBuf,
    writer: mpsc::Sender<Write>,
}

/// Serves until killed; prints its address as the collector does.
pub async fn serve(folder: &Path) -> anyhow::Result<()> {
    let mut options = ConnectOptions::new(format!("sqlite://{}?mode=rwc", folder.join("floor.db").display()));
    options.max_connections(1).sqlx_logging(false);
    let database = Database::connect(options).await?;
    for sql in [
        "PRAGMA journal_mode=WAL",
        "PRAGMA synchronous=FULL",
        "CREATE TABLE reports (id INTEGER PRIMARY KEY, body BLOB NOT NULL)",
    ] {
        database.execute_unprepared(sql).await?;
    }
    let (writer, writes) = mpsc::channel(256);
    tokio::spawn(write(database, writes));
    let floor = Arc::new(Floor { folder: folder.to_owned(), writer });
    let router = Router::new()
        .route("/api/v1/reports", post(take_report))
        .route("/api/v1/reports/{id}/attachments/{n}", put(take_picture))
        .layer(DefaultBodyLimit::disable())
        .with_state(floor);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", serde_json::json!({ "address": format!("http://{}", listener.local_addr()?) }));
    axum::serve(listener, router).await.context("serving")
}

/// Everything that waits goes into one commit.
async fn write(database: DatabaseConnection, mut writes: mpsc::Receiver<Write>) {
    let mut batch = Vec::new();
    while writes.recv_many(&mut batch, 64).await > 0 {
        let stored = commit(&database, &batch).await.is_ok();
        for (_, answer) in batch.drain(..) {
            // Who asked may have gone.
            let _ = answer.send(stored);
        }
    }
}

async fn commit(database: &DatabaseConnection, batch: &[Write]) -> Result<(), sea_orm::DbErr> {
    database.execute_unprepared("BEGIN IMMEDIATE").await?;
    for (body, _) in batch {
        let values = [body.to_vec().into()];
        let insert = Statement::from_sql_and_values(DbBackend::Sqlite, "INSERT INTO reports (body) VALUES (?)", values);
        database.execute_raw(insert).await?;
    }
    database.execute_unprepared("COMMIT").await?;
    Ok(())
}

async fn take_report(State(floor): State<Arc<Floor>>, body: Bytes) -> StatusCode {
    let (answer, stored) = oneshot::channel();
    if floor.writer.send((body, answer)).await.is_err() {
        return StatusCode::INTERNAL_SERVER_ERROR;
    }
    match stored.await {
        Ok(true) => StatusCode::CREATED,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

async fn take_picture(
    State(floor): State<Arc<Floor>>,
    axum::extract::Path((id, n)): axum::extract::Path<(String, u8)>,
    body: Body,
) -> StatusCode {
    let path = floor.folder.join(format!("{id}-{n}"));
    let mut stream = body.into_data_stream();
    let mut bytes = Vec::new();
    while let Some(chunk) = stream.next().await {
        match chunk {
            Ok(chunk) => bytes.extend_from_slice(&chunk),
            Err(_) => return StatusCode::BAD_REQUEST,
        }
    }
    let written = tokio::task::spawn_blocking(move || {
        let mut file = std::fs::File::create_new(path)?;
        file.write_all(&bytes)?;
        file.sync_data()
    });
    match written.await {
        Ok(Ok(())) => StatusCode::NO_CONTENT,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
