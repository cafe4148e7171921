//! The input of the macro: the attributes of a stream, checked against the fields of the struct.

pub(super) mod columns;
pub(super) mod nested;
pub(super) mod serde_attributes;

use self::columns::{Columns, FieldPath, is_plain_cursor, not_a_cursor, not_a_key, not_a_way};
use self::serde_attributes::SerdeAttributes;
use crate::attribute_values::{NOT_FINITE, ON_NULL, ORDER};
use crate::attributes::{Attributes, as_text};
use crate::errors::{Errors, hint};
use crate::rename_rules::Case;
use crate::type_table::is_option;
use crate::{generated_code, unsupported_types};
use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Attribute, Data, DeriveInput, Expr, Field, Fields, Ident, LitStr, Path, Token, Type};

/// `#[airbyte_stream(…)]`.
pub(super) const ATTRIBUTES: &[&str] = &[
    "name",
    "namespace",
    "primary_key",
    "cursor",
    "on_null",
    "order",
    "older_state",
    "not_finite",
    "nested",
    "crate",
];

const OWNED: &str = "a record must own its data: remove the lifetime, and use `String` instead of `&str`";

/// `#[serde(…)]` on a whole record.
pub(super) const SERDE_OF_A_RECORD: &[&str] = &["rename_all"];

pub(super) struct Model {
    pub(super) sdk: Path,
    pub(super) name: String,
    pub(super) namespace: Option<LitStr>,
    pub(super) primary_key: Vec<Place>,
    /// A mistake is reported in place of the cursor's type, which avoids follow-up errors.
    pub(super) cursor: Result<Option<Cursor>, syn::Error>,
    pub(super) ascending: bool,
    /// The function that migrates older states.
    pub(super) older_state: Option<Expr>,
    /// Whether a non-finite number is an error.
    pub(super) not_finite_fails: bool,
}

/// A field of the record, or a nested one.
pub(super) struct Place {
    pub(super) field: Ident,
    pub(super) ty: Type,
    /// The serialized name of the field; none if it is flattened.
    pub(super) name: Option<String>,
    /// The nested fields after it.
    pub(super) rest: Vec<Ident>,
}

