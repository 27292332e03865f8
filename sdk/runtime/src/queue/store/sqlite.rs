//! Jobs in a file of SQLite.
//!
//! The table is apalis': `Jobs`, with `Pending`, `Queued` (fetched), `Running` (begun), `Done` and `Killed` (dead). What apalis has no
//! column for stands in `metadata`: `tries`, and `begun`, which counts begins that nobody has settled.

#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use apalis_core::backend::ext::BackendExt as _;
use apalis_core::task::builder::TaskBuilder;
use apalis_core::task::task_id::TaskId;
use apalis_sqlite::{Config, SqlitePool, SqlitePoolOptions, SqliteStorage, queries};
use futures_util::stream::BoxStream;
use sqlx::Row as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteRow, SqliteSynchronous};

use crate::client::{Clock as _, SystemClock, SystemTimer, Timer as _};
use crate::queue::job::{Counts, JobId, State};
use crate::queue::store::{Answer, Begun, Hand, NewJob, Row, Settled, Store, UNREADABLE, Verdict, claims};
use crate::queue::{QueueSettings, StoreError};

#[derive(Debug)]
pub(super) struct Sqlite {
    pool: SqlitePool,
    config: Config,
    poll: Duration,
}

/// How long to wait for another process that writes.
const BUSY: Duration = Duration::from_secs(10);

/// How often the tables are tried to be made: processes that start together get in each other's way once for each migration.
const SETUPS: u32 = 20;

impl Sqlite {
    pub(super) async fn open(path: &Path, queue: &str, settings: &QueueSettings) -> Result<Self, StoreError> {
        // Each commit goes to the disk: what was acknowledged must not come back after a power cut.
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY)
            // In KiB: jobs are small and each is read a few times only. SQLite itself would take 2 MB for each connection.
            .pragma("cache_size", "-256");
        let start = SystemTimer.now();
        let mut tries = 0;
        let pool = loop {
            let error = match prepare(options.clone()).await {
                Ok(pool) => break pool,
                Err(error) => error,
            };
            tries += 1;
            let passes = match error {
                // SQLite does not always wait for others by itself, as when the file gets its journal.
                StoreError::Locked => SystemTimer.now().saturating_duration_since(start) < BUSY,
                StoreError::Refused(_) | StoreError::Foreign(_) => tries < SETUPS,
                _ => false,
            };
            if !passes {
                return Err(error);
            }
            SystemTimer.sleep(Duration::from_millis(50)).await;
        };
        let config = Config::default()
            .queue(queue)
            .batch_size(1)
            .heartbeat_interval(settings.heartbeat())
            .missed_heartbeats(3)
            .lock_tasks(false)
            .persist_results(false);
        Ok(Self { pool, config, poll: settings.poll })
    }

    fn queue(&self) -> &str {
        self.config.queue.as_ref()
    }
}

/// Opens the file, and makes the tables where they are not there.
async fn prepare(options: SqliteConnectOptions) -> Result<SqlitePool, StoreError> {
    let pool = SqlitePoolOptions::new().max_connections(4).acquire_timeout(BUSY).connect_with(options);
    let pool = pool.await.map_err(|error| why(&error))?;
    SqliteStorage::migrations().run(&pool).await.map_err(|error| why(&error.into()))?;
    Ok(pool)
}

/// What stands in `metadata`; whatever else is there counts for nothing.
macro_rules! metadata {
    () => {
        "CASE WHEN json_valid(metadata) THEN CASE json_type(metadata) WHEN 'object' THEN metadata ELSE '{}' END ELSE '{}' END"
    };
}

const BEGIN: &str = concat!(
    "UPDATE Jobs SET status = 'Running', lock_at = strftime('%s', 'now'), metadata = json_set(",
    metadata!(),
    ", '$.tries', coalesce(",
    metadata!(),
    " ->> '$.tries', 0) + 1, '$.begun', coalesce(",
    metadata!(),
    " ->> '$.begun', 0) + 1)
    WHERE id = ?1 AND lock_by = ?2 AND status = 'Queued'
    RETURNING metadata ->> '$.tries' AS tries, metadata ->> '$.begun' AS begun"
);

