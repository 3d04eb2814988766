//! Imports inside a Rust crate: `use` declarations and paths in code, each followed through
//! re-exports to the file that defines the item.
//!
//! Names are resolved as far as the text shows them. What a macro defines counts as defined in the
//! module that is named. Test modules are left out.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::iter::Peekable;
use std::mem;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree, token_stream};

use super::graph::Graph;
use crate::command::Failed;

/// Keywords before the name of an item.
const ITEMS: [&str; 8] = ["const", "enum", "fn", "static", "struct", "trait", "type", "union"];

type Tokens = Peekable<token_stream::IntoIter>;
type Names = Vec<String>;

/// Names that a search has looked up, each with its module: a second look leads nowhere new, and
/// modules that import each other by globs would be searched without end.
type Visited = BTreeSet<(usize, String)>;

/// Adds the imports of the crate with this root file; names of files are relative to `folder`.
pub(super) fn add(graph: &mut Graph, folder: &Path, root: &Path) -> Result<(), Failed> {
    let mut parsed = Crate { folder, modules: Vec::new() };
    parsed.add_file(root, root.parent().unwrap_or(folder), None)?;
    for (index, module) in parsed.modules.iter().enumerate() {
        let imports = module.imports.iter().map(|(_, path)| path);
        let paths = imports.chain(&module.globs).chain(&module.paths);
        for path in paths {
            if let Some(target) = parsed.resolve(index, path, &mut Visited::new()) {
                graph.add(&module.file, &parsed.modules[target].file);
            }
        }
    }
    Ok(())
}

/// All modules of a crate; the first is its root.
struct Crate<'a> {
    folder: &'a Path,
    modules: Vec<Module>,
}

/// A file, or a block inside a file.
#[derive(Default)]
struct Module {
    file: String,
    /// Where the files of child modules are.
    children_folder: PathBuf,
    parent: Option<usize>,
    children: BTreeMap<String, usize>,
    items: BTreeSet<String>,
    /// Imported paths, each with its name in this module.
    imports: Vec<(String, Names)>,
    globs: Vec<Names>,
    /// Paths of two or more names in code.
    paths: Vec<Names>,
}

/// Attributes in front of an item.
#[derive(Default)]
struct Attributes {
    only_in_tests: bool,
    path: Option<String>,
}

impl Crate<'_> {
    fn add_file(
        &mut self,
        path: &Path,
        children_folder: &Path,
        parent: Option<usize>,
    ) -> Result<usize, Failed> {
        let text = fs::read_to_string(path).map_err(|error| Failed::File(path.into(), error))?;
        let tokens: TokenStream =
            text.parse().map_err(|error| Failed::Other(format!("{}: {error}", path.display())))?;
        let file = path.strip_prefix(self.folder).unwrap_or(path).to_string_lossy().into_owned();
        let children_folder = children_folder.to_owned();
        self.add_module(Module { file, children_folder, parent, ..Module::default() }, tokens)
    }

    fn add_module(&mut self, module: Module, tokens: TokenStream) -> Result<usize, Failed> {
        let index = self.modules.len();
        self.modules.push(module);
        self.read(index, tokens)?;
        Ok(index)
    }

    /// Reads the tokens of a module, and those in all brackets and braces.
    fn read(&mut self, module: usize, tokens: TokenStream) -> Result<(), Failed> {
        let mut tokens = tokens.into_iter().peekable();
        let mut attributes = Attributes::default();
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Punct(punct) if punct.as_char() == '#' => attributes.read(&mut tokens),
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
                TokenTree::Group(group) => self.read(module, group.stream())?,
                TokenTree::Ident(name) if name == "pub" => {}
                TokenTree::Ident(name) => {
                    let attributes = mem::take(&mut attributes);
                    if attributes.only_in_tests {
                        skip_item(&name.to_string(), &mut tokens);
                    } else if name == "mod" {
                        self.read_child(module, &mut tokens, attributes.path)?;
                    } else {
                        self.modules[module].read_name(name.to_string(), &mut tokens);
                    }
                }
            }
        }
        Ok(())
    }

    /// Reads what follows `mod`; `path` is the file that an attribute names.
    fn read_child(
        &mut self,
        parent: usize,
        tokens: &mut Tokens,
        path: Option<String>,
    ) -> Result<(), Failed> {
        let Some(TokenTree::Ident(name)) = tokens.next() else { return Ok(()) };
        let file = self.modules[parent].file.clone();
        let folder = self.modules[parent].children_folder.join(name.to_string());
        let child = if let Some(TokenTree::Group(block)) = tokens.next() {
            let parent = Some(parent);
            let child = Module { file, children_folder: folder, parent, ..Module::default() };
            self.add_module(child, block.stream())?
        } else if let Some(path) = path {
            let path = self.folder.join(file).with_file_name(path);
            self.add_file(&path, path.parent().unwrap_or(&folder), Some(parent))?
        } else {
            let beside = folder.with_extension("rs");
            let path = if beside.exists() { beside } else { folder.join("mod.rs") };
            self.add_file(&path, &folder, Some(parent))?
        };
        self.modules[parent].children.insert(name.to_string(), child);
        Ok(())
    }

    /// The module that defines what a path names; `None` outside the crate.
    fn resolve(&self, module: usize, path: &[String], visited: &mut Visited) -> Option<usize> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => self.descend(0, rest, visited),
            "self" => self.descend(module, rest, visited),
            "super" => self.descend(self.modules[module].parent?, rest, visited),
            name => self.look_up(module, name, rest, visited),
        }
    }

    fn descend(&self, module: usize, path: &[String], visited: &mut Visited) -> Option<usize> {
        let Some((name, rest)) = path.split_first() else { return Some(module) };
        if name == "super" {
            return self.descend(self.modules[module].parent?, rest, visited);
        }
        Some(self.look_up(module, name, rest, visited).unwrap_or(module))
    }

    /// Follows a name that is visible in a module, then the rest of a path.
    fn look_up(
        &self,
        module: usize,
        name: &str,
        rest: &[String],
        visited: &mut Visited,
    ) -> Option<usize> {
        if !visited.insert((module, name.to_owned())) {
            return None;
        }
        let names = &self.modules[module];
        if let Some(child) = names.children.get(name) {
            return self.descend(*child, rest, visited);
        }
        if let Some((_, path)) = names.imports.iter().find(|(import, _)| import == name) {
            return self.resolve(module, &[path, rest].concat(), visited);
        }
        if names.items.contains(name) {
            return Some(module);
        }
        names.globs.iter().find_map(|glob| {
            let target = self.resolve(module, glob, visited)?;
            self.look_up(target, name, rest, visited)
        })
    }
}