pub(super) struct Cursor {
    pub(super) at: Place,
    /// What happens to a record whose cursor is null; `None` if not given.
    pub(super) on_null: Option<OnNull>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum OnNull {
    Emit,
    Fail,
}

impl Model {
    /// Reads the attributes and the item. Invalid parts are reported in `errors` and left empty.
    pub(super) fn read(mut attributes: Attributes, item: &DeriveInput, errors: &mut Errors) -> Self {
        let sdk = generated_code::sdk(&mut attributes, errors);
        check_shape(item, errors);
        let fields = Columns::of(item);
        fields.check_names(errors);
        fields.check_types(errors);
        fields.check_foreign_types(attributes.peek("cursor"), errors);
        fields.check_flattened_fields(errors);
        fields.check_flattened(errors);
        let name = name(&mut attributes, item, errors);
        let namespace = attributes.text("namespace", errors);
        if let Some(namespace) = &namespace {
            let text = namespace.value();
            if text.trim().is_empty() {
                errors.at(namespace, "the namespace is empty: remove `namespace`");
            } else if text.trim() != text {
                errors.at(
                    namespace,
                    format!("the namespace begins or ends with whitespace: write `{}`", text.trim()),
                );
            }
        }
        let primary_key = primary_key(&mut attributes, &fields, errors);
        let order = attributes.expr("order", errors);
        let older_state = attributes.expr("older_state", errors);
        let not_finite = attributes.one_of("not_finite", &NOT_FINITE, errors);
        // Before `cursor` takes it out.
        let has_cursor = attributes.mention("cursor");
        let cursor = cursor(&mut attributes, &fields, !item.generics.params.is_empty(), errors);
        if !has_cursor {
            if let Some(order) = &order {
                errors.at(order, "`order` needs a `cursor = …`");
            }
            if let Some(function) = &older_state {
                errors.at(function, "`older_state` needs a `cursor = …`");
            }
        }
        let ascending = order.is_some_and(|order| ORDER.read(&order, errors) == Some("ascending"));
        let not_finite_fails = not_finite == Some("fail");
        check_attributes(item, errors);
        check_serde_attributes(item, errors);
        check_generics(item, errors);
        Self { sdk, name, namespace, primary_key, cursor, ascending, older_state, not_finite_fails }
    }
}

fn name(attributes: &mut Attributes, item: &DeriveInput, errors: &mut Errors) -> String {
    let mentioned = attributes.mention("name");
    if let Some(name) = attributes.text("name", errors) {
        let text = name.value();
        if text.trim().is_empty() {
            errors.at(&name, "the stream's name is empty");
        } else if text.trim() != text {
            errors.at(
                &name,
                format!("the stream's name begins or ends with whitespace: write `{}`", text.trim()),
            );
        }
        return name.value();
    }
    let suggestion = default_name(&item.ident.unraw().to_string());
    if !mentioned {
        let message = format!(
            "the stream has no name: write `#[airbyte_stream(name = \"{suggestion}\", …)]`, or `#[airbyte_stream(nested)]` if the type is nested in a record"
        );
        errors.at(&item.ident, message);
    }
    suggestion
}

fn primary_key(attributes: &mut Attributes, fields: &Columns<'_>, errors: &mut Errors) -> Vec<Place> {
    let mut seen: Vec<String> = Vec::new();
    let mut key = Vec::new();
    for part in attributes.list("primary_key", errors).map(|(_, list)| list).unwrap_or_default() {
        let Some(path) = fields.find(&part, errors) else {
            continue;
        };
        let text = as_text(&part).replace(' ', "");
        if seen.contains(&text) {
            errors.at(&part, format!("duplicate field `{text}` in the primary key"));
            continue;
        }
        let (own, field) = (path.rest.is_empty(), &path.column.ident);
        if let Some(why) = not_a_key(path.column.ty).filter(|_| own || is_option(path.column.ty)) {
            errors.at(&part, format!("`{field}` {why}"));
            continue;
        }
        if let (Some(why), false) = (not_a_way(path.column.ty), own) {
            errors.at(&part, format!("`{field}` {why}"));
            continue;
        }
        if let Some(attribute) = &path.column.skip_if {
            let attribute = as_text(attribute);
            errors.at(
                &part,
                format!("`{field}` may be left out because of `{attribute}`, but primary key fields must be present"),
            );
            continue;
        }
        seen.push(text);
        key.push(path.place());
    }
    key
}

fn cursor(
    attributes: &mut Attributes,
    fields: &Columns<'_>,
    generic: bool,
    errors: &mut Errors,
) -> Result<Option<Cursor>, syn::Error> {
    let (has_cursor, has_on_null) = (attributes.mention("cursor"), attributes.mention("on_null"));
    let path = attributes.expr("cursor", errors);
    let given_on_null = attributes.expr("on_null", errors);
    let on_null = given_on_null.as_ref().and_then(|value| {
        if !has_cursor {
            let message = "`on_null` needs a `cursor = …`";
            errors.at(value, message);
        }
        match ON_NULL.read(value, errors)? {
            "emit" => Some(OnNull::Emit),
            _ => Some(OnNull::Fail),
        }
    });
    let Some(path) = path else { return Ok(None) };
    let mut own = Errors::new();
    let found = fields.find(&path, &mut own);
    let (mistake, others) = own.split();
    others.into_iter().for_each(|other| errors.push(other));
    if let Some(mistake) = mistake {
        return Err(mistake);
    }
    let Some(FieldPath { column, rest }) = found else { return Ok(None) };
    let (own, ty) = (rest.is_empty(), column.ty);
    if let Some(mistake) = column.foreign_type().filter(|_| own) {
        return Err(mistake);
    }
    if let Some(why) = if own { not_a_cursor(ty) } else { not_a_way(ty) } {
        return Err(syn::Error::new_spanned(&path, format!("`{}` {why}", column.ident)));
    }
    if let Some(attribute) = &column.custom {
        errors.at(
            attribute,
            "the cursor field must not have a custom serialization: its value is read back from the state",
        );
    }
    if let (Some(value), true) = (&given_on_null, own && is_plain_cursor(ty)) {
        errors.at(
            value,
            format!("`{}` is never null: remove `on_null`, or make the type an `Option`", column.ident),
        );
    }
    if is_option(column.ty) && !has_on_null {
        let text = as_text(&path).replace(' ', "");
        errors.at(&path, format!("`{text}` may be null: add {}", ON_NULL.choices()));
    }
    let at = FieldPath { column, rest }.place();
    // Generics, and a nullable cursor without `on_null`, are reported already; the type of the cursor would add an error.
    let on_null =
        on_null.or(is_option(column.ty).then_some(OnNull::Emit)).or(has_on_null.then_some(OnNull::Emit));
    Ok((!generic).then_some(Cursor { at, on_null }))
}

impl FieldPath<'_, '_> {
    fn place(self) -> Place {
        Place {
            field: self.column.ident.clone(),
            ty: self.column.ty.clone(),
            name: self.column.segment(),
            rest: self.rest,
        }
    }
}

impl Place {
    /// Returns the span of the last name.
    pub(super) fn span(&self) -> Span {
        self.rest.last().map_or_else(|| self.ty.span(), Ident::span)
    }
}

fn check_shape(item: &DeriveInput, errors: &mut Errors) {
    match &item.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) if !fields.named.is_empty() => {}
            _ => errors.at(&item.ident, "a record is a struct with named fields, which are the columns"),
        },
        Data::Enum(_) | Data::Union(_) => errors.at(&item.ident, "a record is a struct with named fields"),
    }
}

