//! The gateway as a program.

use std::io;
use std::process::ExitCode;

use clap::Parser;
use topsdk_sandbox::Sandbox;
use topsdk_sandbox::fixtures::{APP_KEY, APP_SECRET, SESSION};

/// A local gateway that behaves like the Taobao Open Platform.
#[derive(Debug, Parser)]
#[command(name = "topsdk-sandbox", version)]
struct Options {
    /// Where to listen.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8399")]
    listen: String,
    /// The app key that may call.
    #[arg(long, value_name = "KEY", default_value = APP_KEY)]
    app_key: String,
    /// Its secret.
    #[arg(long, value_name = "SECRET", default_value = APP_SECRET)]
    app_secret: String,
    /// A valid session of the sandbox's seller.
    #[arg(long, value_name = "SESSION", default_value = SESSION)]
    session: String,
    /// Decides amounts, samples and the chance of faults.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Speak sign_method=article too: MD5(secret + sorted parameters + timestamp).
    #[arg(long)]
    article_sign: bool,
    /// Most items of a batch.
    #[arg(long, value_name = "N", default_value_t = 20)]
    max_batch_items: usize,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Options::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("error: {why}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Result<(), String> {
    let listen = &options.listen;
    let mut sandbox = Sandbox::builder()
        .app(&options.app_key, &options.app_secret)
        .session(&options.session)
        .seed(options.seed)
        .article_sign(options.article_sign)
        .max_batch_items(options.max_batch_items)
        .listen(listen)
        .start()
        .await
        .map_err(|e| match e.kind() {
            io::ErrorKind::AddrInUse => format!("{listen} is in use; stop what listens there or give another --listen"),
            _ => format!("cannot listen on {listen}: {e}"),
        })?;
    println!("sandbox listening on {}", sandbox.url());
    let failed = tokio::select! {
        result = sandbox.serve_forever() => result.map_err(|e| format!("the server failed: {e}")),
        // Without a signal handler the process still ends on ctrl-c, only less politely.
        _ = tokio::signal::ctrl_c() => Ok(()),
    };
    failed?;
    sandbox.shutdown().await;
    Ok(())
}
