//! A real Redis.

use topsdk_e2e::redis::Redis;

/// A Redis. Where there is none, a line says so and the test is over; in CI, it has failed.
pub(crate) fn redis() -> Option<Redis> {
    match Redis::start() {
        Ok(redis) => Some(redis),
        Err(why) if std::env::var_os("CI").is_none() && std::env::var_os("TOPSDK_REDIS_SERVER").is_none() => {
            eprintln!("not tested: {why}");
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
