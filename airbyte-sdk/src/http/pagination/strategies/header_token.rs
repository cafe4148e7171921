//! Pagination by a token in a header of the response.

use crate::http::pagination::{ByHeader, NextPage, Pagination};

impl Pagination<ByHeader> {
    /// Sends the token in this response header as a query parameter of the next request. A response without the header, or
    /// with an empty one, is the last page.
    ///
    /// ```no_run
    /// # use airbyte_sdk::{Deserialize, Http, Result, http::Pagination};
    /// # #[derive(Deserialize)] struct Visit { id: u64 }
    /// # fn example(http: &Http) -> Result<()> {
    /// // x-next-cursor: c-1
    /// let visits = http.get("https://shop.example/visits").elements::<Visit>("visits");
    /// for visit in visits.paginate(Pagination::header_token("X-Next-Cursor", "cursor")) {
    ///     println!("{}", visit?.id);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias("cursor", "pages_by_header", "elements_by_header"))]
    pub fn header_token(header: &str, parameter: &str) -> Self {
        let parameter = parameter.to_owned();
        Self::by_header(header, move |token| Some(NextPage::query(&parameter, token)))
    }
}
