//! What the author wrote about a configuration: typed and checked, each value with its span.

use super::check::check;
use crate::attr::Words;
use crate::errors::Errors;
use crate::{doc, frame, keys};
use syn::ext::IdentExt;
use syn::{Data, DeriveInput, Expr, ExprAssign, ExprLit, Fields, Ident, Lit, LitStr, Path, Type};

pub(super) struct Model {
    pub(super) ident: Ident,
    pub(super) title: String,
    pub(super) description: Option<String>,
    pub(super) documentation_url: Option<LitStr>,
    pub(super) groups: Groups,
    pub(super) fields: Vec<Field>,
}

/// The groups of fields: id and title.
pub(super) enum Groups {
    Known(Vec<(String, LitStr)>),
    /// There is a mistake in them, so nothing can be said of a field's group.
    Garbled,
}

pub(super) struct Field {
    pub(super) ident: Ident,
    pub(super) name: String,
    pub(super) ty: Type,
    pub(super) title: String,
    pub(super) description: Option<String>,
    pub(super) examples: Vec<Expr>,
    pub(super) default: Option<Expr>,
    /// Also true if what was written cannot be read.
    pub(super) has_default: bool,
    pub(super) pattern: Option<LitStr>,
    pub(super) has_pattern: bool,
    pub(super) pattern_descriptor: Option<LitStr>,
    pub(super) min: Option<Expr>,
    pub(super) max: Option<Expr>,
    pub(super) hidden: Option<Ident>,
    pub(super) multiline: Option<Ident>,
    pub(super) always_show: Option<Ident>,
    pub(super) group: Option<LitStr>,
    /// The author's word that a name which sounds like a credential is none.
    pub(super) not_secret: Option<Ident>,
}

impl Model {
    /// The path to the SDK comes back even if the rest is beyond reading.
    pub(super) fn read(item: &DeriveInput, errors: &mut Errors) -> (Option<Self>, Path) {
        let mut words = Words::of(&item.attrs, keys::SPEC, errors);
        let sdk = frame::sdk(&mut words, errors);
        let text = |text: LitStr| text.value();
        let groups = Groups::read(&mut words, errors);
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

impl Groups {
    fn read(words: &mut Words, errors: &mut Errors) -> Self {
        let mentioned = words.mention("groups");
        let Some((_, list)) = words.list("groups", errors) else {
            return if mentioned { Self::Garbled } else { Self::Known(Vec::new()) };
        };
        let mut groups: Vec<(String, LitStr)> = Vec::new();
        let mut garbled = false;
        for group in &list {
            match read_group(group, errors) {
                Some((id, _)) if groups.iter().any(|(other, _)| *other == id) => {
                    errors.at(group, format!("the group `{id}` is declared twice"));
                }
                Some(group) => groups.push(group),
                None => garbled = true,
            }
        }
        if garbled { Self::Garbled } else { Self::Known(groups) }
    }

    pub(super) fn known(&self) -> Option<&[(String, LitStr)]> {
        match self {
            Self::Known(groups) => Some(groups),
            Self::Garbled => None,
        }
    }
}

/// `id = "Title"`.
fn read_group(group: &Expr, errors: &mut Errors) -> Option<(String, LitStr)> {
    if let Expr::Assign(ExprAssign { left, right, .. }) = group
        && let (Expr::Path(id), Expr::Lit(ExprLit { lit: Lit::Str(title), .. })) = (&**left, &**right)
        && let Some(id) = id.path.get_ident()
    {
        return Some((id.unraw().to_string(), title.clone()));
    }
    errors.at(group, "a group is its id and its title: `groups(login = \"Login\")`");
    None
}

impl Field {
    fn read(field: &syn::Field, groups: &Groups, errors: &mut Errors) -> Option<Self> {
        let ident = field.ident.clone()?;
        let name = ident.unraw().to_string();
        let mut words = Words::of(&field.attrs, keys::FIELD, errors);
        let text = |text: LitStr| text.value();
        let (has_default, has_pattern) = (words.mention("default"), words.mention("pattern"));
        let read = Self {
            title: words.text("title", errors).map(text).unwrap_or_else(|| doc::title(&name)),
            description: words.text("description", errors).map(text).or_else(|| doc::comment(&field.attrs)),
            examples: words.list("examples", errors).map(|(_, list)| list).unwrap_or_default(),
            default: words.expr("default", errors),
            has_default,
            pattern: words.text("pattern", errors),
            has_pattern,
            pattern_descriptor: words.text("pattern_descriptor", errors),
            min: words.expr("min", errors),
            max: words.expr("max", errors),
            hidden: words.flag("hidden", errors),
            multiline: words.flag("multiline", errors),
            always_show: words.flag("always_show", errors),
            group: words.text("group", errors),
            not_secret: words.flag("not_secret", errors),
            ty: field.ty.clone(),
            ident,
            name,
        };
        check(&read, groups, errors);
        Some(read)
    }
}
