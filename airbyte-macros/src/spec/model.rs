//! What the author wrote about a configuration: typed and checked, each value with its span.

use crate::attr::{Words, last_segment};
use crate::errors::{Errors, hint};
use crate::{doc, frame, keys};
use syn::ext::IdentExt;
use syn::{Data, DeriveInput, Expr, ExprAssign, ExprLit, Fields, Ident, Lit, LitStr, Path, Type};

pub(super) struct Model {
    pub(super) ident: Ident,
    pub(super) title: String,
    pub(super) description: Option<String>,
    pub(super) documentation_url: Option<LitStr>,
    pub(super) groups: Vec<(String, LitStr)>,
    pub(super) fields: Vec<Field>,
}

pub(super) struct Field {
    pub(super) ident: Ident,
    pub(super) name: String,
    pub(super) ty: Type,
    pub(super) title: String,
    pub(super) description: Option<String>,
    pub(super) examples: Vec<Expr>,
    pub(super) default: Option<Expr>,
    pub(super) pattern: Option<LitStr>,
    pub(super) pattern_descriptor: Option<LitStr>,
    pub(super) min: Option<Expr>,
    pub(super) max: Option<Expr>,
    pub(super) hidden: Option<Ident>,
    pub(super) multiline: Option<Ident>,
    pub(super) always_show: Option<Ident>,
    pub(super) group: Option<LitStr>,
}

impl Model {
    /// The path to the SDK comes back even if the rest is beyond reading.
    pub(super) fn read(item: &DeriveInput, errors: &mut Errors) -> (Option<Self>, Path) {
        let mut words = Words::of(&item.attrs, keys::SPEC, errors);
        let sdk = frame::sdk(&mut words, errors);
        let text = |text: LitStr| text.value();
        let groups = words.list("groups", errors).map(|(_, list)| list).unwrap_or_default();
        let groups: Vec<_> = groups.iter().filter_map(|group| read_group(group, errors)).collect();
        let title = words.text("title", errors).map(text).unwrap_or_else(|| connector_title(&item.ident));
        let description = words.text("description", errors).map(text).or_else(|| doc::comment(&item.attrs));
        let documentation_url = words.text("documentation_url", errors);

        if !item.generics.params.is_empty() {
            errors.at(&item.generics, "a configuration has no generics: its form is one");
        }
        let fields = match &item.data {
            Data::Struct(data) => match &data.fields {
                Fields::Named(fields) => &fields.named,
                _ => {
                    errors.at(&item.ident, "a configuration is a struct with named fields: each name is a key of the user's JSON");
                    return (None, sdk);
                }
            },
            Data::Enum(_) | Data::Union(_) => {
                errors.at(&item.ident, "a configuration is a struct with named fields");
                return (None, sdk);
            }
        };
        let fields = fields.iter().filter_map(|field| Field::read(field, &groups, errors)).collect();
        let ident = item.ident.clone();
        (Some(Self { ident, title, description, documentation_url, groups, fields }), sdk)
    }
}

/// The connector's name as a title, `source-stock-ticker-api` → "Stock Ticker API"; elsewhere that of the struct.
fn connector_title(ident: &Ident) -> String {
    let package = std::env::var("CARGO_PKG_NAME").unwrap_or_default();
    match package.strip_prefix("source-") {
        Some(name) => doc::title(&name.replace('-', "_")),
        None => doc::title(&ident.unraw().to_string()),
    }
}

/// `id = "Title"`.
fn read_group(group: &Expr, errors: &mut Errors) -> Option<(String, LitStr)> {
    if let Expr::Assign(ExprAssign { left, right, .. }) = group {
        if let (Expr::Path(id), Expr::Lit(ExprLit { lit: Lit::Str(title), .. })) = (&**left, &**right) {
            if let Some(id) = id.path.get_ident() {
                return Some((id.unraw().to_string(), title.clone()));
            }
        }
    }
    errors.at(group, "a group is its id and its title: `groups(login = \"Login\")`");
    None
}

impl Field {
    fn read(field: &syn::Field, groups: &[(String, LitStr)], errors: &mut Errors) -> Option<Self> {
        let ident = field.ident.clone()?;
        let name = ident.unraw().to_string();
        let mut words = Words::of(&field.attrs, keys::FIELD, errors);
        let text = |text: LitStr| text.value();
        let read = Self {
            title: words.text("title", errors).map(text).unwrap_or_else(|| doc::title(&name)),
            description: words.text("description", errors).map(text).or_else(|| doc::comment(&field.attrs)),
            examples: words.list("examples", errors).map(|(_, list)| list).unwrap_or_default(),
            default: words.expr("default", errors),
            pattern: words.text("pattern", errors),
            pattern_descriptor: words.text("pattern_descriptor", errors),
            min: words.expr("min", errors),
            max: words.expr("max", errors),
            hidden: words.flag("hidden", errors),
            multiline: words.flag("multiline", errors),
            always_show: words.flag("always_show", errors),
            group: words.text("group", errors),
            ty: field.ty.clone(),
            ident,
            name,
        };
        read.check(groups, errors);
        Some(read)
    }

    /// What one word asks of another, and of the type.
    fn check(&self, groups: &[(String, LitStr)], errors: &mut Errors) {
        let ty = last_segment(&self.ty).map(|segment| segment.ident.to_string()).unwrap_or_default();
        let optional = ty == "Option";
        if let Some(default) = &self.default {
            if optional {
                errors
                    .at(default, "a field with a default is never left out: remove `Option`, or the default");
            }
            if ty == "Secret" {
                errors.at(default, "a secret has no default: the spec would show it to everybody");
            }
        }
        if let (Some(words), None) = (&self.pattern_descriptor, &self.pattern) {
            errors.at(words, "`pattern_descriptor` describes a `pattern`, and there is none");
        }
        if let (Some(flag), false) = (&self.always_show, optional || self.default.is_some()) {
            errors.at(flag, "`always_show` is for optional fields; a required one is always shown");
        }
        if let Some(group) = &self.group {
            let id = group.value();
            if groups.is_empty() {
                errors.at(
                    group,
                    format!("no groups are declared; add `#[airbyte(groups({id} = \"…\"))]` to the struct"),
                );
            } else if !groups.iter().any(|(declared, _)| *declared == id) {
                let legal = hint(&id, groups.iter().map(|(id, _)| id.as_str()));
                errors.at(group, format!("there is no group `{id}`{legal}"));
            }
        }
    }
}
