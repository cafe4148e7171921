//! Reads `#[partitions(list, groups_of = 50, key = "…")]` on a fetch method: the method that lists the partitions of its stream,
//! how many of them one call reads, and the key of a partition in states of the Python CDK.

use super::{methods, signature};
use crate::attributes::{Attributes, as_text};
use crate::errors::{Errors, hint, nearest};
use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Expr, ExprLit, Ident, ImplItemFn, Lit, LitStr, Meta, Token};

const NAME: &str = "partitions";

/// Attributes of the compiler with similar names.
const OTHERS: &[&str] = &["path", "test"];

pub(super) struct Partitions<'a> {
    /// The method that lists them.
    pub(super) list: &'a ImplItemFn,
    pub(super) key: Option<LitStr>,
    /// Whether one call reads several partitions, and how many, if that is valid.
    pub(super) is_grouped: bool,
    pub(super) group_size: Option<Expr>,
}

/// `method`, or `method, groups_of = 50, key = "…"`.
pub(super) struct Arguments {
    pub(super) method: Ident,
    pub(super) attributes: TokenStream,
}

impl Parse for Arguments {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let method = input.parse()?;
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
        Ok(Self { method, attributes: input.parse()? })
    }
}

/// Returns the method that lists the partitions. `None` if the method has no such attribute, `Some(None)` if it has one that was
/// reported.
pub(super) fn read<'a>(
    method: &ImplItemFn,
    methods: &[&'a ImplItemFn],
    errors: &mut Errors,
) -> Option<Option<Partitions<'a>>> {
    let mut attributes = method.attrs.iter().filter(|attribute| is_partitions(attribute));
    let attribute = attributes.next()?;
    if let Some(second) = attributes.next() {
        errors.at(second, "duplicate attribute `partitions`: one method lists the partitions");
    }
    let arguments = match &attribute.meta {
        Meta::List(list) => list.parse_args::<Arguments>().ok(),
        _ => None,
    };
    let (name, attributes) = arguments.map(|given| (given.method, given.attributes)).unzip();
    if !attribute.path().is_ident(NAME) {
        let (given, list) =
            (as_text(attribute.path()), name.map_or_else(|| suggested(methods), |name| name.to_string()));
        errors.at(
            attribute.path(),
            format!("unknown attribute `{given}`, did you mean `#[partitions({list})]`?"),
        );
        return Some(None);
    }
    let Some(name) = name else {
        let list = suggested(methods);
        errors.at(
            attribute,
            format!("expected the name of the method that lists the partitions: `#[partitions({list})]`"),
        );
        return Some(None);
    };
    let mut attributes = Attributes::parse(attributes.unwrap_or_default(), &["key", "groups_of"], errors);
    let key = attributes.text("key", errors);
    let is_grouped = attributes.mention("groups_of");
    let group_size = read_group_size(&mut attributes, errors);
    let Some(list) = methods.iter().find(|other| other.sig.ident == name) else {
        let names: Vec<String> = methods
            .iter()
            .filter(|other| !signature::is_fetch(&other.sig))
            .map(|other| other.sig.ident.unraw().to_string())
            .collect();
        let hint = match names.is_empty() {
            true => format!(": add `fn {name}(&self, http: &Http) -> Result<Vec<Partition>>`"),
            false => hint(&name.unraw().to_string(), names.iter().map(String::as_str)),
        };
        errors.at(&name, format!("there is no method `{name}` in this block{hint}"));
        return Some(None);
    };
    methods::read_list(&list.sig, errors);
    Some(Some(Partitions { list, key, is_grouped, group_size }))
}

/// Reads `groups_of = 50` or `groups_of = MAX_IDS`.
pub(super) fn read_group_size(attributes: &mut Attributes, errors: &mut Errors) -> Option<Expr> {
    let size = attributes.expr("groups_of", errors)?;
    match &size {
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => match number.base10_parse::<u32>() {
            Ok(1..) => Some(size),
            Ok(0) => {
                errors.at(number, "a group must have at least one partition");
                None
            }
            Err(_) => {
                errors.at(number, "expected how many partitions the API accepts in one request, such as 50");
                None
            }
        },
        Expr::Path(_) => Some(size),
        other => {
            errors.at(other, "expected a number or a constant: `groups_of = 50` or `groups_of = MAX_IDS`");
            None
        }
    }
}

/// Reports a key that no state can have. `is_incremental` is whether the stream has positions.
pub(super) fn check_key(key: &LitStr, is_incremental: bool, errors: &mut Errors) {
    const EXAMPLE: &str = "expected the key of a partition in states of the Python CDK, such as `campaign_id` in `{\"campaign_id\": 7, \"parent_slice\": {}}`";
    if key.value().trim().is_empty() || key.value() == "parent_slice" {
        errors.at(key, EXAMPLE);
    } else if !is_incremental {
        errors.at(key, "the key of a partition in states needs an incremental stream: add the argument `since`, or remove the key");
    }
}

/// Returns the only method that could list partitions.
pub(super) fn only_list(methods: &[&ImplItemFn]) -> Option<String> {
    let mut lists = methods.iter().filter(|method| methods::is_list(&method.sig));
    lists.next().filter(|_| lists.next().is_none()).map(|list| list.sig.ident.to_string())
}

fn suggested(methods: &[&ImplItemFn]) -> String {
    only_list(methods).unwrap_or_else(|| "list".to_owned())
}

/// Returns the attribute, if there is one among these.
pub(super) fn find(attributes: &[Attribute]) -> Option<&Attribute> {
    attributes.iter().find(|attribute| is_partitions(attribute))
}

/// Returns whether the attribute is `partitions` or a likely misspelling, which the compiler would report as unknown.
pub(in crate::source) fn is_partitions(attribute: &Attribute) -> bool {
    attribute.path().get_ident().is_some_and(|name| {
        let name = name.unraw().to_string();
        !OTHERS.contains(&name.as_str()) && nearest(&name, [NAME]).is_some()
    })
}
