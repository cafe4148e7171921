//! `rate_limit(5 / minute, config.requests / day)`, or the name of a function that finds the limits in the configuration.

use crate::attribute_values::RATE_UNIT;
use crate::attributes::Attributes;
use crate::errors::Errors;
use syn::{BinOp, Expr, ExprBinary, ExprLit, ExprPath, Ident, Lit};

pub(in crate::source) enum RateLimits {
    /// A function that finds them.
    Function(Expr),
    List(Vec<RateLimit>),
}

pub(in crate::source) struct RateLimit {
    /// A number, or a field of the configuration; 0 in there is no limit.
    pub(in crate::source) requests: Expr,
    pub(in crate::source) unit: Ident,
}

impl RateLimits {
    pub(super) fn read(attributes: &mut Attributes, errors: &mut Errors) -> Option<Self> {
        let (_, mut list) = attributes.list("rate_limit", errors)?;
        if let [Expr::Path(_)] = &list[..] {
            return list.pop().map(Self::Function);
        }
        Some(Self::List(list.into_iter().filter_map(|limit| RateLimit::read(limit, errors)).collect()))
    }
}

impl RateLimit {
    /// `5 / minute`.
    fn read(limit: Expr, errors: &mut Errors) -> Option<Self> {
        const RIGHT: &str = "a limit is a number of requests and a time unit, as in `5 / minute` or `config.requests / minute`, or one function that finds the limits";
        if let Expr::Binary(ExprBinary { left, op: BinOp::Div(_), right, .. }) = &limit
            && let Expr::Path(ExprPath { path, .. }) = &**right
            && let Some(unit) = path.get_ident()
        {
            RATE_UNIT.find(&unit.to_string(), unit, errors)?;
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
            return Some(Self { requests: (**left).clone(), unit: unit.clone() });
        }
        errors.at(&limit, RIGHT);
        None
    }
}
