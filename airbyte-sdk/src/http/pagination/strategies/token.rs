//! Pagination by a token, or cursor, in the body of the response.

use crate::http::pagination::{ByBody, Found, NextPage, Pagination};
use serde::Serialize;
use std::fmt::Display;

impl<'a, P> Pagination<ByBody<'a, P>> {
    /// Sends the token that the closure finds in the page as a query parameter of the next request, which is otherwise the
    /// same. `None` or an empty string ends the pagination.
    ///
    /// For an error in the page the closure may return a [`Result`](crate::Result) of the `Option`.
    ///
    /// ```no_run
    /// # use airbyte_sdk::{Deserialize, Http, Result, http::Pagination};
    /// # #[derive(Deserialize)] struct Order { id: u64 }
    /// #[derive(Deserialize)]
    /// struct Page {
    ///     next_token: Option<String>,
    /// }
    ///
    /// # fn example(http: &Http) -> Result<()> {
    /// // {"orders": [{"id": 1}, …], "next_token": "t-2"}
    /// let orders = http.get("https://shop.example/orders").elements::<Order>("orders");
    /// for order in orders.paginate(Pagination::token("page_token", |page: &Page| page.next_token.clone())) {
    ///     println!("{}", order?.id);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias("cursor", "page token", "continuation token", "after"))]
    pub fn token<N: Found<Value: Display>>(parameter: &str, mut find: impl FnMut(&P) -> N + 'a) -> Self {
        let parameter = parameter.to_owned();
        Self::by_body(move |page| Ok(find(page).found()?.map(|token| NextPage::query(&parameter, token))))
    }

    /// Sends the token that the closure finds in the page in the JSON body of the next request, for a search by POST
    /// or in the variables of a GraphQL query. For the path, see [`NextPage::body_field`]. `None`, null or an empty
    /// string ends the pagination.
    ///
    /// A POST is retried only if it is [idempotent](crate::http::Request::idempotent).
    ///
    /// ```no_run
    /// # use airbyte_sdk::{Deserialize, Http, Result, http::Pagination};
    /// # use serde_json::json;
    /// # #[derive(Deserialize)] struct Order { id: u64 }
    /// #[derive(Deserialize)]
    /// struct Page {
    ///     after: Option<String>,
    /// }
    ///
    /// # fn example(http: &Http) -> Result<()> {
    /// // {"orders": [{"id": 1}, …], "after": "t-2"}
    /// let search = http.post("https://shop.example/search").json_body(&json!({"status": "paid"}))?.idempotent();
    /// let next = Pagination::token_in_body("after", |page: &Page| page.after.clone());
    /// for order in search.elements::<Order>("orders").paginate(next) {
    ///     println!("{}", order?.id);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias("cursor", "GraphQL", "endCursor", "search_after", "scroll", "POST"))]
    pub fn token_in_body<N: Found<Value: Serialize>>(path: &str, mut find: impl FnMut(&P) -> N + 'a) -> Self {
        let path = path.to_owned();
        Self::by_body(move |page| Ok(find(page).found()?.map(|token| NextPage::body_field(&path, token))))
    }
}