const SETTLE: &str = concat!(
    "UPDATE Jobs SET status = ?3, lock_by = NULL, lock_at = NULL, last_result = ?4,
        run_at = CASE WHEN ?3 = 'Pending' THEN strftime('%s', 'now') + ?5 ELSE run_at END,
        done_at = CASE WHEN ?3 = 'Pending' THEN NULL ELSE strftime('%s', 'now') END, metadata = json_set(",
    metadata!(),
    ", '$.begun', 0, '$.tries', max(coalesce(",
    metadata!(),
    " ->> '$.tries', 0) - ?6, 0))
    WHERE id = ?1 AND lock_by = ?2 AND status IN ('Queued', 'Running')"
);

const GIVE_BACK: &str =
    "UPDATE Jobs SET status = 'Pending', lock_by = NULL, lock_at = NULL WHERE lock_by = ?1 AND status = 'Queued'";

/// Rows that apalis cannot read, because somebody else wrote them: one of them would end every worker.
const BURY: &str = "
UPDATE Jobs SET status = 'Killed', lock_by = NULL, lock_at = NULL, last_result = ?2, done_at = strftime('%s', 'now')
WHERE job_type = ?1 AND status NOT IN ('Done', 'Killed') AND (
    status NOT IN ('Pending', 'Queued', 'Running') OR
    length(id) <> 26 OR id GLOB '*[^0-9A-HJKMNP-TV-Z]*' OR id GLOB '[^0-7]*' OR typeof(id) <> 'text' OR
    typeof(job) NOT IN ('blob', 'text') OR typeof(attempts) <> 'integer' OR typeof(max_attempts) <> 'integer' OR
    typeof(run_at) <> 'integer' OR typeof(priority) <> 'integer' OR typeof(lock_at) NOT IN ('integer', 'null') OR
    typeof(done_at) NOT IN ('integer', 'null') OR typeof(metadata) NOT IN ('text', 'null') OR
    typeof(last_result) NOT IN ('text', 'null') OR typeof(idempotency_key) NOT IN ('text', 'null'))";

const FORGET_WORKERS: &str = "
DELETE FROM Workers WHERE worker_type = ?1 AND (id = ?2 OR last_seen < strftime('%s', 'now') - 86400)
    AND NOT EXISTS (SELECT 1 FROM Jobs WHERE lock_by = Workers.id)";

const COUNTS: &str = "
SELECT CASE status WHEN 'Pending' THEN CASE WHEN run_at > strftime('%s', 'now') + 0 THEN 'Delayed' ELSE status END ELSE status END
    AS state, count(*) AS many FROM Jobs WHERE job_type = ?1 GROUP BY 1";

/// What of a row is shown. Ids and bytes of foreign rows need not be what they should.
const COLUMNS: &str = "CAST(id AS TEXT) AS id, CAST(job AS BLOB) AS job, CAST(last_result AS TEXT) AS ended,
    CASE WHEN status = 'Pending' AND run_at > strftime('%s', 'now') + 0 THEN 'Delayed' ELSE status END AS state,
    CASE WHEN json_valid(metadata) THEN coalesce(metadata ->> '$.tries', 0) ELSE 0 END AS tries";

/// The order of jobs that are to come, and of those that have ended.
const NEXT: &str = "priority DESC, run_at, id";
const LAST: &str = "done_at DESC, id DESC";

impl Store for Sqlite {
    fn add<'a>(&'a self, job: &'a NewJob) -> Answer<'a, JobId> {
        Box::pin(async move {
            let id = job.id.as_str().parse::<TaskId>().map_err(|_| StoreError::Refused("the id".to_owned()))?;
            let mut task = TaskBuilder::new(job.bytes.clone()).task_id(id).priority(job.rank.into());
            if !job.delay.is_zero() {
                let now = SystemClock.now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
                let due = now.saturating_add(job.delay);
                task = task.run_at_timestamp(due.as_secs() + u64::from(due.subsec_nanos() > 0));
            }
            if let Some(key) = &job.key {
                task = task.idempotency_key(key);
            }
            let mut transaction = self.pool.begin().await.map_err(|error| why(&error))?;
            let pushed = queries::push_tasks(&mut *transaction, self.queue(), &[task.build()]).await;
            pushed.map_err(|error| match error {
                apalis_sqlite::Error::Database(error) => why(&error),
                _ => StoreError::Refused("the row".to_owned()),
            })?;
            let there = match &job.key {
                None => job.id.clone(),
                Some(key) => {
                    let same = sqlx::query("SELECT id FROM Jobs WHERE job_type = ?1 AND idempotency_key = ?2");
                    let row = same.bind(self.queue()).bind(key).fetch_one(&mut *transaction).await;
                    JobId::foreign(row.and_then(|row| row.try_get("id")).map_err(|error| why(&error))?)
                }
            };
            transaction.commit().await.map_err(|error| why(&error))?;
            Ok(there)
        })
    }

    fn claims(&self, worker: &str, hand: Hand) -> BoxStream<'static, Result<(), String>> {
        let storage = SqliteStorage::<Vec<u8>>::new(&self.pool).with_config(self.config.clone());
        claims(storage.poll_with_interval(self.poll), worker, hand)
    }

    /// A file does not lose answers: nobody asks again.
    fn begin<'a>(&'a self, worker: &'a str, id: &'a JobId, _: &'a str) -> Answer<'a, Option<Begun>> {
        Box::pin(async move {
            let row = sqlx::query(BEGIN).bind(id.as_str()).bind(worker).fetch_optional(&self.pool).await;
            let Some(row) = row.map_err(|error| why(&error))? else { return Ok(None) };
            let number = |name| row.try_get::<i64, _>(name).map_err(|error| why(&error));
            let tries = u32::try_from(number("tries")?).unwrap_or(u32::MAX);
            Ok(Some(Begun { tries, in_doubt: number("begun")? > 1 }))
        })
    }

    fn settle<'a>(&'a self, worker: &'a str, id: &'a JobId, _: &'a str, settled: &'a Settled) -> Answer<'a, bool> {
        Box::pin(async move {
            let (status, after) = match settled.verdict {
                Verdict::Done => ("Done", Duration::ZERO),
                Verdict::Again(after) => ("Pending", after),
                Verdict::Dead => ("Killed", Duration::ZERO),
            };
            let seconds = i64::try_from(after.as_secs()).unwrap_or(i64::MAX / 2) + i64::from(after.subsec_nanos() > 0);
            let query = sqlx::query(SETTLE).bind(id.as_str()).bind(worker).bind(status).bind(&settled.ended);
            let done = query.bind(seconds).bind(i64::from(!settled.counts)).execute(&self.pool).await;
            Ok(done.map_err(|error| why(&error))?.rows_affected() > 0)
        })
    }

    fn beat<'a>(&'a self, workers: &'a [Arc<str>], _: usize) -> Answer<'a, u64> {
        Box::pin(async move {
            for worker in workers {
                let seen = sqlx::query("UPDATE Workers SET last_seen = strftime('%s', 'now') WHERE id = ?1");
                seen.bind(&**worker).execute(&self.pool).await.map_err(|error| why(&error))?;
            }
            Ok(0)
        })
    }

    /// Each time is a write to the disk, and what is due is found without it.
    fn pace(&self) -> Duration {
        Duration::MAX
    }

    fn give_back<'a>(&'a self, worker: &'a str, ends: bool) -> Answer<'a, u64> {
        Box::pin(async move {
            sqlx::query(GIVE_BACK).bind(worker).execute(&self.pool).await.map_err(|error| why(&error))?;
            let buried = sqlx::query(BURY).bind(self.queue()).bind(UNREADABLE).execute(&self.pool).await;
            if ends {
                let query = sqlx::query(FORGET_WORKERS).bind(self.queue()).bind(worker);
                query.execute(&self.pool).await.map_err(|error| why(&error))?;
            }
            Ok(buried.map_err(|error| why(&error))?.rows_affected())
        })
    }

    fn forget(&self, done_for: Duration) -> Answer<'_, ()> {
        Box::pin(async move {
            let query = sqlx::query(
                "DELETE FROM Jobs WHERE job_type = ?1 AND status = 'Done' AND done_at <= strftime('%s', 'now') - ?2",
            );
            let seconds = i64::try_from(done_for.as_secs()).unwrap_or(i64::MAX / 2);
            query.bind(self.queue()).bind(seconds).execute(&self.pool).await.map_err(|error| why(&error))?;
            Ok(())
        })
    }

    fn counts(&self) -> Answer<'_, Counts> {
        Box::pin(async move {
            let rows = sqlx::query(COUNTS).bind(self.queue()).fetch_all(&self.pool).await;
            let mut counts = Counts::default();
            for row in rows.map_err(|error| why(&error))? {
                let many: i64 = row.try_get("many").map_err(|error| why(&error))?;
                let state: String = row.try_get("state").map_err(|error| why(&error))?;
                let place = match state_of(&state) {
                    State::Waiting => &mut counts.waiting,
                    State::Delayed => &mut counts.delayed,
                    State::Running => &mut counts.running,
                    State::Done => &mut counts.done,
                    State::Dead => &mut counts.dead,
                };
                *place += u64::try_from(many).unwrap_or_default();
            }
            Ok(counts)
        })
    }

    fn find<'a>(&'a self, id: &'a JobId) -> Answer<'a, Option<Row>> {
        Box::pin(async move {
            let query = format!("SELECT {COLUMNS} FROM Jobs WHERE id = ?1 AND job_type = ?2");
            let query = sqlx::query(sqlx::AssertSqlSafe(query)).bind(id.as_str()).bind(self.queue());
            let row = query.fetch_optional(&self.pool).await.map_err(|error| why(&error))?;
            row.map(|row| read(&row).map_err(|error| why(&error))).transpose()
        })
    }

    fn list(&self, state: State, most: u32) -> Answer<'_, Vec<Row>> {
        Box::pin(async move {
            let (which, order) = match state {
                State::Waiting => ("status = 'Pending' AND run_at <= strftime('%s', 'now') + 0", NEXT),
                State::Delayed => ("status = 'Pending' AND run_at > strftime('%s', 'now') + 0", NEXT),
                State::Running => ("status IN ('Queued', 'Running')", NEXT),
                State::Done => ("status = 'Done'", LAST),
                State::Dead => ("status IN ('Killed', 'Failed')", LAST),
            };
            let query = format!("SELECT {COLUMNS} FROM Jobs WHERE job_type = ?1 AND {which} ORDER BY {order} LIMIT ?2");
            let query = sqlx::query(sqlx::AssertSqlSafe(query)).bind(self.queue()).bind(i64::from(most));
            let rows = query.fetch_all(&self.pool).await.map_err(|error| why(&error))?;
            rows.iter().map(|row| read(row).map_err(|error| why(&error))).collect()
        })
    }

    fn revive<'a>(&'a self, id: &'a JobId) -> Answer<'a, bool> {
        Box::pin(async move {
            let query = sqlx::query(
                "UPDATE Jobs SET status = 'Pending', run_at = strftime('%s', 'now') + 0, lock_by = NULL, lock_at = NULL,
                     done_at = NULL, metadata = '{}' WHERE id = ?1 AND job_type = ?2 AND status IN ('Killed', 'Failed')",
            );
            let done = query.bind(id.as_str()).bind(self.queue()).execute(&self.pool).await;
            Ok(done.map_err(|error| why(&error))?.rows_affected() > 0)
        })
    }

    fn remove<'a>(&'a self, id: &'a JobId) -> Answer<'a, bool> {
        Box::pin(async move {
            let query =
                sqlx::query("DELETE FROM Jobs WHERE id = ?1 AND job_type = ?2 AND status NOT IN ('Queued', 'Running')");
            let done = query.bind(id.as_str()).bind(self.queue()).execute(&self.pool).await;
            Ok(done.map_err(|error| why(&error))?.rows_affected() > 0)
        })
    }
}

