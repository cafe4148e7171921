//! A source that authenticates with the method in its configuration.

use renamed_sdk::http::{Auth, OAuth2, Pagination};
use renamed_sdk::{
    AirbyteSpec, Deserialize, Emitter, Error, Http, Result, Secret, airbyte_source, airbyte_stream,
};

#[derive(AirbyteSpec)]
#[airbyte(crate = ::renamed_sdk)]
struct Config {
    api_url: String,
    /// The URL of another API
    #[airbyte(default = "")]
    other_url: String,
    /// `bearer`, `header`, `query`, `basic`, `client` or `refresh`
    method: String,
    api_key: Option<Secret>,
    client_secret: Option<Secret>,
    refresh_token: Option<Secret>,
    /// The path of the refresh token in the configuration, if it rotates
    rotates: Option<String>,
    #[airbyte(default = false)]
    client_in_header: bool,
    /// The user name for `basic`
    #[airbyte(default = "me")]
    user: String,
    /// The header name for `header`
    #[airbyte(default = "X-Key")]
    header: String,
    /// Sent in a header with every request
    tenant: Option<String>,
    /// The status that means that the data is not ready
    not_yet: Option<u16>,
}

#[airbyte_stream(crate = ::renamed_sdk, name = "items")]
struct Item {
    id: u64,
}

#[airbyte_stream(crate = ::renamed_sdk, name = "more")]
struct More {
    id: u64,
}

#[airbyte_stream(crate = ::renamed_sdk, name = "threads")]
struct Thread {
    id: u64,
}

#[airbyte_stream(crate = ::renamed_sdk, name = "elsewhere")]
struct Elsewhere {
    id: u64,
}

#[airbyte_stream(crate = ::renamed_sdk, name = "linked")]
struct Linked {
    id: u64,
}

#[derive(Deserialize)]
#[airbyte(crate = ::renamed_sdk)]
struct Page {
    id: u64,
    next: Option<String>,
}

#[airbyte_source(crate = ::renamed_sdk, concurrency = 1)]
impl Config {
    fn items(&self, out: &mut Emitter<Item>) -> Result<()> {
        let next = Pagination::next_url(|page: &Page| page.next.clone());
        for page in self.http(&out.http()).get("/items").pages(next) {
            out.emit(Item { id: page?.id })?;
        }
        Ok(())
    }

    fn more(&self, out: &mut Emitter<More>) -> Result<()> {
        let page: Page = self.http(&out.http()).post("/more").json()?;
        out.emit(More { id: page.id })
    }

    /// Sends one request, then eight in parallel.
    fn threads(&self, out: &mut Emitter<Thread>) -> Result<()> {
        let http = self.http(&out.http());
        http.get("/first").send()?;
        let pages = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| http.get("/items").json::<Page>())).collect();
            let joined = threads.into_iter().map(|thread| thread.join());
            joined
                .map(|page| page.unwrap_or_else(|_| Err(Error::system("a thread panicked"))))
                .collect::<Vec<_>>()
        });
        pages.into_iter().try_for_each(|page| out.emit(Thread { id: page?.id }))
    }

    /// Requests a URL of another API.
    fn elsewhere(&self, out: &mut Emitter<Elsewhere>) -> Result<()> {
        let page: Page = self.http(&out.http()).get(format!("{}/file", self.other_url)).json()?;
        out.emit(Elsewhere { id: page.id })
    }

    /// Follows `Link` headers.
    fn linked(&self, out: &mut Emitter<Linked>) -> Result<()> {
        let elements = self.http(&out.http()).get("/items").elements::<Page>("");
        for element in elements.paginate(Pagination::link_header()) {
            out.emit(Linked { id: element?.id })?;
        }
        Ok(())
    }

    fn check(&self, http: &Http) -> Result<()> {
        self.http(http).get("/items").send().map(drop)
    }

    fn http(&self, http: &Http) -> Http {
        let or_none = |secret: &Option<Secret>| secret.clone().unwrap_or_else(|| "".into());
        let (key, client_secret) = (or_none(&self.api_key), or_none(&self.client_secret));
        let token_url = format!("{}/token", self.api_url);
        let in_header =
            |oauth2: OAuth2| if self.client_in_header { oauth2.client_in_header() } else { oauth2 };
        let auth = match self.method.as_str() {
            "bearer" => Auth::bearer(&key),
            "header" => Auth::api_key_header(&self.header, &key),
            "query" => Auth::api_key_query("key", &key),
            "basic" => Auth::basic(&self.user, &key),
            "client" => {
                let oauth2 = OAuth2::client_credentials(token_url, "client 1", &client_secret);
                in_header(oauth2.scope("read").scope("list").parameter("audience", "a&b")).into()
            }
            _ => {
                let refresh_token = or_none(&self.refresh_token);
                let oauth2 = OAuth2::refresh_token(token_url, "client 1", &refresh_token);
                let oauth2 = in_header(oauth2.client_secret(&client_secret));
                self.rotates.as_ref().map_or(oauth2.clone(), |path| oauth2.rotates(path)).into()
            }
        };
        let http = http.base_url(&self.api_url).auth(auth);
        let http = self.tenant.as_ref().map_or(http.clone(), |tenant| http.header("X-Tenant", tenant));
        let not_yet = self.not_yet;
        http.map_error_response(move |response| {
            (Some(response.status()) == not_yet).then(|| Error::transient("not ready yet"))
        })
    }
}
