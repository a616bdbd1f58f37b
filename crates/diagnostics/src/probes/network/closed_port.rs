//! For tests: a port where nobody listens.

use std::net::SocketAddr;

/// Taken and never listened on, so that nobody else listens there meanwhile either.
pub(super) struct ClosedPort(socket2::Socket);

impl ClosedPort {
    pub(super) fn new() -> Self {
        let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
        socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
        Self(socket)
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.0.local_addr().unwrap().as_socket().unwrap()
    }
}
