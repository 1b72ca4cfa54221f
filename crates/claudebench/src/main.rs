//! The program.

use claudebench::config::Config;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let loaded = Config::load(None, Vec::new())?;
    claudebench::logging::start(&loaded.config.log)?;
    claudebench::start::run(loaded.config, |_| {}).await?;
    Ok(())
}
