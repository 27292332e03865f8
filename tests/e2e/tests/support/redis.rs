//! A real Redis.

use std::io::{ErrorKind, Write as _, stderr};
use std::sync::Once;

use topsdk_e2e::redis::Redis;

/// A Redis. Where there is no such program, one line says so and the test is over; in CI, and if the environment names one, it has failed.
pub(crate) fn redis() -> Option<Redis> {
    static SAID: Once = Once::new();
    let is_wanted = |name| std::env::var_os(name).is_some();
    match Redis::start() {
        Ok(redis) => Some(redis),
        Err(why) if why.kind() == ErrorKind::NotFound && !is_wanted("CI") && !is_wanted("TOPSDK_REDIS_SERVER") => {
            // Not by `eprintln!`: nobody sees what a test prints that is green.
            SAID.call_once(|| {
                let line = "what needs Redis is not tested: there is no redis-server; `cargo xtask test` installs it";
                stderr().write_all(format!("{line}\n").as_bytes()).unwrap();
            });
            None
        }
        Err(why) => panic!("{why}"),
    }
}

/// Says something to a Redis.
pub(crate) async fn say<T: redis::FromRedisValue>(redis: &Redis, words: &[&str]) -> T {
    let mut connection = redis::Client::open(redis.url()).unwrap().get_multiplexed_async_connection().await.unwrap();
    let mut command = redis::cmd(words[0]);
    words[1..].iter().for_each(|word| {
        command.arg(word);
    });
    command.query_async(&mut connection).await.unwrap()
}
