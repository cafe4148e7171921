//! `rate_limit(5 / minute, config.requests / day)`, or the name of a function that finds the limits in the configuration.

use crate::attribute_values::RATE_UNIT;
use crate::attributes::Words;
use crate::errors::Errors;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{BinOp, Expr, ExprBinary, ExprLit, ExprPath, Lit};

/// What the builder's `rate_limits` is given.
pub(super) fn read(words: &mut Words, errors: &mut Errors) -> Option<TokenStream> {
    let (_, list) = words.list("rate_limit", errors)?;
    if let [function @ Expr::Path(_)] = &list[..] {
        return Some(function.to_token_stream());
    }
    let limits: Vec<TokenStream> = list.iter().filter_map(|limit| one(limit, errors)).collect();
    // The author's own name for the configuration, in an expression of the author's.
    let config = Ident::new("config", Span::call_site());
    Some(quote!(|#config| __airbyte::limits([#(#limits),*])))
}

/// `5 / minute`, or a field of the configuration in place of the number; 0 in there is no limit.
fn one(limit: &Expr, errors: &mut Errors) -> Option<TokenStream> {
    const RIGHT: &str = "a limit is a number of requests and a stretch of time, as in `5 / minute` or `config.requests / minute`, or one function that finds the limits";
    if let Expr::Binary(ExprBinary { left, op: BinOp::Div(_), right, .. }) = limit
        && let Expr::Path(ExprPath { path, .. }) = &**right
        && let Some(unit) = path.get_ident()
    {
        let name = RATE_UNIT.find(&unit.to_string(), unit, errors)?;
        match &**left {
            Expr::Lit(ExprLit { lit: Lit::Int(requests), .. }) => {
                if requests.base10_parse::<u32>().is_ok_and(|requests| requests == 0) {
                    errors.at(requests, "this would allow no request at all");
                    return None;
                }
            }
            Expr::Field(_) => {}
            other => {
                errors.at(other, RIGHT);
                return None;
            }
        }
        let method = format_ident!("per_{name}", span = unit.span());
        return Some(
            quote_spanned!(left.span()=> (#left, __airbyte::RateLimit::#method as fn(u32) -> __airbyte::RateLimit)),
        );
    }
    errors.at(limit, RIGHT);
    None
}
