//! Odd ends of the network.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

/// An address where nobody listens.
pub(crate) fn unused_port() -> SocketAddr {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// An address where connections are never accepted and no more fit into the queue.
pub(crate) struct FullPort {
    pub(crate) address: SocketAddr,
    _listener: TcpListener,
    _waiting: Vec<TcpStream>,
}

/// Fills the queue of a listener that accepts nobody.
pub(crate) async fn full_port() -> FullPort {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut waiting = Vec::new();
    // A full queue lets the next one wait.
    while let Ok(stream) = tokio::time::timeout(Duration::from_millis(200), TcpStream::connect(address)).await {
        waiting.push(stream.unwrap());
    }
    FullPort { address, _listener: listener, _waiting: waiting }
}

/// A plain HTTP proxy that sends everything to one server and remembers the request lines.
pub(crate) struct Proxy {
    address: SocketAddr,
    lines: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// Starts one in front of `http://host:port`.
    pub(crate) async fn to(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Self { address: listener.local_addr().unwrap(), lines: Arc::default() };
        let (lines, server) = (Arc::clone(&proxy.lines), server.trim_start_matches("http://").to_owned());
        tokio::spawn(async move {
            while let Ok((from, _)) = listener.accept().await {
                tokio::spawn(relay(from, server.clone(), Arc::clone(&lines)));
            }
        });
        proxy
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The request lines so far.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }
}

/// Copies both ways. A read that starts like a request is one: the tests' clients send one at a time.
async fn relay(mut from: TcpStream, server: String, lines: Arc<Mutex<Vec<String>>>) {
    let mut to = TcpStream::connect(server).await.unwrap();
    let (mut request, mut answer) = ([0; 16 * 1024], [0; 16 * 1024]);
    loop {
        tokio::select! {
            read = from.read(&mut request) => {
                let Ok(n @ 1..) = read else { return };
                let text = String::from_utf8_lossy(&request[..n]);
                if let Some(line) = text.lines().next().filter(|line| line.starts_with("POST ")) {
                    lines.lock().unwrap().push(line.to_owned());
                }
                to.write_all(&request[..n]).await.unwrap();
            }
            read = to.read(&mut answer) => {
                let Ok(n @ 1..) = read else { return };
                from.write_all(&answer[..n]).await.unwrap();
            }
        }
    }
}
