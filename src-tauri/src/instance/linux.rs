//! The plugin's D-Bus object: name and path from the identifier, one method.

use anyhow::Context;

use super::IDENTIFIER;

pub(super) async fn hand_over(arguments: Vec<String>) -> anyhow::Result<bool> {
    // No session bus (a server, a container): no tray app that could be reached either.
    let Ok(connection) = zbus::Connection::session().await else { return Ok(false) };
    let name = format!("{IDENTIFIER}.SingleInstance");
    let path = format!("/{}", name.replace('.', "/").replace('-', "_"));
    let bus = zbus::fdo::DBusProxy::new(&connection).await?;
    if !bus.name_has_owner(name.as_str().try_into()?).await? {
        return Ok(false);
    }
    let folder = std::env::current_dir().unwrap_or_default().to_string_lossy().into_owned();
    let body = (arguments, folder);
    connection
        .call_method(Some(name.as_str()), path.as_str(), Some("org.SingleInstance.DBus"), "ExecuteCallback", &body)
        .await
        .context("the running app did not take the report")?;
    Ok(true)
}
