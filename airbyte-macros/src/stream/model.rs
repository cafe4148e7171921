//! What the author wrote about a stream: typed and checked against the struct's fields.

use crate::attr::{Words, as_text, field_name};
use crate::errors::{Errors, hint};
use crate::{frame, keys};
use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::punctuated::Punctuated;
use syn::{Attribute, Data, DeriveInput, Expr, Fields, Ident, LitStr, Path, Token, Type};

pub(super) struct Model {
    pub(super) sdk: Path,
    pub(super) name: String,
    pub(super) namespace: Option<LitStr>,
    /// The fields as the record writes them.
    pub(super) primary_key: Vec<String>,
    pub(super) cursor: Option<Cursor>,
    pub(super) ascending: bool,
    /// The function that reads states of an older form.
    pub(super) older_state: Option<Expr>,
}

pub(super) struct Cursor {
    pub(super) field: Ident,
    pub(super) ty: Type,
    /// The field as the record writes it.
    pub(super) name: String,
}

impl Model {
    /// What cannot be read stays empty, and is in `errors`.
    pub(super) fn read(tokens: TokenStream, item: &DeriveInput, errors: &mut Errors) -> Self {
        let mut words = Words::parse(tokens, keys::STREAM, errors);
        let sdk = frame::sdk(&mut words, errors);
        let fields = Columns::of(item, errors);
        let (has_name, has_cursor) = (words.mention("name"), words.mention("cursor"));
        let name = match words.text("name", errors) {
            Some(name) => {
                if name.value().trim().is_empty() {
                    errors.at(&name, "the stream's name is empty");
                }
                name.value()
            }
            None => {
                let suggestion = snake_case(&item.ident.unraw().to_string());
                if !has_name {
                    let message = format!(
                        "the stream has no name: write `#[airbyte_stream(name = \"{suggestion}\", …)]`"
                    );
                    errors.at(&item.ident, message);
                }
                suggestion
            }
        };
        let mut primary_key: Vec<String> = Vec::new();
        for part in words.list("primary_key", errors).map(|(_, list)| list).unwrap_or_default() {
            let Some(column) = fields.find(&part, errors) else {
                continue;
            };
            if primary_key.contains(&column.name) {
                errors.at(&part, format!("`{}` is in the key twice", as_text(&part)));
            }
            primary_key.push(column.name.clone());
        }
        let cursor = words.expr("cursor", errors);
        let order = words.expr("order", errors);
        if let (false, Some(order)) = (has_cursor, &order) {
            errors.at(order, "`order` says how the cursor grows, and there is no `cursor = …`");
        }
        let older_state = words.expr("older_state", errors);
        if let (false, Some(function)) = (has_cursor, &older_state) {
            errors.at(function, "`older_state` finds the cursor in a state, and there is no `cursor = …`");
        }
        let generic = !item.generics.params.is_empty();
        let cursor = cursor.and_then(|field| {
            let column = fields.find(&field, errors)?;
            if let Some(word) = &column.custom {
                errors.at(
                    word,
                    "the cursor field is written as its type writes it: a state is read back that way",
                );
            }
            // Generics are a mistake already; the type of the cursor would add one.
            (!generic).then(|| Cursor {
                field: column.ident.clone(),
                ty: column.ty.clone(),
                name: column.name.clone(),
            })
        });
        let ascending = order.is_some_and(|order| is_ascending(&order, errors));
        check_attributes(item, errors);
        Self {
            sdk,
            name,
            namespace: words.text("namespace", errors),
            primary_key,
            cursor,
            ascending,
            older_state,
        }
    }
}

fn is_ascending(order: &Expr, errors: &mut Errors) -> bool {
    let word = as_text(order);
    if !keys::ORDERS.contains(&word.as_str()) {
        errors.at(
            order,
            format!("unknown order `{word}`: records come with a growing cursor (`ascending`) or in any order (`unordered`, which is the same as no word)"),
        );
    }
    word == "ascending"
}

