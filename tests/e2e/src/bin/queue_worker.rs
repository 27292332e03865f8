//! A worker in a process of its own, for tests that kill it: `queue_worker <GATEWAY> <FILE or redis://..>`. It works until its input
//! ends, then stops as a service does.

use std::env;
use std::error::Error;
use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use topsdk::queue::{Queue, QueueSettings};
use topsdk::{Client, Credentials, Environment};
use topsdk_sandbox::fixtures::{APP_KEY, APP_SECRET, SESSION};

/// Jobs that one worker makes at once.
const WORKERS: usize = 8;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [gateway, place] = arguments.as_slice() else {
        return Err("queue_worker <GATEWAY> <FILE or redis://..>".into());
    };
    let environment = Environment::custom(gateway.as_str());
    let client = Client::builder(environment, Credentials::new(APP_KEY, APP_SECRET)).session(SESSION).build()?;
    let settings =
        if place.starts_with("redis://") { QueueSettings::redis(place) } else { QueueSettings::sqlite(place) };
    let settings = settings.lease(Duration::from_secs(3)).poll(Duration::from_millis(100));
    let queue = Queue::open(&client, settings).await?;
    let stop = async {
        let mut input = Vec::new();
        // Whatever happens to the input, it is over then.
        let _ = tokio::io::stdin().read_to_end(&mut input).await;
    };
    queue.work(WORKERS).run_until(stop).await?;
    Ok(())
}