impl Module {
    /// Reads a name in code, and what belongs to it.
    fn read_name(&mut self, name: String, tokens: &mut Tokens) {
        match name.as_str() {
            "use" => self.read_imports(&[], tokens),
            "macro_rules" => {
                tokens.next();
                self.read_item(tokens);
            }
            keyword if ITEMS.contains(&keyword) => self.read_item(tokens),
            _ => self.read_path(name, tokens),
        }
    }

    fn read_item(&mut self, tokens: &mut Tokens) {
        if let Some(TokenTree::Ident(name)) = tokens.peek() {
            self.items.insert(name.to_string());
        }
    }

    fn read_path(&mut self, first: String, tokens: &mut Tokens) {
        let mut path = vec![first];
        while skip_separator(tokens) {
            let Some(TokenTree::Ident(name)) = tokens.peek() else { break };
            path.push(name.to_string());
            tokens.next();
        }
        if path.len() > 1 {
            self.paths.push(path);
        }
    }

    /// Reads one tree of imports; `prefix` leads to it.
    fn read_imports(&mut self, prefix: &[String], tokens: &mut Tokens) {
        let mut path = prefix.to_vec();
        let mut alias = None;
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Ident(name) if name == "as" => alias = tokens.next(),
                TokenTree::Ident(name) => path.push(name.to_string()),
                TokenTree::Group(group) => {
                    let mut trees = group.stream().into_iter().peekable();
                    while trees.peek().is_some() {
                        self.read_imports(&path, &mut trees);
                    }
                    path.clear();
                }
                TokenTree::Punct(punct) if [',', ';'].contains(&punct.as_char()) => break,
                TokenTree::Punct(punct) if punct.as_char() == '*' => {
                    self.globs.push(mem::take(&mut path));
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
        if path.len() > 1 && path.ends_with(&["self".to_owned()]) {
            path.pop();
        }
        if let Some(last) = path.last() {
            let name = alias.map_or_else(|| last.clone(), |alias| alias.to_string());
            self.imports.push((name, path));
        }
    }
}

impl Attributes {
    /// Reads what follows `#`.
    fn read(&mut self, tokens: &mut Tokens) {
        let Some(TokenTree::Group(group)) = tokens.peek() else { return };
        let text: String = group.stream().to_string().split_whitespace().collect();
        self.only_in_tests |= text == "cfg(test)";
        if let Some(path) = text.strip_prefix("path=") {
            self.path = Some(path.trim_matches('"').to_owned());
        }
        tokens.next();
    }
}

/// Skips the rest of an item that begins with this name.
fn skip_item(name: &str, tokens: &mut Tokens) {
    tokens.find(|token| match token {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace && name != "use",
        TokenTree::Punct(punct) => punct.as_char() == ';',
        _ => false,
    });
}

/// Skips `::`; false where something else follows.
fn skip_separator(tokens: &mut Tokens) -> bool {
    let is_colon = |token: &TokenTree| {
        matches!(token, TokenTree::Punct(punct)
            if punct.as_char() == ':' && punct.spacing() == Spacing::Joint)
    };
    tokens.next_if(is_colon).is_some() && tokens.next().is_some()
}
