//! Pagination by the number of records before the page, in a query parameter.

use crate::http::pagination::{ByCount, Pagination};

impl Pagination<ByCount> {
    /// Sends the number of records read so far in this query parameter, starting with 0. Records are counted as they
    /// arrive, so an API may return fewer than requested. A page without records is the last; see also
    /// [`page_size`](Self::page_size).
    ///
    /// ```no_run
    /// # use airbyte_sdk::{Deserialize, Http, Result, http::Pagination};
    /// # #[derive(Deserialize)] struct Order { id: u64 }
    /// # fn example(http: &Http) -> Result<()> {
    /// // GET /orders?limit=100&offset=0
    /// let orders = http.get("https://shop.example/orders").elements::<Order>("orders");
    /// for order in orders.paginate(Pagination::offset("offset").page_size("limit", 100)) {
    ///     println!("{}", order?.id);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias("limit", "skip", "start", "offset_pages", "offset_elements"))]
    pub fn offset(parameter: &str) -> Self {
        Self::by_count(parameter, 0, u64::saturating_add)
    }
}
