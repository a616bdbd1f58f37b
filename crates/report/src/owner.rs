use serde::{Deserialize, Serialize};

/// Where a fault lies along the way from the device to the service: the first rung of the network ladder that broke, or
/// the service behind it. Told to users as "your computer", "Wi-Fi", "the provider"…
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Owner {
    /// The computer itself, or what its user does with it.
    Device,
    /// The radio link.
    WiFi,
    /// Cable, switch, address, gateway.
    Lan,
    /// Name resolution.
    Dns,
    /// The proxy on the way out.
    Proxy,
    /// The tunnel.
    Vpn,
    /// The way to the internet beyond the gateway.
    Provider,
    /// A service that is reached but fails, or the only one that is not reached.
    Service {
        /// Its name as policy or the product list has it.
        name: String,
    },
}
