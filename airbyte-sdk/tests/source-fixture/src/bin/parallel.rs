//! A source whose partitions and streams are read at the same time.

use renamed_sdk::{AirbyteSpec, Deserialize, Emitter, Http, Result, airbyte_source, airbyte_stream};

#[derive(AirbyteSpec)]
#[airbyte(crate = ::renamed_sdk)]
struct Config {
    url: String,
    /// How many are read at the same time
    #[airbyte(default = 4)]
    workers: u32,
    /// The partitions; the fetch function of `exit` exits, that of `panic` panics
    #[airbyte(default = vec!["a".to_owned(), "b".to_owned()])]
    shops: Vec<String>,
}

macro_rules! streams {
    ($($record:ident $name:literal),*) => {$(
        #[airbyte_stream(crate = ::renamed_sdk, name = $name, primary_key(shop, id), cursor = id, order = ascending)]
        struct $record {
            shop: String,
            id: u64,
        }
    )*};
}
/// A record of the API.
#[derive(Deserialize)]
#[airbyte(crate = ::renamed_sdk)]
struct Item {
    id: u64,
}

streams!(Visit "visits", Staff "staff", Offer "offers", Export "exports", Report "reports");

#[airbyte_source(
    crate = ::renamed_sdk, concurrency = config.workers, one_at_a_time(exports, reports), rate_limit(1000 / second)
)]
impl Config {
    fn shops(&self, _http: &Http) -> Result<Vec<String>> {
        Ok(self.shops.clone())
    }

    #[partitions(shops)]
    #[expect(clippy::panic, reason = "the partition panics")]
    fn visits(&self, shop: &str, since: Option<u64>, out: &mut Emitter<Visit>) -> Result<()> {
        match shop {
            "exit" => std::process::exit(0),
            "panic" => panic!("no visits"),
            _ => {}
        }
        self.items(&format!("visits/{shop}"), since, &out.http())
            .try_for_each(|id| out.emit(Visit { shop: shop.to_owned(), id: id? }))
    }

    #[partitions(shops)]
    fn exports(&self, shop: &str, since: Option<u64>, out: &mut Emitter<Export>) -> Result<()> {
        let mut exports = self.items(&format!("exports/{shop}"), since, &out.http());
        exports.try_for_each(|id| out.emit(Export { shop: shop.to_owned(), id: id? }))
    }

    fn reports(&self, since: Option<u64>, out: &mut Emitter<Report>) -> Result<()> {
        self.items("reports", since, &out.http())
            .try_for_each(|id| out.emit(Report { shop: String::new(), id: id? }))
    }

    fn staff(&self, since: Option<u64>, out: &mut Emitter<Staff>) -> Result<()> {
        self.items("staff", since, &out.http())
            .try_for_each(|id| out.emit(Staff { shop: String::new(), id: id? }))
    }

    fn offers(&self, since: Option<u64>, out: &mut Emitter<Offer>) -> Result<()> {
        self.items("offers", since, &out.http())
            .try_for_each(|id| out.emit(Offer { shop: String::new(), id: id? }))
    }
}

impl Config {
    fn items(
        &self,
        path: &str,
        since: Option<u64>,
        http: &Http,
    ) -> impl Iterator<Item = Result<u64>> + use<> {
        let items = http.get(format!("{}/{path}", self.url)).query("since", since.unwrap_or(0));
        items.elements("").map(|item: Result<Item>| Ok(item?.id))
    }
}
