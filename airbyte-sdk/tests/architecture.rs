//! Checks that the dependencies between modules match the maps in ARCHITECTURE.md and have no cycle.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test that reads source files, and panics in its helpers"
)]

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// For each module, the modules that it names.
type Dependencies = BTreeMap<String, BTreeSet<String>>;

#[test]
fn sdk_modules_match_the_map() {
    assert_arranged("airbyte-sdk");
}

#[test]
fn macro_modules_match_the_map() {
    assert_arranged("airbyte-macros");
}

#[test]
fn conformance_modules_match_the_map() {
    assert_arranged("airbyte-conformance");
}

/// ARCHITECTURE.md names a test for each invariant.
#[test]
fn tests_named_in_the_architecture_page_exist() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = fs::read_to_string(workspace.join("ARCHITECTURE.md")).unwrap();
    let mut code = String::new();
    for package in ["airbyte-sdk", "airbyte-macros", "airbyte-conformance", "connectors"] {
        read_all(&workspace.join(package), &mut code);
    }
    let is_test = |name: &&str| {
        let letters = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
        name.chars().all(letters) && name.matches('_').count() >= 4
    };
    let named: Vec<&str> = page.split('`').skip(1).step_by(2).filter(is_test).collect();
    assert!(named.len() > 20, "{named:?}");
    let missing: Vec<_> = named.iter().filter(|name| !code.contains(&format!("fn {name}("))).collect();
    assert!(missing.is_empty(), "ARCHITECTURE.md names tests that do not exist: {missing:?}");
}

fn read_all(folder: &Path, code: &mut String) {
    for path in entries(folder) {
        if path.is_dir() {
            read_all(&path, code);
        } else {
            code.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}

fn assert_arranged(package: &str) {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = fs::read_to_string(workspace.join("ARCHITECTURE.md")).unwrap();
    let dependencies = dependencies_of(&workspace.join(package).join("src"));
    let mistakes = compare(&read_map(&page, &format!("modules of {package}")), &dependencies);
    let lines = dependencies.iter().map(|(module, others)| {
        let others = others.iter().map(|other| format!(" {other}")).collect::<String>();
        format!("{module}:{others}")
    });
    let now = lines.collect::<Vec<_>>().join("\n");
    assert!(
        mistakes.is_empty(),
        "{}\n\nthe dependencies in the code, in alphabetical order:\n{now}",
        mistakes.join("\n")
    );
}

/// Returns the dependencies in a map, in its order. A map is a code block that begins with its name; its lines are `module:
/// others`.
fn read_map(page: &str, name: &str) -> Vec<(String, BTreeSet<String>)> {
    let begin = format!("```text\n{name}\n");
    let map = page.split_once(&begin).unwrap_or_else(|| panic!("ARCHITECTURE.md has no map `{name}`")).1;
    let map = map.split_once("```").unwrap().0;
    let line = |line: &str| {
        let (module, others) = line
            .split_once(':')
            .unwrap_or_else(|| panic!("expected `module: others` in the map `{name}`, found `{line}`"));
        (module.trim().to_owned(), others.split_whitespace().map(str::to_owned).collect())
    };
    map.lines().map(line).collect()
}

/// Returns the mistakes in a map. Each module must be listed above the modules that it names, so a valid map has no cycle.
fn compare(map: &[(String, BTreeSet<String>)], dependencies: &Dependencies) -> Vec<String> {
    let mut mistakes = Vec::new();
    let mut above = BTreeSet::new();
    for (module, others) in map {
        if !above.insert(module.as_str()) {
            mistakes.push(format!("the map has `{module}` twice"));
        }
        for other in others.iter().filter(|other| above.contains(other.as_str())) {
            mistakes.push(format!("cycle in the map: `{module}` names `{other}`, which is listed above it"));
        }
        match dependencies.get(module) {
            None => mistakes.push(format!("the map lists the module `{module}`, which does not exist")),
            Some(named) => {
                let missing = named.difference(others);
                mistakes.extend(
                    missing.map(|other| format!("`{module}` names `{other}`, which is not in the map")),
                );
                let gone = others.difference(named);
                mistakes.extend(gone.map(|other| {
                    format!("the map lists `{module}: {other}`, but `{module}` does not name `{other}`")
                }));
            }
        }
    }
    let unknown = dependencies.keys().filter(|module| !above.contains(module.as_str()));
    mistakes.extend(unknown.map(|module| format!("the module `{module}` is missing in the map")));
    mistakes
}

/// Reads the dependencies in the code, without its tests. A module is a file or a folder directly in `src`.
fn dependencies_of(src: &Path) -> Dependencies {
    let (mut dependencies, root) = (Dependencies::new(), re_exports(&src.join("lib.rs")));
    let tests = tests_of(&src.join("lib.rs"));
    for path in entries(src) {
        let module = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if module == "lib" || tests.contains(&module) {
            continue;
        }
        let mut named = BTreeSet::new();
        read(&path, &mut named);
        named.remove(&module);
        dependencies.insert(module, named);
    }
    let modules: BTreeSet<String> = dependencies.keys().cloned().collect();
    for (module, named) in &mut dependencies {
        for name in named.difference(&modules).cloned().collect::<Vec<_>>() {
            named.remove(&name);
            named.extend(root.get(&name).filter(|home| modules.contains(*home) && *home != module).cloned());
        }
    }
    dependencies
}

/// Returns the re-exports of `lib.rs`: each name, and the module or crate it comes from.
fn re_exports(file: &Path) -> BTreeMap<String, String> {
    let items = syn::parse_file(&fs::read_to_string(file).unwrap()).unwrap().items;
    let uses = items.iter().filter_map(|item| match item {
        syn::Item::Use(item) => {
            Some(item.tree.to_token_stream().into_iter().filter_map(|token| match token {
                TokenTree::Ident(ident) if ident != "pub" && ident != "use" => Some(ident.to_string()),
                TokenTree::Group(group) => Some(group.to_string()),
                _ => None,
            }))
        }
        _ => None,
    });
    let homes = uses.filter_map(|mut idents| {
        let home = idents.next()?;
        let names = idents.collect::<String>();
        let names = names.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
        Some(names.map(move |name| (name.to_owned(), home.clone())).collect::<Vec<_>>())
    });
    homes.flatten().collect()
}

/// Adds the modules named in the code of a file or folder.
fn read(path: &Path, named: &mut BTreeSet<String>) {
    if path.is_dir() {
        let tests = tests_of(&path.join("mod.rs"));
        for path in entries(path) {
            if !tests.contains(path.file_stem().unwrap().to_str().unwrap()) {
                read(&path, named);
            }
        }
        return;
    }
    let file = syn::parse_file(&fs::read_to_string(path).unwrap()).unwrap();
    for item in file.items.iter().filter(|item| !is_test(item)) {
        collect(item.to_token_stream(), named);
    }
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.retain(|path| path.is_dir() || path.extension().is_some_and(|extension| extension == "rs"));
    entries.sort();
    entries
}

/// Returns the modules of a folder that are compiled only for tests.
fn tests_of(file: &Path) -> BTreeSet<String> {
    let Ok(code) = fs::read_to_string(file) else { return BTreeSet::new() };
    let items = syn::parse_file(&code).unwrap().items;
    let modules = items.iter().filter(|item| is_test(item)).filter_map(|item| match item {
        syn::Item::Mod(module) => Some(module.ident.to_string()),
        _ => None,
    });
    modules.collect()
}

fn is_test(item: &syn::Item) -> bool {
    let attributes = match item {
        syn::Item::Mod(item) => &item.attrs,
        syn::Item::Use(item) => &item.attrs,
        syn::Item::Fn(item) => &item.attrs,
        syn::Item::Impl(item) => &item.attrs,
        _ => return false,
    };
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.meta.require_list().is_ok_and(|list| list.tokens.to_string() == "test")
    })
}

