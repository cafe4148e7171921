//! A source whose API allows three requests per day.

use renamed_sdk::{AirbyteSpec, Emitter, Http, Result, airbyte_source, airbyte_stream};

#[derive(AirbyteSpec)]
#[airbyte(crate = ::renamed_sdk)]
struct Config {
    url: String,
    #[airbyte(default = vec!["a".to_owned(), "b".to_owned(), "c".to_owned()])]
    shops: Vec<String>,
    /// How many requests it takes to list the shops.
    #[airbyte(default = 0)]
    requests_per_list: u64,
    #[airbyte(default = 3)]
    requests_per_shop: u64,
}

#[airbyte_stream(crate = ::renamed_sdk, name = "visits", primary_key(number), cursor = number, order = ascending)]
struct Visit {
    number: u64,
}

#[airbyte_stream(crate = ::renamed_sdk, name = "jumbled_visits", primary_key(number), cursor = number)]
struct JumbledVisit {
    number: u64,
}

#[airbyte_stream(crate = ::renamed_sdk, name = "checked_visits", primary_key(number), cursor = number)]
struct CheckedVisit {
    number: u64,
}

#[airbyte_stream(crate = ::renamed_sdk, name = "shop_visits", primary_key(shop, number), cursor = number, order = ascending)]
struct ShopVisit {
    shop: String,
    number: u64,
}

#[airbyte_source(crate = ::renamed_sdk, concurrency = 1, rate_limit(3 / day), stop_when_exhausted)]
impl Config {
    fn visits(&self, since: Option<u64>, out: &mut Emitter<Visit>) -> Result<()> {
        for number in since.unwrap_or(0).. {
            let number = self.request(number, &out.http())?;
            out.emit(Visit { number })?;
        }
        Ok(())
    }

    fn jumbled_visits(&self, since: Option<u64>, out: &mut Emitter<JumbledVisit>) -> Result<()> {
        for number in since.unwrap_or(0).. {
            let number = self.request(number, &out.http())?;
            out.emit(JumbledVisit { number })?;
        }
        Ok(())
    }

    fn checked_visits(&self, since: Option<u64>, out: &mut Emitter<CheckedVisit>) -> Result<()> {
        for number in since.unwrap_or(0).. {
            let number = self.request(number, &out.http())?;
            out.emit(CheckedVisit { number })?;
            out.checkpoint(number)?;
        }
        Ok(())
    }

    fn shops(&self, http: &Http) -> Result<Vec<String>> {
        (0..self.requests_per_list).try_for_each(|number| self.request(number, http).map(drop))?;
        Ok(self.shops.clone())
    }

    /// By default, one shop takes all three requests of a day.
    #[partitions(shops)]
    fn shop_visits(&self, shop: &str, since: Option<u64>, out: &mut Emitter<ShopVisit>) -> Result<()> {
        for number in 0..self.requests_per_shop {
            let number = self.request(number, &out.http())?;
            if since.is_none_or(|since| number >= since) {
                out.emit(ShopVisit { shop: shop.to_owned(), number })?;
            }
        }
        Ok(())
    }

    fn request(&self, number: u64, http: &Http) -> Result<u64> {
        http.base_url(&self.url).get("/visits").query("number", number).json()
    }
}
