//! Reads `rate_limit(5 / minute, config.requests / day)`, or `rate_limit = function`.

use crate::attribute_values::RATE_UNIT;
use crate::attributes::Attributes;
use crate::errors::Errors;
use syn::{BinOp, Expr, ExprBinary, ExprLit, ExprPath, Ident, Lit};

pub(in crate::source) enum RateLimits {
    /// A function from the configuration to the limits.
    Function(Expr),
    List(Vec<RateLimit>),
}

pub(in crate::source) struct RateLimit {
    /// A number, or a field of the configuration, where 0 means no limit.
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
        const EXPECTED: &str = "expected a number of requests and a time unit, such as `5 / minute` or `config.requests / minute`";
        if let Expr::Binary(ExprBinary { left, op: BinOp::Div(_), right, .. }) = &limit
            && let Expr::Path(ExprPath { path, .. }) = &**right
            && let Some(unit) = path.get_ident()
        {
            RATE_UNIT.find(&unit.to_string(), unit, errors)?;
            match &**left {
                Expr::Lit(ExprLit { lit: Lit::Int(requests), .. }) => {
                    if requests.base10_parse::<u32>().is_ok_and(|requests| requests == 0) {
                        errors.at(requests, "a limit of 0 would allow no requests: remove the limit, or use a positive number");
                        return None;
                    }
                }
                Expr::Field(_) => {}
                other => {
                    errors.at(other, EXPECTED);
                    return None;
                }
            }
            return Some(Self { requests: (**left).clone(), unit: unit.clone() });
        }
        errors.at(&limit, EXPECTED);
        None
    }
}
