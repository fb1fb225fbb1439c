use std::sync::Arc;
use std::time::Duration;

use bitpay_postgres_example::{Database, Profiles, Webhooks};
use bitpay_store::Store;
use postgres::{Client, NoTls};

/// The profiles of all machines, and the webhooks that one of them has handled.
pub(crate) fn shop(url: &str) -> Result<(Store, Webhooks), Box<dyn std::error::Error>> {
    let url = url.to_owned();
    // Over a network, with a connector for TLS in the place of `NoTls`.
    let database = Database::new(move || Client::connect(&url, NoTls));
    database.create_tables()?;
    let store = Store::over(Arc::new(Profiles::new(database.clone())));
    let seen = Webhooks::new(database, Duration::from_secs(5 * 60))?;
    Ok((store, seen))
}