fn state_of(state: &str) -> State {
    match state {
        "Pending" => State::Waiting,
        "Delayed" => State::Delayed,
        "Queued" | "Running" => State::Running,
        "Done" => State::Done,
        _ => State::Dead,
    }
}

fn read(row: &SqliteRow) -> Result<Row, sqlx::Error> {
    Ok(Row {
        id: JobId::foreign(row.try_get("id")?),
        bytes: row.try_get("job")?,
        state: state_of(&row.try_get::<String, _>("state")?),
        tries: u32::try_from(row.try_get::<i64, _>("tries").unwrap_or_default()).unwrap_or_default(),
        ended: row.try_get("ended")?,
    })
}

/// By SQLite's result codes (<https://www.sqlite.org/rescode.html>), without its words: they may hold a path or a value.
fn why(error: &sqlx::Error) -> StoreError {
    let code = error.as_database_error().and_then(|error| error.code()?.parse::<u32>().ok()).map(|code| code & 0xff);
    match (code, error) {
        (Some(5 | 6), _) => StoreError::Locked,
        (Some(13), _) => StoreError::Full,
        (Some(8), _) => StoreError::ReadOnly,
        (Some(14), _) => {
            StoreError::Unreachable("the file cannot be opened; is its folder there, and may it be written?".to_owned())
        }
        (Some(10), _) => StoreError::Unreachable("the disk fails".to_owned()),
        (Some(11), _) => StoreError::Foreign("the file is damaged".to_owned()),
        (Some(26), _) => StoreError::Foreign("the file is not a database of SQLite".to_owned()),
        (Some(code), _) => StoreError::Refused(format!("SQLite says {code}")),
        (None, sqlx::Error::PoolTimedOut) => StoreError::Locked,
        (None, sqlx::Error::Migrate(_)) => StoreError::Foreign("the tables are not those of a queue".to_owned()),
        (None, sqlx::Error::Io(_)) => StoreError::Unreachable("the file cannot be read".to_owned()),
        (None, _) => StoreError::Foreign("a row is not one of a queue".to_owned()),
    }
}
