//! A source with three levels of streams: shops, the orders of each shop, the items of each order. The payments of an order
//! are visited only if the order has changed.

use renamed_sdk::{
    AirbyteSpec, Deserialize, DeserializeOwned, Emitter, Error, Http, Result, airbyte_source, airbyte_stream,
};

#[derive(AirbyteSpec)]
#[airbyte(crate = ::renamed_sdk)]
struct Config {
    url: String,
    /// How many are read at the same time
    #[airbyte(default = 4)]
    workers: u32,
}

#[airbyte_stream(crate = ::renamed_sdk, name = "shops", primary_key(id))]
#[derive(Deserialize)]
struct Shop {
    id: u64,
    #[serde(default = "any_name")]
    name: String,
}

#[airbyte_stream(crate = ::renamed_sdk, name = "orders", primary_key(shop, id), cursor = id, order = ascending)]
struct Order {
    shop: u64,
    id: u64,
}

#[airbyte_stream(crate = ::renamed_sdk, name = "items", primary_key(order, id), cursor = id, order = ascending)]
struct Item {
    order: u64,
    id: u64,
}

#[airbyte_stream(crate = ::renamed_sdk, name = "payments", primary_key(order, id), cursor = id, order = ascending)]
struct Payment {
    order: u64,
    id: u64,
}

#[airbyte_stream(crate = ::renamed_sdk, name = "reviews")]
struct Review {
    shop: u64,
    text: String,
}

/// Derived before the attribute.
#[derive(Deserialize)]
#[airbyte_stream(crate = ::renamed_sdk, name = "ids")]
struct Id {
    id: u64,
}

fn any_name() -> String {
    "a shop".to_owned()
}

impl Config {
    fn get<T: DeserializeOwned + 'static>(&self, path: &str, http: &Http) -> Result<Vec<T>> {
        http.get(format!("{}/{path}", self.url)).json()
    }
}

#[airbyte_source(crate = ::renamed_sdk, concurrency = config.workers)]
impl Config {
    // Before their parents, as authors may write them.
    #[children_of(orders)]
    fn items(&self, order: &Order, since: Option<u64>, out: &mut Emitter<Item>) -> Result<()> {
        let path = format!("orders/{}/items?since={}", order.id, since.unwrap_or(0));
        self.get::<Id>(&path, &out.http())?
            .into_iter()
            .try_for_each(|Id { id }| out.emit(Item { order: order.id, id }))
    }

    #[children_of(orders, changed)]
    fn payments(&self, order: &Order, since: Option<u64>, out: &mut Emitter<Payment>) -> Result<()> {
        let path = format!("orders/{}/payments?since={}", order.id, since.unwrap_or(0));
        self.get::<Id>(&path, &out.http())?
            .into_iter()
            .try_for_each(|Id { id }| out.emit(Payment { order: order.id, id }))
    }

    #[children_of(shops)]
    fn orders(&self, shop: &Shop, since: Option<u64>, out: &mut Emitter<Order>) -> Result<()> {
        let path = format!("shops/{}/orders?since={}", shop.id, since.unwrap_or(0));
        self.get::<Id>(&path, &out.http())?
            .into_iter()
            .try_for_each(|Id { id }| out.emit(Order { shop: shop.id, id }))
    }

    #[children_of(shops)]
    fn reviews(&self, shop: &Shop, out: &mut Emitter<Review>) -> Result<()> {
        if shop.name.is_empty() {
            return Err(Error::system("a shop has no name"));
        }
        self.get::<Id>(&format!("shops/{}/reviews", shop.id), &out.http())?
            .into_iter()
            .try_for_each(|Id { id }| out.emit(Review { shop: shop.id, text: format!("review {id}") }))
    }

    fn shops(&self, out: &mut Emitter<Shop>) -> Result<()> {
        self.get::<Shop>("shops", &out.http())?.into_iter().try_for_each(|shop| out.emit(shop))
    }
}
