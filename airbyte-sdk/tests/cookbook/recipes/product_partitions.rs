//! # Partitions of two parts
//!
//! For data that an API returns per shop and region, say. A `Product` combines two or three partitions; its name in the state is
//! a JSON array, such as `["north","eu"]`. `Product::pairs` returns all combinations; if only some exist, build the list from
//! those.

use airbyte_sdk::stream::Product;
use airbyte_sdk::{AirbyteSpec, Date, Deserialize, Emitter, Http, Result, airbyte_stream};

#[derive(AirbyteSpec)]
pub struct Config {
    #[airbyte(default = "https://shop.example", url, hidden)]
    pub api_url: String,
    pub regions: Vec<String>,
}

#[airbyte_stream(name = "sales", primary_key(shop, region, day), cursor = day)]
pub struct Sale {
    shop: String,
    region: String,
    day: Date,
}

#[derive(Deserialize)]
struct Row {
    day: Date,
}

pub fn reports(config: &Config, http: &Http) -> Result<Vec<Product<(String, String)>>> {
    let shops: Vec<String> = http.base_url(&config.api_url).get("/shops").json()?;
    Ok(Product::pairs(shops, config.regions.clone()))
}

pub fn fetch(
    config: &Config,
    Product((shop, region)): &Product<(String, String)>,
    since: Option<Date>,
    out: &mut Emitter<Sale>,
) -> Result<()> {
    let request = out.http().base_url(&config.api_url).get("/sales").query("shop", shop);
    let request = request.query("region", region).query("from", since.unwrap_or(Date::MIN));
    for row in request.elements("") {
        let Row { day } = row?;
        out.emit(Sale { shop: shop.clone(), region: region.clone(), day })?;
    }
    Ok(())
}
