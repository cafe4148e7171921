//! Partitions that are combinations of others.

use std::fmt::{self, Display};

/// A partition that consists of two or three parts: an account and a month.
///
/// A tuple has no `Display`, so a partition cannot be one. The name of a product in the state is a JSON array of the names of
/// its parts, `["acme","2026-01-01"]`, so it is unambiguous whatever the parts contain.
///
/// ```no_run
/// use airbyte_sdk::{AirbyteSpec, Date, Deserialize, Emitter, Http, Result, airbyte_source, airbyte_stream, stream::Product};
///
/// #[derive(AirbyteSpec)]
/// struct Config {
///     accounts: Vec<String>,
///     regions: Vec<String>,
/// }
///
/// #[airbyte_stream(name = "sales", cursor = day)]
/// #[derive(Deserialize)]
/// struct Sale {
///     day: Date,
/// }
///
/// #[airbyte_source]
/// impl Config {
///     fn reports(&self, _http: &Http) -> Result<Vec<Product<(String, String)>>> {
///         Ok(Product::pairs(self.accounts.clone(), self.regions.clone()))
///     }
///
///     #[partitions(reports)]
///     fn sales(
///         &self,
///         Product((account, region)): &Product<(String, String)>,
///         since: Option<Date>,
///         out: &mut Emitter<Sale>,
///     ) -> Result<()> {
///         let sales = out.http().get(format!("https://shop.example/{account}/sales")).query("region", region);
///         out.try_extend(sales.query("from", since.unwrap_or(Date::MIN)).elements("sales"))
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Product<T>(pub T);

impl<A: Clone, B: Clone> Product<(A, B)> {
    /// Returns all combinations, those with the first `a` first.
    pub fn pairs(a: impl IntoIterator<Item = A>, b: impl IntoIterator<Item = B>) -> Vec<Self> {
        let b: Vec<B> = b.into_iter().collect();
        let with_all = |a: A| b.iter().map(move |b| Self((a.clone(), b.clone())));
        a.into_iter().flat_map(with_all).collect()
    }
}

impl<A: Clone, B: Clone, C: Clone> Product<(A, B, C)> {
    /// Returns all combinations, those with the first `a` and the first `b` first.
    pub fn triples(
        a: impl IntoIterator<Item = A>,
        b: impl IntoIterator<Item = B>,
        c: impl IntoIterator<Item = C>,
    ) -> Vec<Self> {
        let c: Vec<C> = c.into_iter().collect();
        let with_all =
            |Product((a, b)): Product<(A, B)>| c.iter().map(move |c| Self((a.clone(), b.clone(), c.clone())));
        Product::pairs(a, b).into_iter().flat_map(with_all).collect()
    }
}

impl<A: Display, B: Display> Display for Product<(A, B)> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self((a, b)) = self;
        write_names(f, [a.to_string(), b.to_string()])
    }
}

impl<A: Display, B: Display, C: Display> Display for Product<(A, B, C)> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self((a, b, c)) = self;
        write_names(f, [a.to_string(), b.to_string(), c.to_string()])
    }
}

fn write_names<const N: usize>(f: &mut fmt::Formatter<'_>, names: [String; N]) -> fmt::Result {
    f.write_str(&serde_json::Value::from(names.to_vec()).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn name_is_a_json_array_of_the_names_of_the_parts() {
        let name = Product(("a/b", 7)).to_string();
        assert_eq!(name, r#"["a/b","7"]"#);
        assert_eq!(Product(("a", "b", "c")).to_string(), r#"["a","b","c"]"#);
    }

    #[test]
    fn pairs_and_triples_are_all_combinations_in_order() {
        let pairs: Vec<_> =
            Product::pairs(["a", "b"], [1, 2]).into_iter().map(|Product(pair)| pair).collect();
        assert_eq!(pairs, [("a", 1), ("a", 2), ("b", 1), ("b", 2)]);
        let triples = Product::triples(["a", "b"], [1, 2], [true, false]);
        assert_eq!(
            (triples.len(), triples[1], triples[6]),
            (8, Product(("a", 1, false)), Product(("b", 2, true)))
        );
        assert_eq!(Product::<(u8, u8)>::pairs([], [1]), []);
    }

    proptest! {
        #[test]
        fn different_products_have_different_names(one: (String, String), other: (String, String)) {
            prop_assert_eq!(one == other, Product(one.clone()).to_string() == Product(other).to_string());
            let moved = (format!("{}\",\"{}", one.0, one.1), String::new());
            prop_assert_ne!(Product(one).to_string(), Product(moved).to_string());
        }
    }
}
