//! Pagination by any request that the connector builds from the body of the response.

use crate::http::pagination::{ByBody, Found, NextPage, Pagination};

impl<'a, P> Pagination<ByBody<'a, P>> {
    /// Requests the next page that the closure returns, for APIs that need more than a URL or a token from the page.
    /// `None` ends the pagination. The closure may return a [`Result`](crate::Result) of the `Option`.
    ///
    /// ```no_run
    /// # use airbyte_sdk::{Deserialize, Http, Result, http::{NextPage, Pagination}};
    /// # #[derive(Deserialize)] struct Order { id: u64 }
    /// #[derive(Deserialize)]
    /// struct Page {
    ///     page: u64,
    ///     pages: u64,
    /// }
    ///
    /// # fn example(http: &Http) -> Result<()> {
    /// // {"orders": [{"id": 1}, …], "page": 1, "pages": 7}
    /// let orders = http.get("https://shop.example/orders").elements::<Order>("orders");
    /// let next = |page: &Page| (page.page < page.pages).then(|| NextPage::query("page", page.page + 1));
    /// for order in orders.paginate(Pagination::next_page(next)) {
    ///     println!("{}", order?.id);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias("custom pagination", "total pages", "has_more"))]
    pub fn next_page<N: Found<Value = NextPage>>(mut find: impl FnMut(&P) -> N + 'a) -> Self {
        Self::by_body(move |page| find(page).found())
    }
}