/// A type with generics or lifetimes, and fields that borrow without saying how long.
pub(super) fn check_generics(item: &DeriveInput, errors: &mut Errors) {
    if !item.generics.params.is_empty() {
        let message = if generated_code::has_lifetimes_only(&item.generics) {
            OWNED
        } else {
            "generic types are not supported in a record: a stream has exactly one schema"
        };
        return errors.at(&item.generics, message);
    }
    for field in fields(&item.data) {
        if let Some(reference) = unsupported_types::elided_reference(&field.ty) {
            errors.at(reference, OWNED);
        }
    }
}

/// Reports derives that the macro adds itself, and attributes by which the schema would differ from what is written.
pub(super) fn check_attributes(item: &DeriveInput, errors: &mut Errors) {
    for attribute in item.attrs.iter().filter(|attribute| attribute.path().is_ident("derive")) {
        for path in derives(attribute).iter().filter(|path| is_ours(path)) {
            let name = path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
            errors.at(path, format!("`#[airbyte_stream]` derives `{name}` already; remove this one"));
        }
    }
    for field in fields(&item.data) {
        if let Some(attribute) = serde_attributes::undescribed(&field.attrs) {
            let name = as_text(&attribute);
            errors.at(
                &attribute,
                format!("`{name}` changes what is written, but not the schema: add `#[schemars(with = \"…\")]` with the type that is written"),
            );
        }
    }
    for attribute in item.attrs.iter().chain(inner_attributes(&item.data)) {
        for rule in SerdeAttributes::of(std::slice::from_ref(attribute)).rules {
            Case::read(&rule, errors);
        }
        if attribute.path().is_ident("airbyte") {
            errors.at(
                attribute.path(),
                "`#[airbyte(…)]` is for configurations; in a record the doc comment is the description, and `#[serde(rename = \"…\")]` renames a field",
            );
        }
        for attribute in schemars_only_attributes(attribute) {
            let name = as_text(&attribute);
            errors.at(
                &attribute,
                format!("`schemars({name})` changes the schema but not what is written: write `#[serde({name})]`, which changes both"),
            );
        }
    }
}

/// Attributes of both serde and schemars that are given to schemars only.
fn schemars_only_attributes(attribute: &Attribute) -> Vec<Path> {
    const BOTH: [&str; 7] =
        ["rename", "rename_all", "skip", "skip_serializing", "flatten", "tag", "untagged"];
    let mut found = Vec::new();
    if attribute.path().is_ident("schemars") {
        // schemars reports invalid attributes.
        let _ = attribute.parse_nested_meta(|meta| {
            if BOTH.iter().any(|attribute| meta.path.is_ident(attribute)) {
                found.push(meta.path.clone());
            }
            if meta.input.peek(Token![=]) {
                meta.value()?.parse::<Expr>()?;
            }
            Ok(())
        });
    }
    found
}

fn check_serde_attributes(item: &DeriveInput, errors: &mut Errors) {
    for attribute in SerdeAttributes::of(&item.attrs).all {
        let name = as_text(&attribute);
        if !SERDE_OF_A_RECORD.contains(&name.as_str()) {
            let hint = hint(&name, SERDE_OF_A_RECORD.iter().copied());
            errors.at(&attribute, format!("`serde({name})` is not supported on a record{hint}"));
        }
    }
}

/// Returns the attributes of fields and variants.
fn inner_attributes(data: &Data) -> Vec<&Attribute> {
    let variants = match data {
        Data::Enum(data) => data.variants.iter().flat_map(|variant| &variant.attrs).collect(),
        Data::Struct(_) | Data::Union(_) => Vec::new(),
    };
    variants.into_iter().chain(fields(data).into_iter().flat_map(|field| &field.attrs)).collect()
}

fn fields(data: &Data) -> Vec<&Field> {
    match data {
        Data::Struct(data) => data.fields.iter().collect(),
        Data::Enum(data) => data.variants.iter().flat_map(|variant| &variant.fields).collect(),
        Data::Union(_) => Vec::new(),
    }
}

/// Returns the derives of a `#[derive(…)]`. The compiler reports one that cannot be parsed.
pub(super) fn derives(attribute: &Attribute) -> Vec<Path> {
    let paths = attribute.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated);
    paths.map(|paths| paths.into_iter().collect()).unwrap_or_default()
}

/// Returns whether the macro adds this derive.
pub(super) fn is_ours(derive: &Path) -> bool {
    let last = derive.segments.last();
    last.is_some_and(|segment| segment.ident == "Serialize" || segment.ident == "JsonSchema")
}

/// Returns the name that is suggested for a stream of records of this type.
pub(crate) fn default_name(name: &str) -> String {
    let mut snake = String::new();
    for (at, letter) in name.char_indices() {
        if letter.is_uppercase() && at > 0 {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}