/// What the macro brings itself, and what it cannot follow yet.
fn check_attributes(item: &DeriveInput, errors: &mut Errors) {
    for attribute in item.attrs.iter().filter(|attribute| attribute.path().is_ident("derive")) {
        for path in derives(attribute).iter().filter(|path| is_ours(path)) {
            let name = path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
            errors.at(path, format!("`#[airbyte_stream]` derives `{name}` already; remove this one"));
        }
    }
    let fields = match &item.data {
        Data::Struct(data) => data.fields.iter().flat_map(|field| &field.attrs).collect(),
        _ => Vec::new(),
    };
    for attribute in item.attrs.iter().chain(fields).filter(|attribute| attribute.path().is_ident("airbyte"))
    {
        errors.at(
            attribute.path(),
            "a record has no `#[airbyte(…)]`: its doc comments are its descriptions, and `#[serde(rename = \"…\")]` renames a field",
        );
    }
    for attribute in item.attrs.iter().filter(|attribute| attribute.path().is_ident("serde")) {
        errors.at(
            attribute,
            "`serde` attributes on the whole record are not followed; rename fields one by one",
        );
    }
    if !item.generics.params.is_empty() {
        errors.at(&item.generics, "a record has no generics: its schema is one");
    }
}

/// What a `#[derive(…)]` names. One that cannot be parsed is the compiler's to report.
pub(super) fn derives(attribute: &Attribute) -> Vec<Path> {
    let paths = attribute.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated);
    paths.map(|paths| paths.into_iter().collect()).unwrap_or_default()
}

/// Whether the macro writes this derive.
pub(super) fn is_ours(derive: &Path) -> bool {
    let last = derive.segments.last();
    last.is_some_and(|segment| segment.ident == "Serialize" || segment.ident == "JsonSchema")
}

/// The fields of the record.
struct Columns<'a> {
    record: &'a Ident,
    columns: Vec<Column<'a>>,
}

struct Column<'a> {
    ident: &'a Ident,
    ty: &'a Type,
    /// As the record writes it.
    name: String,
    /// The word by which it is written in another way than its type says.
    custom: Option<Path>,
}

impl<'a> Columns<'a> {
    fn of(item: &'a DeriveInput, errors: &mut Errors) -> Self {
        let mut columns = Vec::new();
        match &item.data {
            Data::Struct(data) => match &data.fields {
                Fields::Named(fields) if !fields.named.is_empty() => {
                    for field in &fields.named {
                        let Some(ident) = &field.ident else { continue };
                        let (renamed, custom) = serde_words(&field.attrs);
                        let name = renamed.unwrap_or_else(|| ident.unraw().to_string());
                        columns.push(Column { ident, ty: &field.ty, name, custom });
                    }
                }
                _ => errors.at(
                    &item.ident,
                    "a record is a struct with named fields, at least one: they are the columns",
                ),
            },
            Data::Enum(_) | Data::Union(_) => {
                errors.at(&item.ident, "a record is a struct with named fields")
            }
        }
        Self { record: &item.ident, columns }
    }

    fn find(&self, field: &Expr, errors: &mut Errors) -> Option<&Column<'a>> {
        let name = field_name(field, errors)?;
        let found = self.columns.iter().find(|column| *column.ident == name);
        if found.is_none() && !self.columns.is_empty() {
            let names: Vec<String> =
                self.columns.iter().map(|column| column.ident.unraw().to_string()).collect();
            let given = name.unraw().to_string();
            let hint = hint(&given, names.iter().map(String::as_str));
            errors.at(&name, format!("`{}` has no field `{given}`{hint}", self.record));
        }
        found
    }
}

/// The name in `#[serde(rename = "…")]`, and the word that says how else the field is written.
fn serde_words(attributes: &[Attribute]) -> (Option<String>, Option<Path>) {
    let (mut name, mut custom) = (None, None);
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("serde")) {
        // What else is in there is serde's to judge.
        let _ = attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("rename") {
                name = Some(meta.value()?.parse::<LitStr>()?.value());
            } else if meta.input.peek(syn::Token![=]) {
                if ["with", "serialize_with", "into"].iter().any(|word| meta.path.is_ident(word)) {
                    custom = Some(meta.path.clone());
                }
                meta.value()?.parse::<Expr>()?;
            }
            Ok(())
        });
    }
    (name, custom)
}

fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for (at, letter) in name.char_indices() {
        if letter.is_uppercase() && at > 0 {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}
