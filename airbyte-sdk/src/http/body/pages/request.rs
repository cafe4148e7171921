//! How the elements of all pages are requested: a method for each way to find the next page.

use super::ElementPages;
use crate::error::Result;
use crate::http::Request;
use crate::http::body::Elements;
use crate::http::pages::{Counted, NextPage, Rule};
use serde::de::DeserializeOwned;

impl Request {
    /// Reads the elements of page after page, each while it arrives: [`elements`](Self::elements) with the rules of
    /// [`pages`](Self::pages). When the array of a page has ended, `next` is given what stands around it, and finds the
    /// URL of the next page, or another [`NextPage`]; `None` ends it. It may also find that the page is not what was asked
    /// for; for a look before the first element see [`ElementPages::check_preamble`].
    ///
    /// ```no_run
    /// # use airbyte_sdk::{Deserialize, Emitter, Result, airbyte_stream};
    /// # #[airbyte_stream(name = "prices")] struct Record { amount: f64 }
    /// # #[derive(Deserialize)] struct Price { amount: f64 }
    /// #[derive(Deserialize)]
    /// struct Page {
    ///     next: Option<String>,
    /// }
    ///
    /// # fn example(out: &mut Emitter<Record>) -> Result<()> {
    /// // {"prices": [{"amount": 1.5}, …], "next": "https://shop.example/prices?page=2"}
    /// let request = out.http().get("https://shop.example/prices");
    /// for price in request.element_pages("prices", |page: &Page| Ok(page.next.clone())) {
    ///     let Price { amount } = price?;
    ///     out.emit(Record { amount })?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use = "nothing is sent until the first element is asked for"]
    pub fn element_pages<'a, T, E, N>(
        self,
        path: &str,
        mut next: impl FnMut(&E) -> Result<Option<N>> + 'a,
    ) -> ElementPages<'a, T>
    where
        T: DeserializeOwned,
        E: DeserializeOwned,
        N: Into<NextPage>,
    {
        let page = self.clone().elements(path);
        let next = move |page: &mut Elements<T>, _| Ok(next(&page.envelope::<E>()?)?.map(Into::into));
        ElementPages { judged: true, ..ElementPages::new(self, page, Box::new(next)) }
    }

    /// Reads the elements of page after page, each while it arrives, of a service that names the next page in a `Link`
    /// header, as `rel="next"`: [`linked_pages`](Self::linked_pages) for pages of any size.
    ///
    /// ```no_run
    /// # use airbyte_sdk::{Deserialize, Http, Result};
    /// # #[derive(Deserialize)] struct Issue { title: String }
    /// # fn example(http: &Http) -> Result<()> {
    /// // [{"title": "…"}, …]
    /// for issue in http.get("https://code.example/issues").linked_elements("") {
    ///     let Issue { title } = issue?;
    ///     println!("{title}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use = "nothing is sent until the first element is asked for"]
    pub fn linked_elements<T: DeserializeOwned>(self, path: &str) -> ElementPages<'static, T> {
        ElementPages::by_rule(self, path, Rule::Link)
    }

    /// Reads the elements of page after page, each while it arrives, of a service that puts the next page's token into
    /// this header of an answer, and wants it in this parameter of the next request:
    /// [`pages_by_header`](Self::pages_by_header) for pages of any size.
    ///
    /// ```no_run
    /// # use airbyte_sdk::{Deserialize, Http, Result};
    /// # #[derive(Deserialize)] struct Visit { id: u64 }
    /// # fn example(http: &Http) -> Result<()> {
    /// // {"visits": [{"id": 1}, …]}
    /// for visit in http.get("https://shop.example/visits").elements_by_header("visits", "X-Next", "after") {
    ///     let Visit { id } = visit?;
    ///     println!("{id}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use = "nothing is sent until the first element is asked for"]
    pub fn elements_by_header<T: DeserializeOwned>(
        self,
        path: &str,
        header: &'static str,
        parameter: &'static str,
    ) -> ElementPages<'static, T> {
        ElementPages::by_rule(self, path, Rule::Header { name: header, parameter })
    }

    /// Reads the elements of page after page, each while it arrives, by the number of the page, in this parameter, from
    /// `first` on: [`numbered_pages`](Self::numbered_pages) for pages of any size. A page without elements is the end; one
    /// that does not have the array at all is an error, as it is for the other rules.
    ///
    /// ```no_run
    /// # use airbyte_sdk::{Deserialize, Http, Result};
    /// # #[derive(Deserialize)] struct Visit { id: u64 }
    /// # fn example(http: &Http) -> Result<()> {
    /// // {"visits": [{"id": 1}, …]}
    /// let request = http.get("https://shop.example/visits").query("per_page", 100);
    /// for visit in request.numbered_elements("visits", "page", 1) {
    ///     let Visit { id } = visit?;
    ///     println!("{id}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use = "nothing is sent until the first element is asked for"]
    pub fn numbered_elements<T: DeserializeOwned>(
        self,
        path: &str,
        parameter: &'static str,
        first: u64,
    ) -> ElementPages<'static, T> {
        ElementPages::by_rule(self, path, Rule::Counted { parameter, at: first, what: Counted::Pages })
    }

    /// Reads the elements of page after page, each while it arrives, by the number of elements before it, in this
    /// parameter: [`offset_pages`](Self::offset_pages) for pages of any size. A page without elements is the end; one that
    /// does not have the array at all is an error.
    ///
    /// ```no_run
    /// # use airbyte_sdk::{Deserialize, Http, Result};
    /// # #[derive(Deserialize)] struct Visit { id: u64 }
    /// # fn example(http: &Http) -> Result<()> {
    /// // {"visits": [{"id": 1}, …]}
    /// let request = http.get("https://shop.example/visits").query("limit", 100);
    /// for visit in request.offset_elements("visits", "offset") {
    ///     let Visit { id } = visit?;
    ///     println!("{id}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use = "nothing is sent until the first element is asked for"]
    pub fn offset_elements<T: DeserializeOwned>(
        self,
        path: &str,
        parameter: &'static str,
    ) -> ElementPages<'static, T> {
        ElementPages::by_rule(self, path, Rule::Counted { parameter, at: 0, what: Counted::Records })
    }
}
