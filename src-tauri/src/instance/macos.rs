//! The plugin's socket: the folder, two NULs, then the arguments with a NUL between each.

use tokio::io::AsyncWriteExt;

use super::IDENTIFIER;

pub(super) async fn hand_over(arguments: Vec<String>) -> anyhow::Result<bool> {
    let socket = format!("/tmp/{}_si.sock", IDENTIFIER.replace(['.', '-'], "_"));
    // A refused connection is the socket of an app that is gone.
    let Ok(mut stream) = tokio::net::UnixStream::connect(socket).await else { return Ok(false) };
    let folder = std::env::current_dir().unwrap_or_default().to_string_lossy().into_owned();
    stream.write_all(format!("{folder}\0\0{}", arguments.join("\0")).as_bytes()).await?;
    stream.shutdown().await?;
    Ok(true)
}
