//! `cargo xtask faults`: prints the fault matrix.

use std::error::Error;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    print!("{}", topsdk_e2e::matrix::table().await?);
    Ok(())
}
