//! Pagination by a page number in a query parameter.

use crate::http::pagination::{ByCount, Pagination};

impl Pagination<ByCount> {
    /// Sends the page number in this query parameter, starting with `first`. A page without records is the last; see
    /// also [`page_size`](Self::page_size).
    ///
    /// ```no_run
    /// # use airbyte_sdk::{Deserialize, Http, Result, http::Pagination};
    /// # #[derive(Deserialize)] struct Visit { id: u64 }
    /// # fn example(http: &Http) -> Result<()> {
    /// // GET /visits?per_page=100&page=1
    /// let visits = http.get("https://shop.example/visits").elements::<Visit>("visits");
    /// for visit in visits.paginate(Pagination::page_number("page", 1).page_size("per_page", 100)) {
    ///     println!("{}", visit?.id);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias("page increment", "page index", "numbered_pages", "numbered_elements"))]
    pub fn page_number(parameter: &str, first: u64) -> Self {
        Self::by_count(parameter, first, |number, _records| number.saturating_add(1))
    }
}