/// Finds `crate::module` and `crate::{module, …}` in any position.
fn collect(tokens: TokenStream, named: &mut BTreeSet<String>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        if let TokenTree::Group(group) = token {
            collect(group.stream(), named);
        }
        let is_path = matches!(token, TokenTree::Ident(ident) if ident == "crate")
            && matches!(tokens.get(at + 1), Some(TokenTree::Punct(punct)) if punct.as_char() == ':');
        if !is_path {
            continue;
        }
        match tokens.get(at + 3) {
            Some(TokenTree::Ident(module)) => drop(named.insert(module.to_string())),
            Some(TokenTree::Group(group)) => {
                let parts: Vec<TokenTree> = group.stream().into_iter().collect();
                let first = |part: &[TokenTree]| match part.first() {
                    Some(TokenTree::Ident(module)) => Some(module.to_string()),
                    _ => None,
                };
                let is_comma =
                    |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',');
                named.extend(parts.split(is_comma).filter_map(first));
            }
            _ => {}
        }
    }
}

#[test]
fn mistakes_in_a_map_are_found() {
    let dependencies = |lines: &[(&str, &str)]| -> Vec<(String, BTreeSet<String>)> {
        let others = |text: &str| text.split_whitespace().map(str::to_owned).collect();
        lines.iter().map(|(module, text)| ((*module).to_owned(), others(text))).collect()
    };
    let code: Dependencies = dependencies(&[("a", "b c"), ("b", "c"), ("c", "")]).into_iter().collect();
    let mistakes = |lines: &[(&str, &str)]| compare(&dependencies(lines), &code).join("; ");
    assert_eq!(mistakes(&[("a", "b c"), ("b", "c"), ("c", "")]), "");
    assert_eq!(mistakes(&[("a", "b"), ("b", "c"), ("c", "")]), "`a` names `c`, which is not in the map");
    assert_eq!(mistakes(&[("a", "b c"), ("b", "c"), ("c", "a")]).matches("cycle").count(), 1);
    assert_eq!(mistakes(&[("a", "b c"), ("b", "c")]), "the module `c` is missing in the map");
    assert_eq!(mistakes(&[("b", "c"), ("a", "b c"), ("c", "")]).matches("cycle").count(), 1);
    let mut named = BTreeSet::new();
    collect("use crate::{a::b, c}; fn f() { crate::d::e(); x!(crate::g::h) }".parse().unwrap(), &mut named);
    assert_eq!(named.into_iter().collect::<String>(), "acdg");
}
