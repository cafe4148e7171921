use super::check;
use crate::source;
use quote::quote;
use syn::parse_quote;

#[test]
fn source_of_a_function_with_a_check() {
    let item = parse_quote! {
        fn fetch(config: &Config, since: Option<Date>, out: &mut Emitter<Day>) -> Result<()> {
            out.emit(Day { day: since.unwrap_or(config.start_date) })
        }
    };
    check("source/function_with_check", source::attribute(quote!(check = try_it), item, None));
}

#[test]
fn source_of_an_impl() {
    let item = parse_quote! {
        impl Config {
            fn days(&self, since: Option<Date>, out: &mut Emitter<Day>) -> Result<()> {
                out.emit(Day { day: since.unwrap_or(self.start_date) })
            }

            fn cities(&self) -> Result<impl Iterator<Item = Result<City>>> {
                Ok(self.names()?.into_iter().map(|name| Ok(City { name })))
            }

            fn check(&self, http: &Http) -> Result<()> {
                self.names().map(drop)
            }

            fn names(&self) -> Result<Vec<String>> {
                Ok(Vec::new())
            }
        }
    };
    check("source/impl_with_check", source::attribute(quote!(), item, None));
}

#[test]
fn source_with_windows() {
    let item = parse_quote! {
        impl Config {
            fn monthly(&self, since: Option<Date>, out: &mut Emitter<Day>) -> Result<Steps<Date>> {
                out.windows(since, self.start_date).steps(1.month())
            }

            #[windows(monthly)]
            fn days(&self, window: &Window<Date>, out: &mut Emitter<Day>) -> Result<()> {
                Ok(())
            }
        }
    };
    check("source/impl_with_windows", source::attribute(quote!(), item, None));
}

#[test]
fn source_of_a_function_with_windows() {
    let item = parse_quote! {
        fn days(config: &Config, window: &Window<Date>) -> Result<impl Iterator<Item = Result<Day>>> {
            Ok(std::iter::empty())
        }
    };
    check("source/function_with_windows", source::attribute(quote!(windows = dates::monthly), item, None));
}

#[test]
fn source_with_partitions() {
    let item = parse_quote! {
        impl Config {
            fn cities(&self, http: &Http) -> Result<Vec<String>> {
                Ok(self.cities.clone())
            }

            #[partitions(cities, key = "city_id")]
            fn days(&self, city: &str, since: Option<Date>, out: &mut Emitter<Day>) -> Result<()> {
                Ok(())
            }

            #[partitions(cities)]
            fn streets(&self, city: &str) -> Result<impl Iterator<Item = Result<Street>>> {
                Ok(std::iter::empty())
            }
        }
    };
    let attributes = quote!(concurrency = config.workers, one_at_a_time(days, streets));
    check("source/impl_with_partitions", source::attribute(attributes, item, None));
}

#[test]
fn source_with_groups_of_partitions() {
    let item = parse_quote! {
        impl Config {
            fn ids(&self, http: &Http) -> Result<Vec<AdId>> {
                Ok(self.ids.clone())
            }

            #[partitions(ids, groups_of = 50)]
            fn ads(&self, ids: &[AdId], since: Option<Timestamp>, out: &mut Emitter<Ad>) -> Result<()> {
                Ok(())
            }

            #[partitions(ids, groups_of = api::MAX_IDS)]
            fn images(&self, ids: &[AdId]) -> Result<impl Iterator<Item = Result<Image>>> {
                Ok(std::iter::empty())
            }
        }
    };
    check("source/impl_with_groups", source::attribute(quote!(), item, None));
}

#[test]
fn source_of_a_function_with_partitions() {
    let item = parse_quote! {
        fn fetch(config: &Config, city: &str, since: Option<Date>, out: &mut Emitter<Day>) -> Result<()> {
            Ok(())
        }
    };
    let attributes = quote!(partitions = cities, partition_key = "city_id");
    check("source/function_with_partitions", source::attribute(attributes, item, None));
}

#[test]
fn source_with_children() {
    let item = parse_quote! {
        impl Config {
            fn cities(&self, out: &mut Emitter<City>) -> Result<()> {
                Ok(())
            }

            #[children_of(cities)]
            fn days(&self, city: &City, since: Option<Date>, out: &mut Emitter<Day>) -> Result<()> {
                Ok(())
            }

            #[children_of(days, changed)]
            fn hours(&self, day: &Day, since: Option<i64>, out: &mut Emitter<Hour>) -> Result<()> {
                Ok(())
            }

            #[children_of(cities)]
            fn streets(&self, city: &City) -> Result<impl Iterator<Item = Result<Street>>> {
                Ok(std::iter::empty())
            }
        }
    };
    check("source/impl_with_children", source::attribute(quote!(), item, None));
}

#[test]
fn source_of_a_renamed_sdk() {
    let item = parse_quote! {
        fn fetch(config: &Config, out: &mut Emitter<Day>) -> Result<()> {
            out.emit(Day { day: config.start_date })
        }
    };
    let attributes = quote!(crate = ::renamed, concurrency = 8);
    check("source/renamed_sdk", source::attribute(attributes, item, None));
}

#[test]
fn source_with_mistakes() {
    let item = parse_quote! {
        async fn main(config: &Config, out: &mut Emitter<Day>) -> Result<()> {
            out.emit(Day { day: config.start_date })
        }
    };
    check("source/mistakes", source::attribute(quote!(), item, None));
}
