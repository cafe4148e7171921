//! Pagination by a URL in the body of the response.

use crate::http::pagination::{ByBody, Found, NextPage, Pagination};

impl<'a, P> Pagination<ByBody<'a, P>> {
    /// Follows the URL that the closure finds in the page. `None` or an empty string ends the pagination.
    ///
    /// Only path and query of the URL are used: the next page is requested at the origin of the first. A relative URL is
    /// resolved against that of the page (RFC 3986). For an error in the page the closure may return
    /// `Result<Option<String>>`.
    ///
    /// ```no_run
    /// # use airbyte_sdk::{Deserialize, Http, Result, http::Pagination};
    /// # #[derive(Deserialize)] struct Order { id: u64 }
    /// #[derive(Deserialize)]
    /// struct Page {
    ///     next: Option<String>,
    /// }
    ///
    /// # fn example(http: &Http) -> Result<()> {
    /// // {"orders": [{"id": 1}, …], "next": "https://shop.example/orders?page=2"}
    /// let orders = http.get("https://shop.example/orders").elements::<Order>("orders");
    /// for order in orders.paginate(Pagination::next_url(|page: &Page| page.next.clone())) {
    ///     println!("{}", order?.id);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias("next link", "next page", "HATEOAS", "element_pages"))]
    pub fn next_url<N: Found<Value = String>>(mut find: impl FnMut(&P) -> N + 'a) -> Self {
        Self::by_body(move |page| Ok(find(page).found()?.map(NextPage::url)))
    }
}
