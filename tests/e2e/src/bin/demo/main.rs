//! `cargo xtask demo`: a seller's morning, call by call, against a sandbox in this process.

mod morning;
mod screen;
mod stage;

use std::error::Error;
use std::process::ExitCode;

use stage::Stage;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("error: {why}");
            ExitCode::FAILURE
        }
    }
}

/// Stops at the first step that does not end as it should.
async fn run() -> Result<(), Box<dyn Error>> {
    let mut stage = Stage::set().await?;
    morning::play(&mut stage).await?;
    stage.clear().await;
    Ok(())
}
